# From raw files to split, checked and described rows.
rule prepare:
    """loads, splits, describes"""
    input:
        lambda w: list(raw.pins(w.data, PARAMS.release(w.data))),
    output:
        train="results/data/{data}/train.arrow",
        test="results/data/{data}/test.arrow",
        split="results/data/{data}/split.json",
        profile="results/data/{data}/profile.json",
    log:
        "logs/prepare/{data}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        release=lambda w: release_of(w.data),
        seed=lambda w: PARAMS.split_seed(w.data),
        test_size=lambda w: PARAMS.data[w.data].test_size,
        stratified=lambda w: PARAMS.data[w.data].stratified,
        raw=lambda w: raw.folder(w.data, PARAMS.release(w.data)),
        code=lambda w: code("handbook.data.prepare", data_module(w.data)),
        versions=lambda w: versions("handbook.data.prepare", data_module(w.data)),
    message:
        "Preparing {wildcards.data}"
    shell:
        "handbook prepare {wildcards.data} --log {log}"


rule validate:
    """checks every expectation"""
    input:
        train="results/data/{data}/train.arrow",
        test="results/data/{data}/test.arrow",
    output:
        "results/data/{data}/validation.json",
    log:
        "logs/validate/{data}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        release=lambda w: release_of(w.data),
        code=lambda w: code("handbook.data.validate", data_module(w.data)),
        versions=lambda w: versions("handbook.data.validate"),
    message:
        "Validating {wildcards.data}"
    shell:
        "handbook validate {wildcards.data} --log {log}"


# Apart from `validate`, so that what was found stays on record when it bars the way.
rule gate:
    """stops what failed one"""
    input:
        "results/data/{data}/validation.json",
    output:
        "results/data/{data}/accepted.json",
    log:
        "logs/gate/{data}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        code=code("handbook.data.gate"),
    message:
        "Accepting {wildcards.data}"
    shell:
        "handbook gate {wildcards.data} --log {log}"
