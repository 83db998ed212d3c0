# Many settings of one model, compared. No target of a rebuild: `make sweep NAME=...` asks for one.
from handbook.workflow.sweeps import planned, sweeps_with_results

SWEEP_FOLDER = "results/sweeps/{sweep}"
SWEEPS = planned(PARAMS)
# Sweeps of the command line are among them.
SWEPT = sweeps_with_results(Path("results/sweeps"), SWEEPS)


wildcard_constraints:
    sweep="|".join(PARAMS.sweeps) or "(?!)",
    round=r"\d+",
    chunk=r"\d+",


rule explore:
    input:
        train=lambda w: SWEEPS[w.sweep].data.train,
        accepted=lambda w: SWEEPS[w.sweep].data.accepted,
        earlier=lambda w: SWEEPS[w.sweep].chunks(before=int(w.round)),
    output:
        f"{SWEEP_FOLDER}/chunks/{{round}}-{{chunk}}.json",
    log:
        "logs/explore/{sweep}/{round}-{chunk}.log",
    conda:
        "../envs/handbook.yaml"
    threads: lambda w: SWEEPS[w.sweep].spec.threads
    resources:
        **REQUESTS,
        gpu=lambda w: devices.cards(SWEEPS[w.sweep].spec.params),
    params:
        spec=lambda w: SWEEPS[w.sweep].spec.model_dump_json(),
        code=lambda w: SWEEPS[w.sweep].code,
        versions=lambda w: SWEEPS[w.sweep].versions,
        made_by=lambda w: SWEEPS[w.sweep].made_by,
        threads=lambda w: SWEEPS[w.sweep].spec.threads,
    message:
        "Exploring {wildcards.sweep} (round {wildcards.round}, chunk {wildcards.chunk})"
    shell:
        "handbook explore {wildcards.sweep} {wildcards.round} {wildcards.chunk}"
        " --made-by {params.made_by} --threads {params.threads} --log {log}"


rule rank:
    input:
        train=lambda w: SWEEPS[w.sweep].data.train,
        chunks=lambda w: SWEEPS[w.sweep].chunks(),
    output:
        table=shown(
            f"{SWEEP_FOLDER}/trials.csv",
            *("trials", "Sweeps", "{sweep}"),
            content="trials",
        ),
        times=f"{SWEEP_FOLDER}/times.csv",
        best=f"{SWEEP_FOLDER}/best.json",
        record=f"{SWEEP_FOLDER}/sweep.json",
    log:
        "logs/rank/{sweep}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        spec=lambda w: SWEEPS[w.sweep].spec.model_dump_json(),
        code=code("handbook.sweeps.rank"),
        versions=versions("handbook.sweeps.rank"),
        made_by=lambda w: SWEEPS[w.sweep].made_by,
    message:
        "Ranking the trials of {wildcards.sweep}"
    shell:
        "handbook rank {wildcards.sweep} --log {log}"


rule show_sweep:
    input:
        record=f"{SWEEP_FOLDER}/sweep.json",
        times=f"{SWEEP_FOLDER}/times.csv",
    output:
        page=shown(
            f"{SWEEP_FOLDER}/index.html",
            *("sweep", "Sweeps", "{sweep}"),
            content="page",
        ),
        figures=expand(
            f"{SWEEP_FOLDER}/figures/{{figure}}.svg",
            figure=SWEEP_FIGURES,
            allow_missing=True,
        ),
    log:
        "logs/show-sweep/{sweep}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        templates=digest_of_files(report_templates()),
        code=code("handbook.report.figures.sweeps", "handbook.report.site.standalone"),
        versions=versions(
            "handbook.report.figures.sweeps", "handbook.report.site.standalone"
        ),
    message:
        "Showing {wildcards.sweep}"
    shell:
        "handbook show-sweep {wildcards.sweep} --log {log}"


rule track_sweep:
    input:
        f"{SWEEP_FOLDER}/sweep.json",
    output:
        f"{SWEEP_FOLDER}/tracked.json",
    log:
        "logs/track-sweep/{sweep}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        code=code("handbook.records.tracking.sweeps"),
        versions=versions("handbook.records.tracking.sweeps"),
    message:
        "Tracking {wildcards.sweep} in MLflow"
    shell:
        "handbook track-sweep {wildcards.sweep} --log {log}"


# Which sweeps have results. It has no input, so that no rebuild runs a sweep.
rule list_sweeps:
    """which sweeps have results"""
    output:
        "results/sweeps/list.json",
    log:
        "logs/list-sweeps.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        sweeps=json.dumps(SWEPT),
        code=code("handbook.core.files"),
    message:
        "Listing the sweeps that have results"
    shell:
        "handbook list-sweeps --log {log}"
