# What runs, in which order. Each file of workflow/rules holds the rules of one step.
from snakemake.utils import min_version

min_version("9.0")


configfile: f"{workflow.basedir}/params.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/acquire.smk"
include: "workflow/rules/validate.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/crossval.smk"
include: "workflow/rules/diagnose.smk"
include: "workflow/rules/labs.smk"
include: "workflow/rules/sweep.smk"
include: "workflow/rules/track.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        "results/metrics.json",
        "results/tracked.json",
        "results/report/index.html",
