# Cross-validation on the training rows alone.
rule crossval:
    """scores every fold"""
    input:
        train="results/data/{data}/train.arrow",
        accepted="results/data/{data}/accepted.json",
    output:
        "results/cv/{model}/{data}/{variant}.json",
    log:
        "logs/crossval/{model}/{data}/{variant}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
        gpu=lambda w: devices.cards_of_run(PARAMS, run_of(w)),
    params:
        spec=lambda w: specs.crossval_spec(PARAMS, run_of(w)).model_dump_json(),
        code=lambda w: code(*modules_of("training.crossval", run_of(w))),
        versions=lambda w: versions(*modules_of("training.crossval", run_of(w))),
    message:
        "Cross-validating {wildcards.model} on {wildcards.data} ({wildcards.variant})"
    shell:
        "handbook crossval {wildcards.model}/{wildcards.data}/{wildcards.variant}"
        " --log {log}"
