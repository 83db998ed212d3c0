# From run records to one table, and to MLflow.
rule catalogue:
    output:
        "results/catalogue.json",
    log:
        "logs/catalogue.log",
    params:
        spec=PARAMS.show_spec(),
    message:
        "Writing down the catalogue"
    shell:
        "handbook catalogue --spec {params.spec:q} --output {output} --log {log}"


rule collect:
    input:
        "results/catalogue.json",
        each_run(
            f"{RUN_FOLDER}/run.json",
            f"{RUN_FOLDER}/metrics.json",
            f"{RUN_FOLDER}/context.json",
            "results/cv/{model}/{data}/{variant}.json",
        ),
    output:
        table="results/runs.json",
        metrics="results/metrics.json",
    log:
        "logs/collect.log",
    params:
        code=code("handbook.collect"),
    message:
        "Collecting the results of all runs"
    shell:
        "handbook collect --results results --table {output.table} --metrics {output.metrics}"
        " --log {log}"


rule track:
    input:
        "results/catalogue.json",
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
    params:
        code=code("handbook.tracking"),
        versions=versions("handbook.tracking"),
    message:
        "Tracking every run in MLflow"
    shell:
        "handbook track --results results --logs logs --output {output} --log {log}"
