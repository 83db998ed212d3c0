# What a watch after training sees where nothing has drifted.
rule rehearse:
    """watches held-out rows"""
    input:
        train="results/data/{data}/train.arrow",
        test="results/data/{data}/test.arrow",
        accepted="results/data/{data}/accepted.json",
        runs=lambda w: [
            f"results/models/{run.path}/{file}"
            for run in PARAMS.runs_on(w.data)
            for file in ("predictions.arrow", "metrics.json", "run.json")
        ],
        folds=lambda w: [
            f"results/cv/{run.path}.json"
            for run in PARAMS.runs_on(w.data)
            if PARAMS.folded(run)
        ],
    output:
        "results/watch/{data}.json",
    log:
        "logs/rehearse/{data}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        spec=lambda w: specs.rehearsal_spec(PARAMS, w.data).model_dump_json(),
        code=lambda w: code(*modules_of_rehearsal(w.data)),
        versions=lambda w: versions(*modules_of_rehearsal(w.data)),
    message:
        "Watching held-out rows of {wildcards.data}"
    shell:
        "handbook rehearse {wildcards.data} --log {log}"
