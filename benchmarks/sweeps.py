"""What a sweep costs beside the fits themselves, and beside DVC's queue of experiments.

Run it on a quiet machine, with the raw data of bank-marketing in `data/raw` or at HANDBOOK_MIRROR:

    .venv/bin/python benchmarks/sweeps.py

- 200 settings of the RBF network, three folds of 3,000 training rows each, from the call of
  Snakemake to `trials.csv`; beside the same fits by Optuna, two workers of joblib that share a
  study in a journal on disk, and by joblib alone, which keeps nothing. The peers score ROC AUC
  alone, the sweep every metric.
- The same fits as experiments of DVC: a repository with one stage that scores one setting,
  `dvc exp run --queue` for some and `dvc queue start --jobs 2`, until the last has ended.
- A grid of 10,000 settings planned: `handbook sweep --dry-run`, its time and its memory.

All keep two cores busy, each process with one thread. Sweep and peers are timed in turn, medians of
their ratios. Results go to `benchmarks/results/sweeps.json`.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ROUNDS = 3
TRIALS, FOLDS, ROWS, CORES, SEED = 200, 3, 3_000, 2, 42
QUEUED = 6
SPACE = {
    "n_centers": {"low": 20, "high": 300, "log": True},
    "width_scale": {"low": 0.5, "high": 8.0, "log": True},
    "ridge": {"low": 1e-6, "high": 1.0, "log": True},
}
FIXED = {"centers": "random", "width": "nearest", "bias": True}
ENVIRONMENT = os.environ | {
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

# What somebody would write who needs no record of it.
JOBLIB = """
import json, sys, time
from pathlib import Path
from joblib import Parallel, delayed
from sklearn.metrics import make_scorer, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from handbook.catalogue.sweep_spec import SweepSpec
from handbook.data import dataset
from handbook.training.build import build
from handbook.sweeps.evaluate import sample
start = time.perf_counter()
plain, settings = json.loads(Path(sys.argv[1]).read_text())
spec = SweepSpec(**plain)
rows = sample(dataset.read(Path(sys.argv[2])), spec.rows, spec.seed)
folds = StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed)
auc = make_scorer(roc_auc_score, response_method="predict_proba")
def score(setting):
    model = build(spec.with_setting(setting), rows.X)
    return cross_val_score(model, rows.X, rows.y, cv=folds, scoring=auc).mean()
found = Parallel(n_jobs=int(sys.argv[3]))(delayed(score)(setting) for setting in settings)
print(json.dumps(found))
"""

# The same as a study that survives a kill, as Optuna's own pages have it for several processes.
OPTUNA = """
import json, sys
from pathlib import Path
import optuna
from joblib import Parallel, delayed
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from sklearn.metrics import make_scorer, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from handbook.catalogue.sweep_spec import SweepSpec
from handbook.data import dataset
from handbook.training.build import build
from handbook.sweeps.evaluate import sample
optuna.logging.set_verbosity(optuna.logging.WARNING)
plain, settings = json.loads(Path(sys.argv[1]).read_text())
spec, workers = SweepSpec(**plain), int(sys.argv[3])
journal = str(Path(sys.argv[1]).with_name("journal"))
def study():
    storage = JournalStorage(JournalFileBackend(journal))
    sampler = optuna.samplers.RandomSampler()
    return optuna.create_study(
        study_name="bench", storage=storage, sampler=sampler, load_if_exists=True)
def work(trials):
    rows = sample(dataset.read(Path(sys.argv[2])), spec.rows, spec.seed)
    folds = StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed)
    auc = make_scorer(roc_auc_score, response_method="predict_proba")
    def score(trial):
        setting = {
            "n_centers": trial.suggest_int("n_centers", 20, 300, log=True),
            "width_scale": trial.suggest_float("width_scale", 0.5, 8.0, log=True),
            "ridge": trial.suggest_float("ridge", 1e-6, 1.0, log=True),
        }
        model = build(spec.with_setting(setting), rows.X)
        return cross_val_score(model, rows.X, rows.y, cv=folds, scoring=auc).mean()
    study().optimize(score, n_trials=trials)
whole = study()
for setting in settings:
    whole.enqueue_trial(setting)
shares = [len(settings) // workers] * workers
Parallel(n_jobs=workers)(delayed(work)(share) for share in shares)
print(json.dumps([trial.value for trial in study().trials]))
"""

# The same for one setting: a stage of DVC.
STAGE = """
import json, sys
from pathlib import Path
import yaml
from sklearn.metrics import make_scorer, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from handbook.catalogue.sweep_spec import SweepSpec
from handbook.data import dataset
from handbook.training.build import build
from handbook.sweeps.evaluate import sample
spec = SweepSpec(**json.loads(Path("spec.json").read_text()))
setting = yaml.safe_load(Path("params.yaml").read_text())
rows = sample(dataset.read(Path("train.arrow")), spec.rows, spec.seed)
folds = StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed)
auc = make_scorer(roc_auc_score, response_method="predict_proba")
model = build(spec.with_setting(setting), rows.X)
score = cross_val_score(model, rows.X, rows.y, cv=folds, scoring=auc).mean()
Path("metrics.json").write_text(json.dumps({"roc_auc": score}))
"""


def main() -> None:
    """Measure, print and write down."""
    sweeps: list[float] = []
    peers: dict[str, list[float]] = {"optuna": [], "joblib": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, spec, settings = prepared(folder)
        for _ in range(ROUNDS):
            seconds, scores = sweep(folder)
            sweeps.append(seconds)
            for name, script in (("optuna", OPTUNA), ("joblib", JOBLIB)):
                seconds, expected = peer(script, folder, rows, spec, settings)
                peers[name].append(seconds)
                worst = max(abs(a - b) for a, b in zip(scores, expected, strict=True))
                assert worst < 1e-9, f"{name}: not the same fits: scores differ by {worst}"
        queue = queued(folder, rows, spec, settings[:QUEUED])
    ours = statistics.median(sweeps)
    found = {
        "python": platform.python_version(),
        "cores": CORES,
        "trials": TRIALS,
        "fits": TRIALS * FOLDS,
        "rounds": ROUNDS,
        "sweep_s": [round(seconds, 1) for seconds in sweeps],
        **{f"{name}_s": [round(seconds, 1) for seconds in times] for name, times in peers.items()},
        **{
            f"throughput_beside_{name}": round(
                statistics.median(b / a for a, b in zip(sweeps, times, strict=True)), 2
            )
            for name, times in peers.items()
        },
        "dvc_queue": {"trials": QUEUED, "seconds": round(queue, 1)},
        "throughput_beside_dvc_queue": round((TRIALS / ours) / (QUEUED / queue), 1),
        "grid_of_10000": planned(),
    }
    out = ROOT / "benchmarks" / "results" / "sweeps.json"
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def prepared(folder: Path) -> tuple[Path, dict[str, Any], list[dict[str, Any]]]:
    """Prepare the rows, and list the settings that the sweep will draw."""
    from handbook.catalogue import reading
    from handbook.catalogue.sweep_spec import sweep_spec
    from handbook.sweeps.plan import jobs, settings

    declared = {
        "model": "rbf-network", "data": "bank-marketing", "params": FIXED, "space": SPACE,
        "strategy": "random", "budget": TRIALS, "score": {"folds": FOLDS}, "rows": ROWS,
        "seed": SEED,
    }  # fmt: skip
    (folder / "sweep.json").write_text(json.dumps({"sweeps": {"bench": declared}}))
    if (raw := ROOT / "data" / "raw" / "bank-marketing").is_dir():
        shutil.copytree(raw, folder / "data" / "raw" / "bank-marketing")
    subprocess.run(
        [*snakemake(folder), "results/data/bank-marketing/accepted.json"],
        env=ENVIRONMENT, check=True,
    )  # fmt: skip
    whole = reading.read(ROOT / "params.yaml").model_dump(exclude_unset=True)
    params = reading.load(whole | {"sweeps": {"bench": declared}})
    spec = sweep_spec(params, "bench")
    drawn = {n: s for job in jobs(spec) for n, s in settings(spec, job, []).items()}
    return (
        folder / "results" / "data" / "bank-marketing" / "train.arrow",
        spec.model_dump(),
        [drawn[number] for number in sorted(drawn)],
    )


def snakemake(folder: Path) -> list[str]:
    """Return the call of the workflow in a folder of its own."""
    return [
        *(str(BIN / "snakemake"), "--snakefile", str(ROOT / "Snakefile")),
        *("--directory", str(folder), "--cores", str(CORES), "--quiet", "all"),
        *("--configfile", str(ROOT / "params.yaml"), str(folder / "sweep.json"), "--"),
    ]


def sweep(folder: Path) -> tuple[float, list[float]]:
    """Time a sweep of which nothing is known."""
    shutil.rmtree(folder / "results" / "sweeps", ignore_errors=True)
    start = time.perf_counter()
    subprocess.run(
        [*snakemake(folder), "results/sweeps/bench/trials.csv"], env=ENVIRONMENT, check=True
    )
    seconds = time.perf_counter() - start
    record = json.loads((folder / "results/sweeps/bench/sweep.json").read_text())
    return seconds, [one["score"] for one in record["trials"]]


def peer(
    script: str, folder: Path, rows: Path, spec: dict[str, Any], settings: list[dict[str, Any]]
) -> tuple[float, list[float]]:
    """Time the same fits by another script, imports included as in the sweep."""
    (folder / "journal").unlink(missing_ok=True)
    (folder / "asked.json").write_text(json.dumps([spec, settings]))
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder / "asked.json"), str(rows), str(CORES)],
        env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return time.perf_counter() - start, json.loads(done.stdout)


def queued(folder: Path, rows: Path, spec: dict[str, Any], settings: list[dict[str, Any]]) -> float:
    """Time some of the settings in DVC's queue, from the first one queued to the last one done."""
    repository = folder / "queue"
    repository.mkdir()
    shutil.copy2(rows, repository / "train.arrow")
    (repository / "spec.json").write_text(json.dumps(spec))
    (repository / "params.yaml").write_text(json.dumps(settings[0] | {"n_centers": 8}))
    (repository / "stage.py").write_text(STAGE)
    stage = {
        "cmd": f"{sys.executable} stage.py",
        "deps": ["stage.py", "spec.json", "train.arrow"],
        "params": list(SPACE),
        "metrics": [{"metrics.json": {"cache": False}}],
    }
    (repository / "dvc.yaml").write_text(json.dumps({"stages": {"score": stage}}))

    def call(*command: str) -> str:
        done = subprocess.run(
            command, cwd=repository, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    call("git", "init", "-q")
    call("dvc", "init", "-q")
    call("git", "add", "-A")
    call("git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "-qm", "0")
    start = time.perf_counter()
    for setting in settings:
        changed = [part for name, value in setting.items() for part in ("-S", f"{name}={value}")]
        call("dvc", "exp", "run", "--queue", *changed)
    call("dvc", "queue", "start", "--jobs", str(CORES))
    while True:
        said = call("dvc", "queue", "status")
        if said.count("Success") == len(settings):
            return time.perf_counter() - start
        assert "Failed" not in said, said
        time.sleep(0.5)


def planned() -> dict[str, float]:
    """Plan a grid of 10,000 settings; report time and the most memory of any process."""
    command = [
        *(str(BIN / "handbook"), "sweep", "knn-classifier", "--dry-run", "--name", "ten-thousand"),
        *("--set", f"n_neighbors={','.join(str(k) for k in range(1, 101))}"),
        *("--set", "p=1.0..2.0/50", "--set", "weights=uniform,distance"),
    ]
    reached = (
        "import json, resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(json.dumps([time.perf_counter() - start, most]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", reached, *command],
        cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    seconds, kib = json.loads(done.stdout)
    return {"seconds": round(seconds, 1), "mib": round(kib / 1024)}


if __name__ == "__main__":
    main()
