# From all results to pages that people read.
FIGURES_OF_RUNS = [
    f"{run.path}/figures/{name}.svg" for run in RUNS for name in figures_of(run)
]
REPORT_PAGES = report_pages(list(PARAMS.models), PARAMS.data_sets(), list(PARAMS.labs))

# What the report shows of this workflow; a test compares it with the rules themselves.
GRAPH = {
    "rules": {
        "acquire": "brings each raw file, checks its digest",
        "prepare": "loads, splits, describes",
        "validate": "checks every expectation",
        "gate": "stops what failed one",
        "train": "fits, measures on held-out rows",
        "crossval": "scores every fold",
        "draw": "draws a run's figures",
        "lab": "computes a worked example",
        "collect": "one table of all runs",
        "track": "brings runs into MLflow",
        "report": "writes these pages",
    },
    "edges": [
        ("acquire", "prepare"),
        ("prepare", "validate"),
        ("validate", "gate"),
        ("prepare", "train"),
        ("gate", "train"),
        ("prepare", "crossval"),
        ("gate", "crossval"),
        ("train", "draw"),
        ("train", "collect"),
        ("crossval", "collect"),
        ("collect", "track"),
        ("train", "track"),
        ("draw", "track"),
        ("collect", "report"),
        ("draw", "report"),
        ("lab", "report"),
        ("prepare", "report"),
        ("validate", "report"),
        ("gate", "report"),
    ],
}


rule report:
    input:
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
        spec=PARAMS.show_spec(),
        graph=json.dumps(GRAPH),
        templates=digest_of_files(report_templates()),
        code=code("handbook.report.build"),
        versions=versions("handbook.report.build"),
    message:
        "Writing the report"
    shell:
        "handbook report --spec {params.spec:q} --graph {params.graph:q} --tier {config[tier]}"
        " --results results --logs logs --output results/report --log {log}"


onerror:
    shell("handbook failures {log}")
