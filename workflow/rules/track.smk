# From run records to one table, and to MLflow.
rule collect:
    """one table of all runs"""
    input:
        each_run(
            f"{RUN_FOLDER}/run.json",
            f"{RUN_FOLDER}/metrics.json",
            f"{RUN_FOLDER}/context.json",
        ),
        [f"results/cv/{run.path}.json" for run in RUNS if PARAMS.folded(run)],
    output:
        catalogue="results/catalogue.json",
        table="results/runs.json",
        metrics="results/metrics.json",
        comparisons="results/comparisons.json",
    log:
        "logs/collect.log",
    conda:
        "../envs/handbook.yaml"
    params:
        spec=SHOWN,
        code=code("handbook.records.collect"),
    message:
        "Collecting the results of all runs"
    shell:
        "handbook catalogue --spec {params.spec:q} --output {output.catalogue}"
        " && handbook collect --catalogue {output.catalogue} --results results"
        " --table {output.table} --metrics {output.metrics}"
        " --comparisons {output.comparisons} --log {log}"


rule track:
    """brings runs into MLflow"""
    input:
        catalogue="results/catalogue.json",
        table="results/runs.json",
        models=each_run(f"{RUN_FOLDER}/model.skops"),
        figures=[
            f"{RUN_FOLDER}/figures/{figure}.svg".format(**run._asdict())
            for run in RUNS
            for figure in figures_of(run)
        ],
    output:
        "results/tracked.json",
    log:
        "logs/track.log",
    conda:
        "../envs/handbook.yaml"
    params:
        code=code("handbook.records.tracking"),
        versions=versions("handbook.records.tracking"),
    message:
        "Tracking every run in MLflow"
    shell:
        "handbook track --catalogue {input.catalogue} --results results --logs logs"
        " --output {output} --log {log}"
