# What runs, in which order. Each file of workflow/rules holds the rules of one step.
from snakemake.utils import min_version

min_version("9.0")


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/acquire.smk"
include: "workflow/rules/validate.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/crossval.smk"
include: "workflow/rules/uncertainty.smk"
include: "workflow/rules/watch.smk"
include: "workflow/rules/diagnose.smk"
include: "workflow/rules/labs.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/backtest.smk"
include: "workflow/rules/sweep.smk"
include: "workflow/rules/track.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/part.smk"


# What needs the network, MLflow's database or everything is done where this was called.
localrules:
    acquire,
    list_sweeps,
    list_shown,
    collect,
    track,
    track_sweep,
    report,


# Every file that the catalogue stands for, so that what is lost is made again.
rule all:
    default_target: True
    input:
        expand(
            [*rules.prepare.output, *rules.validate.output, *rules.gate.output],
            data=PARAMS.data_sets(),
        ),
        expand(rules.judge.output, data=PARAMS.judges),
        each_run(*rules.train.output),
        EXPLANATIONS,
        expand(rules.gauge.output, data=PARAMS.gauged()),
        expand(rules.rehearse.output, data=PARAMS.rehearsed()),
        expand(rules.reseed.output, model=PARAMS.reseeded()),
        report_inputs(PARAMS),
        FOLDS,
        rules.decompose.output if PARAMS.bias_variance else [],
        rules.collect.output,
        rules.track.output,
        rules.list_shown.output,
        rules.report.output,
    message:
        "Everything is there"


# After all rules: short jobs of a stage reach a batch system together, and stay so.
if ELSEWHERE and workflow.is_main_process:
    groups.assign(workflow, PARAMS.tier)
elif ELSEWHERE and warm.targets(sys.argv) > 1:
    groups.keep_together(workflow)
