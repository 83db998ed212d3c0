# Over- and underfitting: learning and validation curves, bias and variance.
rule diagnose:
    """learning and validation curves"""
    input:
        train="results/data/{data}/train.arrow",
        accepted="results/data/{data}/accepted.json",
    output:
        "results/diagnose/{model}/{data}/curves.json",
    log:
        "logs/diagnose/{model}/{data}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
        gpu=lambda w: devices.cards_of_run(PARAMS, PARAMS.first(w.model, w.data)),
    params:
        spec=lambda w: specs.diagnose_spec(PARAMS, w.model, w.data).model_dump_json(),
        code=lambda w: code(
            *modules_of("training.diagnose", PARAMS.first(w.model, w.data))
        ),
        versions=lambda w: versions(
            *modules_of("training.diagnose", PARAMS.first(w.model, w.data))
        ),
    message:
        "Diagnosing {wildcards.model} on {wildcards.data}"
    shell:
        "handbook diagnose {wildcards.model} {wildcards.data} --log {log}"


rule draw_curves:
    """draws learning and validation curves"""
    input:
        "results/diagnose/{model}/{data}/curves.json",
    output:
        [
            shown(
                f"results/diagnose/{{model}}/{{data}}/figures/{figure}.svg",
                *("curves", "Over- and underfitting", "{model}"),
                data="{data}",
                figure=figure,
            )
            for figure in CURVES
        ],
    log:
        "logs/draw-curves/{model}/{data}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        code=code("handbook.report.figures.diagnosed.curves"),
        versions=versions("handbook.report.figures.diagnosed.curves"),
    message:
        "Drawing the curves of {wildcards.model} on {wildcards.data}"
    shell:
        "handbook draw-curves {wildcards.model} {wildcards.data} --log {log}"


rule decompose:
    """bias and variance"""
    input:
        train=lambda w: f"results/data/{PARAMS.bias_variance.data}/train.arrow",
        accepted=lambda w: f"results/data/{PARAMS.bias_variance.data}/accepted.json",
    output:
        "results/bias-variance/decomposition.json",
    log:
        "logs/decompose.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        spec=lambda w: specs.decompose_spec(PARAMS).model_dump_json(),
        code=lambda w: code(*modules_of_decomposition()),
        versions=lambda w: versions(*modules_of_decomposition()),
    message:
        "Taking errors apart into bias and variance"
    shell:
        "handbook decompose --log {log}"


rule draw_bias_variance:
    """draws bias and variance"""
    input:
        "results/bias-variance/decomposition.json",
    output:
        shown(
            "results/bias-variance/figure.svg",
            *("bias-variance", "Over- and underfitting"),
            figure="bias and variance",
        ),
    log:
        "logs/draw-bias-variance.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        code=code("handbook.report.figures.diagnosed.bias_variance"),
        versions=versions("handbook.report.figures.diagnosed.bias_variance"),
    message:
        "Drawing bias and variance"
    shell:
        "handbook draw-bias-variance --log {log}"
