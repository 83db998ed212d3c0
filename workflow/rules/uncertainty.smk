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
    params:
        spec=lambda w: specs.gauge_spec(PARAMS, w.data).model_dump_json(),
        code=lambda w: code(*modules_of_intervals(w.data)),
        versions=lambda w: versions(*modules_of_intervals(w.data)),
    message:
        "Computing intervals of the test scores on {wildcards.data}"
    shell:
        "handbook gauge {wildcards.data} --log {log}"
