# From prepared rows to a fitted, measured and drawn model.
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
    priority: 2
    conda:
        "../envs/handbook.yaml"
    threads: lambda w: PARAMS.threads(PARAMS.judges[w.data])
    params:
        spec=lambda w: PARAMS.judge_spec(w.data),
        code=lambda w: code(*modules_of_judge(w.data)),
        versions=lambda w: versions(*modules_of_judge(w.data)),
    message:
        "Fitting the judge of {wildcards.data}"
    shell:
        "handbook judge --spec {params.spec:q} --train {input.train} --model {output.model}"
        " --record {output.record} --log {log}"


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
    priority: 2
    conda:
        "../envs/handbook.yaml"
    threads: lambda w: PARAMS.threads(PARAMS.models[w.model])
    resources:
        # A label of the record, not a setting of the run: no reason to run it again.
        tier=PARAMS.tier,
    params:
        spec=lambda w: PARAMS.train_spec(run_of(w)),
        code=lambda w: code(*modules_of("training.train", run_of(w))),
        versions=lambda w: versions(*modules_of("training.train", run_of(w))),
    message:
        "Training {wildcards.model} on {wildcards.data} ({wildcards.variant})"
    shell:
        "handbook train --spec {params.spec:q} --tier {resources.tier}"
        " --train {input.train} --test {input.test} --model {output.model}"
        " --metrics {output.metrics} --history {output.history}"
        " --predictions {output.predictions} --run {output.run} --context {output.context}"
        " --judge {input.judge}"
        " --failed logs/train/{wildcards.model}/{wildcards.data}/{wildcards.variant}.failed.json"
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
    params:
        spec=lambda w: PARAMS.explain_spec(run_of(w)),
        code=lambda w: code(*modules_of("explain.explain", run_of(w))),
        versions=lambda w: versions(*modules_of("explain.explain", run_of(w))),
    message:
        "Explaining {wildcards.model} on {wildcards.data} ({wildcards.variant})"
    shell:
        "handbook explain --spec {params.spec:q} --model {input.model} --train {input.train}"
        " --test {input.test} --judge {input.judge} --output {output} --log {log}"


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
            expand(
                f"{RUN_FOLDER}/figures/{{figure}}.svg",
                figure=figures,
                allow_missing=True,
            ),
        log:
            "logs/draw/{model}/{data}/{variant}.log",
        wildcard_constraints:
            model="|".join(models),
        conda:
            "../envs/handbook.yaml"
        params:
            curves=lambda w: json.dumps(PARAMS.models[w.model].curves),
            code=code("handbook.report.figures.draw"),
            versions=versions("handbook.report.figures.draw"),
        message:
            "Drawing {wildcards.model} on {wildcards.data} ({wildcards.variant})"
        shell:
            "handbook draw --run $(dirname {input.run}) --curves {params.curves:q}"
            " --figures {output} --log {log}"


rule draw_side_by_side:
    """draws histories side by side"""
    input:
        lambda w: [
            f"results/models/{run.path}/history.csv"
            for run in PARAMS.shown_beside(w.beside)
        ],
    output:
        "results/side-by-side/{beside}.svg",
    log:
        "logs/draw-side-by-side/{beside}.log",
    conda:
        "../envs/handbook.yaml"
    params:
        about=lambda w: PARAMS.side_by_side_spec(w.beside),
        code=code("handbook.report.figures.runs.side_by_side"),
        versions=versions("handbook.report.figures.runs.side_by_side"),
    message:
        "Drawing {wildcards.beside} side by side"
    shell:
        "handbook draw-side-by-side --about {params.about:q} --histories {input}"
        " --figure {output} --log {log}"
