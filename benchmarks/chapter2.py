"""How long the fits of chapter 2 take in the workflow, beside a script of scikit-learn and joblib.

Run it on a quiet machine, after `make rebuild`:

    .venv/bin/python benchmarks/chapter2.py

Whole chapter: every training and cross-validation of its models, on every data set and in every
variant of the catalogue, searches, repeated folds and single rows left out among them. In turn:

- the workflow, from the call of Snakemake on prepared rows to the last file; it also saves and
  records each run;
- a script that hands the same fits on the same folds to two workers of joblib, each training and
  each round of folds as a task of its own, scores them and keeps nothing. Its fits are this
  project's, whose searches encode the columns of a fold once, not once a setting as scikit-learn's
  own would.

Small fits: every model with the book's settings on the four small data sets, once on all training
rows and once for each of five folds, in turn by the workflow and with plain scikit-learn, one
process a fit and one process a job.

All keep two processes busy, each with one thread. Results go to
`benchmarks/results/chapter2.json`.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from handbook.catalogue import reading
from handbook.catalogue.params import Params, Run
from handbook.catalogue.specs import crossval_spec, run_spec

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SMALL = ("boston-housing", "diabetes", "credit-approval", "iris")
CORES = 2
TARGET = 1.10  # of the whole chapter
ENVIRONMENT = os.environ | {
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # as the workflow has it
}

# What somebody would write who needs no record of it: -1 is a training on all rows, scored on the
# held-out ones, and "single" leaves out each row once.
SCRIPT = """
import json, sys, warnings
from pathlib import Path
from joblib import Parallel, delayed
from sklearn.model_selection import LeaveOneOut
from handbook import tasks
from handbook.data import dataset
from handbook.training.spec import CrossvalSpec
from handbook.training.tuning import fit
data, workers = Path(sys.argv[2]), int(sys.argv[3])
def score(spec, splits):
    warnings.simplefilter("ignore")
    run, folder = spec.run, data / spec.run.data
    rows, task = dataset.read(folder / "train.arrow"), tasks.module(run.task)
    classes = len(rows.classes)
    def scored(here, there):
        fitted, _ = fit(run, here.X, here.y, classes)
        return task.score(there.y, task.predict(fitted, there.X, classes))[0]
    if splits == -1:
        return [scored(rows, dataset.read(folder / "test.arrow"))]
    if splits == "single":
        parts = LeaveOneOut().split(rows.y)
    else:
        y = tasks.targets(rows, run.task)
        parts = task.folds(y, spec.folds, run.seed + splits, rows.groups)
    return [scored(rows.rows(here), rows.rows(there)) for here, there in parts]
work = []
for line in Path(sys.argv[1]).read_text().splitlines():
    spec = CrossvalSpec.model_validate_json(line)
    n = len(dataset.read(data / spec.run.data / "train.arrow"))
    repeats = spec.repeats if n <= spec.small else 1
    work += [(spec, splits) for splits in (-1, *range(repeats))]
    work += [(spec, "single")] * spec.leave_one_out
done = Parallel(n_jobs=workers)(delayed(score)(*task) for task in work)
print(sum(map(len, done)))
"""

# A pipeline, a fit, a score, for one process.
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
    runs = [run for run in params.runs() if params.models[run.model].section.startswith("2.")]
    content = {
        "python": platform.python_version(),
        "cores": CORES,
        "small": of_small(params, [r for r in runs if r.variant == "book" and r.data in SMALL]),
        "whole": of_all(params, runs),
    }
    out = ROOT / "benchmarks" / "results" / "chapter2.json"
    out.write_text(json.dumps(content, indent=2) + "\n")
    print(json.dumps(content, indent=2))


def of_small(params: Params, runs: Sequence[Run]) -> dict[str, Any]:
    """Time the small fits, a process each, a process a job, and by the workflow."""
    fits = [(run, [fold]) for run in runs for fold in range(-1, 5)]
    jobs = [(run, folds) for run in runs for folds in ([-1], list(range(5)))]
    once = {
        "crossval": {"repeats": 1},
        "models": {run.model: {"leave_one_out": []} for run in runs},
    }
    ours = workflow(runs, once)
    peers = {"a_process_a_fit": plain(params, fits), "a_process_a_job": plain(params, jobs)}
    return {
        "runs": len(runs),
        "fits": len(fits),
        "workflow_s": round(ours, 1),
        **{f"{name}_s": round(seconds, 1) for name, seconds in peers.items()},
        "times_as_fast": {name: round(seconds / ours, 2) for name, seconds in peers.items()},
    }


def of_all(params: Params, runs: Sequence[Run]) -> dict[str, Any]:
    """Time the whole chapter, by the workflow and by a script."""
    ours = workflow(runs, {})
    seconds, fits = script(params, runs)
    return {
        "runs": len(runs),
        "fits": fits,
        "workflow_s": round(ours, 1),
        "script_s": round(seconds, 1),
        "times_its_time": round(ours / seconds, 3),
        "target": TARGET,
    }


def script(params: Params, runs: Sequence[Run]) -> tuple[float, int]:
    """Time the script, from the start of Python to its end; return how many fits it made too."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder, "work.jsonl")
        specs = [crossval_spec(params, run).model_dump_json() for run in runs]
        work.write_text("\n".join(specs) + "\n")
        command = [sys.executable, "-c", SCRIPT, work, ROOT / "results" / "data", str(CORES)]
        start = time.perf_counter()
        done = subprocess.run(
            command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True
        )
        return time.perf_counter() - start, int(done.stdout)


def workflow(runs: Sequence[Run], changes: dict[str, Any]) -> float:
    """Time the workflow on prepared rows, in a folder of its own, with changes of the catalogue."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(BIN / "snakemake"), "--snakefile", str(ROOT / "Snakefile")]
        command += ["--directory", folder, "--cores", str(CORES), "--quiet", "all"]
        changed = Path(folder, "changed.yaml")
        changed.write_text(json.dumps(changes))  # JSON is YAML
        command += ["--configfile", str(ROOT / "params.yaml"), str(changed), "--"]
        raw = ROOT / "data" / "raw"
        shutil.copytree(raw, Path(folder, "data", "raw"))
        ready = [f"results/data/{data}/accepted.json" for data in sorted({r.data for r in runs})]
        subprocess.run([*command, *ready], env=ENVIRONMENT, check=True)
        wanted = [f"results/models/{run.path}/run.json" for run in runs]
        wanted += [f"results/cv/{run.path}.json" for run in runs]
        start = time.perf_counter()
        subprocess.run([*command, *wanted], env=ENVIRONMENT, check=True)
        return time.perf_counter() - start


def plain(params: Params, processes: Sequence[tuple[Run, list[int]]]) -> float:
    """Time processes that fit and score, two at once."""

    def fitted(work: tuple[Run, list[int]]) -> None:
        run, folds = work
        data = str(ROOT / "results" / "data" / run.data)
        arguments = [run_spec(params, run).model_dump_json(), json.dumps(folds), data]
        subprocess.run([sys.executable, "-c", PLAIN, *arguments], env=ENVIRONMENT, check=True)

    start = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(fitted, processes))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
