"""How long the small fits of chapter 2 take in the workflow, beside plain scikit-learn.

Run it on a quiet machine, after `make rebuild`:

    .venv/bin/python benchmarks/chapter2.py

The fits: every chapter 2 model with the book's settings on the four small data sets, once on all
training rows and once for each of five folds, scored on what was left out. In turn:

- the workflow, which also saves and records each run: one job a training, one a
  cross-validation;
- the same fits with plain scikit-learn, one process each;
- the same with one process a job.

All keep two processes busy, each with one thread.

Beside that, what the last rebuild spent on all of chapter 2, every data set and setting, by
Snakemake's records: trainings, cross-validations and curves, each job of one thread, with and
without what small sets get on top (five repeats, single rows left out). Results go to
`benchmarks/results/chapter2.json`.
"""

from __future__ import annotations

import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from threadpoolctl import threadpool_limits

from handbook.catalogue import reading
from handbook.catalogue.params import Params, Run
from handbook.catalogue.specs import crossval_spec, run_spec
from handbook.training.crossval import crossval
from handbook.training.spec import CrossvalSpec

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SMALL = ("boston-housing", "diabetes", "credit-approval", "iris")
ROUNDS = 1
CORES = 2
FOLDS = 5  # as in params.yaml and in PLAIN
ENVIRONMENT = os.environ | {
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

# What somebody would write: a pipeline, a fit, a score. Folds are numbered from 0, -1 is all rows.
PLAIN = """
import json, sys
from pathlib import Path
from handbook import tasks
from handbook.data import dataset
from handbook.training.build import build
from handbook.training.spec import RunSpec
spec = RunSpec.model_validate_json(sys.argv[1])
folds, data = json.loads(sys.argv[2]), Path(sys.argv[3])
train, test = dataset.read(data / "train.arrow"), dataset.read(data / "test.arrow")
task, classes = tasks.module(spec.task), len(train.classes)
splits = list(task.folds(train.y, 5, spec.seed))
for fold in folds:
    here, there = train, test
    if fold >= 0:
        here, there = (train.rows(rows) for rows in splits[fold])
    fitted = build(spec, here.X).fit(here.X, here.y)
    task.score(there.y, task.predict(fitted, there.X, classes))
"""


def main() -> None:
    """Measure, print and write down."""
    params = reading.read(ROOT / "params.yaml")
    runs = [
        run
        for run in params.runs()
        if params.models[run.model].section.startswith("2.")
        and run.variant == "book"
        and run.data in SMALL
    ]
    fits = [(run, [fold]) for run in runs for fold in range(-1, FOLDS)]
    jobs = [(run, folds) for run in runs for folds in ([-1], list(range(FOLDS)))]
    times: dict[str, list[float]] = {"workflow": [], "a_process_a_fit": [], "a_process_a_job": []}
    for _ in range(ROUNDS):
        times["workflow"].append(workflow(runs))
        times["a_process_a_fit"].append(plain(params, fits))
        times["a_process_a_job"].append(plain(params, jobs))
    found = {
        "python": platform.python_version(),
        "cores": CORES,
        "rounds": ROUNDS,
        "last_rebuild_s": last_rebuild(params),
        "runs": len(runs),
        "fits": len(fits),
        "median_s": {name: round(statistics.median(each), 1) for name, each in times.items()},
        "range_s": {name: [round(min(e), 1), round(max(e), 1)] for name, e in times.items()},
        "times_as_fast": {
            name: round(
                statistics.median(
                    peer / ours for peer, ours in zip(each, times["workflow"], strict=True)
                ),
                2,
            )
            for name, each in times.items()
            if name != "workflow"
        },
    }
    out = ROOT / "benchmarks" / "results" / "chapter2.json"
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def last_rebuild(params: Params) -> dict[str, float]:
    """Sum the seconds of the jobs of chapter 2, by kind, and share them among the cores.

    Cross-validations on small sets also fold five times and leave single rows out. What they take
    without that is measured here again, fit by fold, in this process.
    """
    own = [run for run in params.runs() if params.models[run.model].section.startswith("2.")]
    models = {run.model for run in own}
    jobs: dict[tuple[str, str], tuple[float, float]] = {}
    for record in (ROOT / ".snakemake" / "metadata").rglob("*"):
        if not record.is_file():
            continue
        about = json.loads(record.read_text())
        if about["rule"] in ("train", "crossval", "diagnose"):
            log = about["log"][0]
            if log.split("/")[2] in models:
                # Each output has a record; a job lasts from the first to the last.
                first, last = jobs.get((about["rule"], log), (math.inf, 0.0))
                times = min(first, about["starttime"]), max(last, about["endtime"])
                jobs[about["rule"], log] = times
    seconds = {job: last - first for job, (first, last) in jobs.items()}
    found: dict[str, float] = {}
    for (rule, _), spent in sorted(seconds.items()):
        found[rule] = found.get(rule, 0.0) + spent
    more, once = 0.0, 0.0
    for run in own:
        spec = crossval_spec(params, run)
        if spec.repeats > 1 or spec.leave_one_out:
            more += seconds["crossval", f"logs/crossval/{run.path}.log"]
            once += five_folds(spec.model_copy(update={"repeats": 1, "leave_one_out": False}))
    every = sum(found.values())
    return {
        **{rule: round(spent, 1) for rule, spent in found.items()},
        "on_two_cores": round(every / CORES, 1),
        "repeats_and_single_rows": round(more - once, 1),
        "on_two_cores_without_these": round((every - more + once) / CORES, 1),
    }


def five_folds(spec: CrossvalSpec) -> float:
    """Time one cross-validation in this process."""
    rows = ROOT / "results" / "data" / spec.run.data / "train.arrow"
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(limits=1):
        start = time.perf_counter()
        crossval(spec, rows, Path(folder, "out.json"), say=lambda _: None)
        return time.perf_counter() - start


def workflow(runs: Sequence[Run]) -> float:
    """Time the workflow on prepared rows, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(BIN / "snakemake"), "--snakefile", str(ROOT / "Snakefile")]
        command += ["--directory", folder, "--cores", str(CORES), "--quiet", "all"]
        once = Path(folder, "once.yaml")
        # JSON is YAML. Five folds and nothing more, as the others do.
        models = {run.model: {"leave_one_out": []} for run in runs}
        once.write_text(json.dumps({"crossval": {"repeats": 1}, "models": models}))
        command += ["--configfile", str(ROOT / "params.yaml"), str(once), "--"]
        raw = ROOT / "data" / "raw"
        shutil.copytree(raw, Path(folder, "data", "raw"), ignore=_large)
        ready = [f"results/data/{data}/accepted.json" for data in sorted({r.data for r in runs})]
        subprocess.run([*command, *ready], env=ENVIRONMENT, check=True)
        wanted = [f"results/models/{run.path}/run.json" for run in runs]
        wanted += [f"results/cv/{run.path}.json" for run in runs]
        start = time.perf_counter()
        subprocess.run([*command, *wanted], env=ENVIRONMENT, check=True)
        return time.perf_counter() - start


def _large(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in ("pokemon", "mnist", "fashion-mnist")]


def plain(params: Params, processes: Sequence[tuple[Run, list[int]]]) -> float:
    """Time processes that fit and score, two at once."""

    def one(work: tuple[Run, list[int]]) -> None:
        run, folds = work
        data = str(ROOT / "results" / "data" / run.data)
        arguments = [run_spec(params, run).model_dump_json(), json.dumps(folds), data]
        subprocess.run([sys.executable, "-c", PLAIN, *arguments], env=ENVIRONMENT, check=True)

    start = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(one, processes))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
