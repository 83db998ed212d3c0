# From run records to one table, and to MLflow.
FOLDS = [f"results/cv/{run.path}.json" for run in RUNS if PARAMS.folded(run)]


rule collect:
    """one table of all runs"""
    input:
        each_run(
            f"{RUN_FOLDER}/run.json",
            f"{RUN_FOLDER}/metrics.json",
            f"{RUN_FOLDER}/context.json",
        ),
        FOLDS,
    output:
        catalogue="results/catalogue.json",
        table="results/runs.json",
        metrics=shown(
            "results/metrics.json",
            *("metrics", "All runs"),
            content="metrics on held-out rows",
        ),
        primary="results/primary.json",
        comparisons="results/comparisons.json",
        times="results/times.json",
    log:
        "logs/collect.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        overview=json.dumps(overview(PARAMS), ensure_ascii=False),
        code=code("handbook.records.collect"),
    message:
        "Collecting the results of all runs"
    shell:
        "handbook collect --log {log}"


rule track:
    """brings runs into MLflow"""
    input:
        catalogue="results/catalogue.json",
        table="results/runs.json",
        models=each_run(f"{RUN_FOLDER}/model.skops"),
        figures=run_figures(PARAMS),
    output:
        "results/tracked.json",
    log:
        "logs/track.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        code=code("handbook.records.tracking"),
        versions=versions("handbook.records.tracking"),
    message:
        "Tracking every run in MLflow"
    shell:
        "handbook track --log {log}"
