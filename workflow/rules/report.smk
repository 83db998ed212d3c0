# From all results to pages that people read.
from handbook.catalogue.text_faults import PATH as TEXT_FAULTS
from handbook.report.site import listings
from handbook.workflow.graph import RULES

DIAGNOSED = [(f"{m}/{d}", name) for m, d in PARAMS.diagnosed() for name in CURVES]
DECOMPOSED = ["bias-variance/figure.svg"] if PARAMS.bias_variance else []
DRAWN = [(run.path, name) for run in RUNS for name in figures_of(PARAMS, run)]
REPORT_PAGES = report_pages(
    list(PARAMS.models),
    PARAMS.data_sets(),
    list(PARAMS.labs),
    [
        entry.section
        for kind in (PARAMS.models, PARAMS.labs, PARAMS.claims)
        for entry in kind.values()
    ],
    list(SWEPT),
    list(PARAMS.claims),
    PARAMS.rehearsed(),
    book=PARAMS.title is None,
)


# One small file between hundreds of inputs and hundreds of outputs: see handbook.report.site.contents.
rule list_shown:
    """lists all that the report shows, each with its digest"""
    input:
        report_inputs(PARAMS),
    output:
        "results/shown.json",
    log:
        "logs/list-shown.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        code=code("handbook.report.site.contents"),
    message:
        "Listing what the report shows"
    shell:
        "handbook list-shown --log {log}"


rule report:
    """writes these pages"""
    input:
        "results/shown.json",
        times="results/times.json",
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
        expand("results/report/figures/claims/{claim}/figure.svg", claim=PARAMS.claims),
        expand(
            "results/report/figures/backtests/{data}/{figure}.svg",
            data=PARAMS.backtests,
            figure=BACKTEST_FIGURES,
        ),
        expand(
            "results/report/figures/sweeps/{sweep}/{figure}.svg",
            sweep=SWEPT,
            figure=SWEEP_FIGURES,
        ),
    log:
        "logs/report.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        templates=digest_of_files([*report_templates(), RULES, TEXT_FAULTS]),
        listings=listings.digest(
            PARAMS.labs, [model.estimator for model in PARAMS.models.values()]
        ),
        code=code("handbook.report.site.build"),
        versions=versions("handbook.report.site.build"),
    message:
        "Writing the report"
    shell:
        "handbook report --log {log}"


# What did not work is shown too: in MLflow as failed runs, and in a report beside the logs.
onerror:
    session.end()
    again = failures.command(sys.argv[1:], PART_NAMES)
    if not interrupts.stopped():
        here = os.path.relpath(Path.cwd(), workflow.basedir)
        shell(
            "handbook track --failed-only --output logs/tracked.json || true;"
            " handbook report --output logs/report --events {log[0]} --again {again:q}"
            " || true;"
            " handbook failures {log[0]} --again {again:q} --called {here:q}"
        )
        tell("failed")
    else:
        say("Stopped before the end: the same command goes on.")
        tell("stopped")
