# From prepared rows to a fitted, measured and drawn model.
EXPLANATIONS = [
    f"results/models/{run.path}/explain.json"
    for run in RUNS
    if PARAMS.models[run.model].shows
]


# Priorities: first what may take more than one core, then the folds, which are the longest jobs of
# one core; the short ones fill the gaps.
rule judge:
    """fits who looks at what is generated"""
    input:
        train="results/data/{data}/train.arrow",
        accepted="results/data/{data}/accepted.json",
    output:
        model="results/judges/{data}/model.skops",
        record="results/judges/{data}/judge.json",
    log:
        "logs/judge/{data}.log",
    conda:
        "../envs/handbook.yaml"
    threads: lambda w: PARAMS.threads(PARAMS.judges[w.data])
    resources:
        **REQUESTS,
        gpu=lambda w: devices.cards_of_judge(PARAMS, w.data),
    params:
        spec=lambda w: specs.judge_spec(PARAMS, w.data).model_dump_json(),
        # Fixed, however many cores there are: it changes the order of sums.
        threads=lambda w: PARAMS.threads(PARAMS.judges[w.data]),
        code=lambda w: code(*modules_of_judge(w.data)),
        versions=lambda w: versions(*modules_of_judge(w.data)),
    message:
        "Fitting the judge of {wildcards.data}"
    shell:
        "handbook judge {wildcards.data} --threads {params.threads} --log {log}"


rule train:
    """fits, measures on held-out rows"""
    input:
        train="results/data/{data}/train.arrow",
        test="results/data/{data}/test.arrow",
        accepted="results/data/{data}/accepted.json",
        judge=lambda w: judge_of(run_of(w)),
    output:
        model=f"{RUN_FOLDER}/model.skops",
        metrics=f"{RUN_FOLDER}/metrics.json",
        history=f"{RUN_FOLDER}/history.csv",
        predictions=f"{RUN_FOLDER}/predictions.arrow",
        run=f"{RUN_FOLDER}/run.json",
        context=f"{RUN_FOLDER}/context.json",
    log:
        "logs/train/{model}/{data}/{variant}.log",
    conda:
        "../envs/handbook.yaml"
    threads: lambda w: PARAMS.threads(PARAMS.models[w.model])
    resources:
        **REQUESTS,
        gpu=lambda w: devices.cards_of_run(PARAMS, run_of(w)),
    params:
        spec=lambda w: specs.run_spec(PARAMS, run_of(w)).model_dump_json(),
        threads=lambda w: PARAMS.threads(PARAMS.models[w.model]),
        code=lambda w: code(*modules_of("training.train", run_of(w))),
        versions=lambda w: versions(*modules_of("training.train", run_of(w))),
    message:
        "Training {wildcards.model} on {wildcards.data} ({wildcards.variant})"
    shell:
        "handbook train {wildcards.model}/{wildcards.data}/{wildcards.variant} --threads {params.threads}"
        " --log {log}"


rule explain:
    """computes what a model learnt"""
    input:
        model=f"{RUN_FOLDER}/model.skops",
        train="results/data/{data}/train.arrow",
        test="results/data/{data}/test.arrow",
        judge=lambda w: judge_of(run_of(w)),
    output:
        f"{RUN_FOLDER}/explain.json",
    log:
        "logs/explain/{model}/{data}/{variant}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
        gpu=lambda w: devices.cards_of_run(PARAMS, run_of(w)),
    params:
        spec=lambda w: specs.explain_spec(PARAMS, run_of(w)).model_dump_json(),
        code=lambda w: code(*modules_of_explanation(run_of(w))),
        versions=lambda w: versions(*modules_of_explanation(run_of(w))),
    message:
        "Explaining {wildcards.model} on {wildcards.data} ({wildcards.variant})"
    shell:
        "handbook explain {wildcards.model}/{wildcards.data}/{wildcards.variant}"
        " --log {log}"


# One rule for each set of figures, because a rule's outputs have fixed names; called after the
# first model that has them.
for figures, models in models_by_figures().items():

    rule:
        """draws the figures of a run"""
        name:
            f"draw_like_{models[0].replace('-', '_')}"
        input:
            predictions=f"{RUN_FOLDER}/predictions.arrow",
            history=f"{RUN_FOLDER}/history.csv",
            run=f"{RUN_FOLDER}/run.json",
            explained=explained(models),
        output:
            [
                shown(
                    f"{RUN_FOLDER}/figures/{figure}.svg",
                    *("run", "Models", "{model}"),
                    data="{data}",
                    variant="{variant}",
                    figure=figure,
                )
                for figure in figures
            ],
        log:
            "logs/draw/{model}/{data}/{variant}.log",
        wildcard_constraints:
            model="|".join(models),
        conda:
            "../envs/handbook.yaml"
        resources:
            **REQUESTS,
        params:
            curves=lambda w: json.dumps(PARAMS.models[w.model].curves),
            code=code("handbook.report.figures.draw"),
            versions=versions("handbook.report.figures.draw"),
        message:
            "Drawing {wildcards.model} on {wildcards.data} ({wildcards.variant})"
        shell:
            "handbook draw {wildcards.model}/{wildcards.data}/{wildcards.variant}"
            " --log {log}"


rule draw_side_by_side:
    """draws histories side by side"""
    input:
        lambda w: [
            f"results/models/{run.path}/history.csv"
            for run in PARAMS.runs_beside(w.beside)
        ],
    output:
        shown(
            "results/side-by-side/{beside}.svg",
            *("side-by-side", "Side by side"),
            figure="{beside}",
        ),
    log:
        "logs/draw-side-by-side/{beside}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        section=lambda w: PARAMS.side_by_side[w.beside].model_dump_json(),
        code=code("handbook.report.figures.runs.side_by_side"),
        versions=versions("handbook.report.figures.runs.side_by_side"),
    message:
        "Drawing {wildcards.beside} side by side"
    shell:
        "handbook draw-side-by-side {wildcards.beside} --log {log}"
