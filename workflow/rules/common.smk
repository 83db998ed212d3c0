# Inputs and parameters of the rules, read from the catalogue.
import json
import os
import sys
import time

from snakemake.exceptions import WorkflowError
from snakemake.io import _IOFile
from snakemake.scheduling.job_scheduler import JobScheduler

# The package beside this workflow, whichever one the environment has.
sys.path.insert(0, str(Path(workflow.basedir, "src")))
from handbook.workflow import basis, snapshot

ROOT = Path(workflow.basedir)
SOURCES = basis.sources(ROOT)
# What a job elsewhere is a part of; no such file is there if it shares no folder with its run.
RUN = None if workflow.is_main_process else basis.latest()
# What follows is imported from a copy, here and in jobs.
CODE = snapshot.enter(
    Path(".snakemake/code"), ROOT / "models", Path(RUN.code) if RUN else None
)
DIGESTS = basis.digests(basis.sources(ROOT, CODE))

from handbook.catalogue import devices, file, reading, specs
from handbook.catalogue.leaving_out import leave_out
from handbook.catalogue.overview import overview
from handbook.catalogue.params import Run
from handbook.core.errors import HandbookError
from handbook.core.files import sha256
from handbook.core.terminal import say
from handbook.data import raw, registry
from handbook.records import failures
from handbook.report.site.inputs import figures_of, report_inputs, run_figures
from handbook.report.site.pages import (
    pages as report_pages,
    templates as report_templates,
)
from handbook.sweeps import plan
from handbook.tasks.figures import CURVES, SHOWS, SWEEP_FIGURES
from handbook.workflow import (
    announcement,
    batch,
    carrying,
    check,
    environment,
    expected,
    groups,
    huge_pages,
    interrupts,
    keeping,
    links,
    notice,
    provenance,
    requests,
    scheduling,
    selection,
    session,
    slurm,
    supplies,
    sweeps,
)
from handbook.workflow.warm import start as warm

BEGUN = time.time()
# Whether jobs may run: alone in this folder, on results that are what was recorded.
RUNS_JOBS = (
    workflow.is_main_process
    and not workflow.output_settings.dryrun
    and not session.only_looks(sys.argv)
)

# Whether another machine runs the jobs, as a batch system's does.
ELSEWHERE = workflow.resource_settings.nodes is not None
if RUN and not ELSEWHERE:
    slurm.keep_to_cores(workflow)
    batch.keep_going(JobScheduler)

environment.for_jobs(ROOT)
huge_pages.ask()
links.let_results_be_replaced(_IOFile)

try:
    carrying.require_local(workflow.storage_settings.default_storage_provider)
    if RUNS_JOBS:
        interrupts.exit_at_once()
        interrupts.end_with_caller()
        session.begin()
    provenance.recall(Path(".snakemake/code-digests.json"))
    if RUN:
        RUN.require_rules(ROOT)
        PARAMS = reading.read(Path(RUN.catalogue))
    else:
        # Snakemake's own `configfile` passes over a file that was cut and keys that stand twice.
        PARAMS = reading.read_with(ROOT / file.usual(), config)
    SWEPT_ALONE = sweeps.alone(PARAMS, sys.argv)
    NEEDED = (
        selection.data_alone(PARAMS, {spec.data for spec in SWEPT_ALONE})
        if SWEPT_ALONE
        else selection.selected(PARAMS).part
    )
    # Where most is to be made, this imports libraries while Snakemake still plans.
    # So it does where a batch system has brought a group of jobs.
    SERVER = None
    if not ELSEWHERE and RUN:
        SERVER = warm.start(warm.targets(sys.argv))
    elif not ELSEWHERE and RUNS_JOBS and SWEPT_ALONE:
        SERVER = warm.start(
            sum(len(plan.jobs(spec)) for spec in SWEPT_ALONE),
            sweeps.imports(SWEPT_ALONE),
        )
    elif not ELSEWHERE and RUNS_JOBS:
        SERVER = warm.start(warm.missing(NEEDED.runs()))
    check.check_once(PARAMS, Path(".snakemake/checked-catalogue"))
    if not RUNS_JOBS:
        LACKING = supplies.left_out()
    elif SWEPT_ALONE:
        LACKING = supplies.require(NEEDED)
    else:
        LACKING = supplies.look_for(NEEDED)
    PARAMS = leave_out(PARAMS, LACKING)
    # A part of it where `handbook run` asks for one, else the same.
    PARAMS, PART, PART_NAMES = selection.selected(PARAMS)
    if RUNS_JOBS:
        devices.require(PARAMS)
    # Jobs find the catalogue there: no command grows with it, and none runs again for its name.
    CATALOGUE = str(reading.write(PARAMS, Path(".snakemake/catalogues")))
    os.environ[environment.CATALOGUE] = CATALOGUE
    if RUNS_JOBS:
        basis.Basis(str(CODE), CATALOGUE, DIGESTS).write()
    if workflow.is_main_process:
        session.settle(change=RUNS_JOBS)
except HandbookError as error:
    raise WorkflowError(str(error)) from None


# Jobs fork from a process that has imported their libraries: on this machine and in this
# environment alone, since it has those of no other.
onstart:
    if workflow.is_main_process and workflow.local_exec and not workflow.touch:
        server = SERVER
        if server is None and not workflow.deployment_settings.deployment_method:
            server = warm.start(len(workflow.dag))
        interrupts.pass_on(server)
        scheduling.look_once(workflow)
    elif workflow.is_main_process and not workflow.touch:
        interrupts.cancel_elsewhere()
        batch.follow(workflow)
    if workflow.is_main_process:
        links.unprotect_records(workflow.dag.needrun_jobs())
    if workflow.is_main_process and not workflow.touch:
        planned = expected.plan(workflow.dag, PARAMS.tier)
        announcement.announce(
            workflow, scheduling.longest_first(workflow.dag, planned)
        )


def tell(outcome):
    """Give the notice that was asked for."""
    interrupts.all_ended()
    notice.give(outcome, notice.summary(workflow, outcome, BEGUN, Path.cwd()))


onsuccess:
    session.end()
    if edited := basis.edited(DIGESTS, SOURCES):
        if keeping.DVC_STAGE in os.environ:
            # DVC would write down the edited files as those that this run read.
            tell("failed")
            raise WorkflowError(basis.warning(edited))
        say(basis.warning(edited))
    tell("done")


# What each rule asks of a cluster; here, nothing is held to it.
REQUESTS = requests.requests(
    PARAMS.tier, lambda rule, wildcards: workflow.get_rule(rule).expand_log(wildcards)
)
RUNS = list(PARAMS.runs())
RUN_FOLDER = "results/models/{model}/{data}/{variant}"


wildcard_constraints:
    model="[a-z0-9-]+",
    data="[a-z0-9-]+",
    variant="[a-z0-9-]+",
    lab="[a-z0-9-]+",
    claim="[a-z0-9-]+",
    beside="[a-z0-9-]+",


def run_of(wildcards):
    return Run(wildcards.model, wildcards.data, wildcards.variant)


def code(*modules):
    """Digests of the code that modules reach, and versions of the libraries: the hidden inputs."""
    return json.dumps(provenance.code_digests(*modules), separators=(",", ":"))


def versions(*modules):
    return json.dumps(provenance.versions(*modules), separators=(",", ":"))


def modules_of(verb, run):
    return provenance.modules(
        verb, PARAMS.models[run.model].task, PARAMS.estimator(run)
    )


def modules_of_explanation(run):
    shows = PARAMS.models[run.model].shows
    return [
        *modules_of("explain.explain", run),
        *(f"handbook.explain.{SHOWS[name]}" for name in shows),
    ]


def modules_of_judge(data):
    path = PARAMS.judges[data].estimator
    return [
        "handbook.workflow.environment",
        "handbook.training.judge",
        path.rpartition(".")[0],
    ]


def modules_of_intervals(data):
    return ["handbook.training.gauge", *modules_of_tasks(data)]


def modules_of_rehearsal(data):
    modules = ["handbook.monitoring.rehearse", "handbook.records.champions"]
    return [*modules, *modules_of_tasks(data)]


def modules_of_tasks(data):
    used = {PARAMS.models[run.model].task for run in PARAMS.runs_on(data)}
    return [f"handbook.tasks.{task}" for task in sorted(used)]


def modules_of_backtest(data):
    own = PARAMS.backtests[data].models
    task = PARAMS.models[next(iter(own))].task
    runs = [Run(name, data, model.variant) for name, model in own.items()]
    return [
        data_module(data),
        *provenance.modules("monitoring.backtest", task, *map(PARAMS.estimator, runs)),
    ]


def judge_of(run):
    """The classifier that looks at what a run generates."""
    data = PARAMS.judge_of(run)
    return f"results/judges/{data}/model.skops" if data else []


def release_of(name):
    """The release of a data set, and where the catalogue declares it, how it does."""
    declared = PARAMS.data[name].declared
    release = PARAMS.release(name)
    return f"{release} {declared.digest}" if declared else release


def data_module(name):
    return registry.module_name(name)


RAW = raw.owners({name: PARAMS.release(name) for name in PARAMS.data_sets()})


def pinned(wildcards):
    return RAW[f"{raw.FOLDER}/{wildcards.folder}/{wildcards.file}"]


def digest_of_files(paths):
    return json.dumps({path.name: sha256(path)[:16] for path in paths})


def shown(path, caption, category, subcategory="", **labels):
    """Mark an output for Snakemake's own report (`snakemake --report`)."""
    return report(
        path,
        caption=f"../report/{caption}.rst",
        category=category,
        subcategory=subcategory or None,
        labels=labels,
    )


def each_run(*patterns):
    return [pattern.format(**run._asdict()) for pattern in patterns for run in RUNS]


def rows_of(entry, file):
    """What a lab or a claim reads of the data set that it names; most name none."""
    return f"results/data/{entry.data}/{file}" if entry.data else []


def modules_of_decomposition():
    runs = [PARAMS.first(name) for name in PARAMS.bias_variance.models]
    return provenance.modules(
        "training.decompose", "regression", *map(PARAMS.estimator, runs)
    )


def models_by_figures():
    """The models that share a set of figures, by that set."""
    models = {}
    for name in PARAMS.models:
        figures = figures_of(PARAMS, PARAMS.first(name))
        models.setdefault(figures, []).append(name)
    return models


def explained(models):
    """What a fitted model learnt, where the catalogue asks to show it."""
    shows = any(PARAMS.models[name].shows for name in models)
    return f"{RUN_FOLDER}/explain.json" if shows else []
