# From all results to pages that people read.
FIGURES_OF_RUNS = [
    f"{run.path}/figures/{name}.svg" for run in RUNS for name in figures_of(run)
]
REPORT_PAGES = report_pages(list(PARAMS.models), PARAMS.data_sets(), list(PARAMS.labs))


rule report:
    input:
        "results/catalogue.json",
        "results/runs.json",
        [f"results/models/{figure}" for figure in FIGURES_OF_RUNS],
        expand("results/labs/{lab}/result.json", lab=PARAMS.labs),
        expand(
            "results/data/{data}/{part}.json",
            data=PARAMS.data_sets(),
            part=["profile", "validation", "accepted"],
        ),
    output:
        expand("results/report/{page}", page=REPORT_PAGES),
        [
            f"results/report/figures/{figure.replace('/figures/', '/')}"
            for figure in FIGURES_OF_RUNS
        ],
    log:
        "logs/report.log",
    params:
        templates=digest_of_files(report_templates()),
        code=code("handbook.report.build", "handbook.report.workflow"),
        versions=versions("handbook.report.build"),
    message:
        "Writing the report"
    shell:
        "handbook report --results results --logs logs --output results/report --log {log}"


# What did not work is shown too: in MLflow as failed runs, and in a report beside the logs.
onerror:
    shell(
        "handbook track --failed-only --results results --logs logs --output logs/tracked.json"
        " || true;"
        " handbook report --results results --logs logs --output logs/report || true;"
        " handbook failures {log}"
    )
