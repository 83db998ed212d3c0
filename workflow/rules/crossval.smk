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
    priority: 1
    conda:
        "../envs/handbook.yaml"
    params:
        spec=lambda w: PARAMS.crossval_spec(run_of(w)),
        code=lambda w: code(*modules_of("training.crossval", run_of(w))),
        versions=lambda w: versions(*modules_of("training.crossval", run_of(w))),
    message:
        "Cross-validating {wildcards.model} on {wildcards.data} ({wildcards.variant})"
    shell:
        "handbook crossval --spec {params.spec:q} --train {input.train} --output {output}"
        " --log {log}"
