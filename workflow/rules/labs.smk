from handbook.labs import registry as labs
from handbook.report.figures import lab as lab_figures

# The worked examples, and the figures of those that have one.
DRAWN_LABS = [lab for lab in PARAMS.labs if lab_figures.has_figure(lab)]


rule lab:
    """computes a worked example"""
    input:
        train=lambda w: rows_of(PARAMS.labs[w.lab], "train.arrow"),
        accepted=lambda w: rows_of(PARAMS.labs[w.lab], "accepted.json"),
    output:
        "results/labs/{lab}/result.json",
    log:
        "logs/lab/{lab}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        # Which parameters are ours is for the pages alone.
        spec=lambda w: PARAMS.labs[w.lab].model_dump_json(exclude={"ours"}),
        code=lambda w: code("handbook.labs.registry", labs.module_name(w.lab)),
        versions=lambda w: versions(labs.module_name(w.lab)),
    message:
        "Working lab {wildcards.lab}"
    shell:
        "handbook lab {wildcards.lab} --log {log}"


rule draw_lab:
    """draws a worked example"""
    input:
        "results/labs/{lab}/result.json",
    output:
        shown(
            "results/labs/{lab}/figure.svg",
            *("lab", "Worked examples"),
            lab="{lab}",
        ),
    log:
        "logs/draw-lab/{lab}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        code=lambda w: code("handbook.report.figures.lab", lab_figures.module_of(w.lab)),
        versions=lambda w: versions(lab_figures.module_of(w.lab)),
    message:
        "Drawing lab {wildcards.lab}"
    shell:
        "handbook draw-lab {wildcards.lab} --log {log}"
