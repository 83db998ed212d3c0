# How uncertain the scores on test rows are.
rule gauge:
    """intervals of test scores"""
    input:
        train="results/data/{data}/train.arrow",
        test="results/data/{data}/test.arrow",
        accepted="results/data/{data}/accepted.json",
        runs=lambda w: [
            f"results/models/{run.path}/{file}"
            for run in PARAMS.runs_on(w.data)
            for file in ("predictions.arrow", "metrics.json", "run.json")
        ],
    output:
        "results/intervals/{data}.json",
    log:
        "logs/gauge/{data}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        spec=lambda w: specs.gauge_spec(PARAMS, w.data).model_dump_json(),
        code=lambda w: code(*modules_of_intervals(w.data)),
        versions=lambda w: versions(*modules_of_intervals(w.data)),
    message:
        "Computing intervals of the test scores on {wildcards.data}"
    shell:
        "handbook gauge {wildcards.data} --log {log}"


rule reseed:
    """trains from several seeds"""
    input:
        train=lambda w: f"results/data/{PARAMS.first(w.model).data}/train.arrow",
        test=lambda w: f"results/data/{PARAMS.first(w.model).data}/test.arrow",
        accepted=lambda w: f"results/data/{PARAMS.first(w.model).data}/accepted.json",
        judge=lambda w: judge_of(PARAMS.first(w.model)),
    output:
        "results/seeds/{model}.json",
    log:
        "logs/reseed/{model}.log",
    conda:
        "../envs/handbook.yaml"
    threads: lambda w: PARAMS.threads(PARAMS.models[w.model])
    resources:
        **REQUESTS,
        gpu=lambda w: devices.cards_of_seeds(PARAMS, w.model),
    params:
        spec=lambda w: specs.reseed_spec(PARAMS, w.model).model_dump_json(),
        threads=lambda w: PARAMS.threads(PARAMS.models[w.model]),
        code=lambda w: code(*modules_of("training.reseed", PARAMS.first(w.model))),
        versions=lambda w: versions(
            *modules_of("training.reseed", PARAMS.first(w.model))
        ),
    message:
        "Training {wildcards.model} from several seeds"
    shell:
        "handbook reseed {wildcards.model} --threads {params.threads} --log {log}"
