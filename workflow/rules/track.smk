# From run records to one table, and to MLflow.
rule collect:
    input:
        each_run(
            f"{RUN_FOLDER}/run.json",
            f"{RUN_FOLDER}/metrics.json",
            f"{RUN_FOLDER}/context.json",
            "results/cv/{model}/{data}/{variant}.json",
        ),
    output:
        table="results/runs.json",
        metrics="results/metrics.json",
        catalogue="results/catalogue.json",
    log:
        "logs/collect.log",
    params:
        spec=PARAMS.show_spec(),
        runs=[run.path for run in RUNS],
        code=code("handbook.collect"),
    message:
        "Collecting the results of all runs"
    shell:
        "handbook collect --spec {params.spec:q} --results results --runs {params.runs}"
        " --table {output.table} --metrics {output.metrics} --catalogue {output.catalogue}"
        " --log {log}"


rule track:
    input:
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
        spec=PARAMS.show_spec(),
        code=code("handbook.tracking"),
        versions=versions("handbook.tracking"),
    message:
        "Tracking every run in MLflow"
    shell:
        "handbook track --spec {params.spec:q} --results results --logs logs --output {output}"
        " --log {log}"
