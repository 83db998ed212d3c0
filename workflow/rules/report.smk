# From all results to pages that people read.
from handbook.workflow.graph import RULES

DIAGNOSED = [(f"{m}/{d}", name) for m, d in PARAMS.diagnosed() for name in CURVES]
DECOMPOSED = ["bias-variance/figure.svg"] if PARAMS.bias_variance else []
DRAWN = [(run.path, name) for run in RUNS for name in figures_of(run)]
LISTED = [run.path for run in RUNS if "outliers" in PARAMS.models[run.model].shows]
REPORT_PAGES = report_pages(
    list(PARAMS.models),
    PARAMS.data_sets(),
    list(PARAMS.labs),
    [one.section for one in (*PARAMS.models.values(), *PARAMS.labs.values())],
    list(SWEPT),
)


# One small file between hundreds of inputs and hundreds of outputs: see handbook.report.site.contents.
rule list_shown:
    """takes the digest of all that is shown"""
    input:
        "results/runs.json",
        "results/comparisons.json",
        [f"results/models/{run}/figures/{name}.svg" for run, name in DRAWN],
        [f"results/models/{run}/explain.json" for run in LISTED],
        expand("results/labs/{lab}/result.json", lab=PARAMS.labs),
        expand("results/labs/{lab}/figure.svg", lab=DRAWN_LABS),
        [f"results/diagnose/{pair}/figures/{name}.svg" for pair, name in DIAGNOSED],
        [f"results/diagnose/{m}/{d}/curves.json" for m, d in PARAMS.diagnosed()],
        expand("results/{figure}", figure=DECOMPOSED),
        expand("results/side-by-side/{beside}.svg", beside=PARAMS.side_by_side),
        expand(
            "results/data/{data}/{part}.json",
            data=PARAMS.data_sets(),
            part=["profile", "validation", "accepted"],
        ),
        "results/sweeps/list.json",
    output:
        "results/shown.json",
    log:
        "logs/list-shown.log",
    conda:
        "../envs/handbook.yaml"
    params:
        # The folder of a figure stands for all in it: a command line has an end.
        paths=lambda w, input: sorted(
            {
                str(Path(file).parent) if file.endswith(".svg") else file
                for file in input
            }
        ),
        code=code("handbook.report.site.contents"),
    message:
        "Listing what the report shows"
    shell:
        "handbook list-shown --paths {params.paths} --output {output} --log {log}"


rule report:
    """writes these pages"""
    input:
        "results/shown.json",
        catalogue="results/catalogue.json",
    output:
        expand("results/report/{page}", page=REPORT_PAGES),
        [f"results/report/figures/{run}/{name}.svg" for run, name in DRAWN],
        [
            f"results/report/figures/diagnose/{pair}/{name}.svg"
            for pair, name in DIAGNOSED
        ],
        expand("results/report/figures/{figure}", figure=DECOMPOSED),
        expand(
            "results/report/figures/side-by-side/{beside}.svg",
            beside=PARAMS.side_by_side,
        ),
        expand("results/report/figures/labs/{lab}/figure.svg", lab=DRAWN_LABS),
        expand(
            "results/report/figures/sweeps/{sweep}/{figure}.svg",
            sweep=SWEPT,
            figure=SWEEP_FIGURES,
        ),
    log:
        "logs/report.log",
    conda:
        "../envs/handbook.yaml"
    params:
        templates=digest_of_files([*report_templates(), RULES]),
        code=code("handbook.report.site.build"),
        versions=versions("handbook.report.site.build"),
    message:
        "Writing the report"
    shell:
        "handbook report --catalogue {input.catalogue} --results results --logs logs"
        " --output results/report --log {log}"


# What did not work is shown too: in MLflow as failed runs, and in a report beside the logs.
onerror:
    shell(
        "handbook catalogue --spec {SHOWN:q} --output logs/catalogue.json;"
        " handbook track --failed-only --catalogue logs/catalogue.json --results results"
        " --logs logs --output logs/tracked.json || true;"
        " handbook report --catalogue logs/catalogue.json --results results --logs logs"
        " --output logs/report || true;"
        " handbook failures {log}"
    )
