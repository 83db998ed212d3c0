"""Two programs at one MLflow store, many times over, and a count of what came of it.

``python -m tests.records.tracking.races 20`` runs each race twenty times and prints a table.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from mlflow import MlflowClient
from tests.records.tracking.test_sweeps import trial
from tests.records.tracking.tracked_results import Results
from tests.sweeps.made import SPEC

from handbook.core.files import write_json
from handbook.records.tracking.database import pages

MODELS = ("ant", "bee", "cat")
COUNTED = ("races", "waited", "failed", "lost", "doubled", "running", "versions", "tracebacks")

# What `handbook track` does once it has read the catalogue.
TRACK = """
import json, sys
from pathlib import Path
from handbook.core.errors import HandbookError
from handbook.records.tracking.sweeps import track_sweeps
from handbook.records.tracking.tracker import track

results, uri = Path(sys.argv[1]) / "results", sys.argv[2]
top = Path(uri.removeprefix("sqlite:///")).parent if uri.startswith("sqlite") else results.parent
artifacts = top / "mlartifacts"
store = dict(store_uri=uri, artifacts=artifacts)
logs, output = results.parent / "logs", results / "tracked.json"
catalogue = json.loads((results / "catalogue.json").read_text())
print("begins", flush=True)
sys.stdin.readline()
try:
    track(results, catalogue, logs=logs, output=output, **store)
    track_sweeps([results / "sweeps/near/sweep.json"], **store)
except HandbookError as error:
    sys.exit(f"error: {error}")
"""


def fill(folder: Path, models: tuple[str, ...] = MODELS, failed: bool = True) -> Path:
    """Make results of some runs, perhaps one of them failed, and of a sweep of three trials."""
    made = Results(folder)
    for model in models:
        made.run(model)
    if failed:
        made.failure("dog")
        made.catalogue["models"]["dog"]["title"] = "Dog"
    write_json(made.results / "catalogue.json", made.catalogue)
    record = {
        "sweep": "near", "key": "k", "spec": SPEC.model_dump(), "metric": "roc_auc", "best": 1,
        "states": {"finished": 2, "pruned": 0, "failed": 1},
        "trials": [trial(0, 0.7), trial(1, 0.9), trial(2, None)],
    }  # fmt: skip
    write_json(made.results / "sweeps" / "near" / "sweep.json", record)
    return folder


class Tracking:
    """A process that is about to track a folder's results."""

    def __init__(self, folder: Path, store: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", TRACK, str(folder), store],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "begins\n"

    def go(self) -> None:
        """Let it track."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> str:
        """Wait for its end, and return what it said to people."""
        return self.process.communicate()[1]

    @property
    def failed(self) -> bool:
        return self.process.wait() != 0


def count(store: str, models: tuple[str, ...], runs: int) -> Counter[str]:
    """Count what a store lacks, or has too much of; `runs` is how many it should have in all."""
    client = MlflowClient(store, store)
    experiments = [each.experiment_id for each in pages(client.search_experiments)]
    runs_there = list(pages(client.search_runs, experiments))
    keys = Counter(
        run.data.tags.get("job_key") or run.data.tags.get("trial_key") or run.data.tags["sweep_key"]
        for run in runs_there
    )
    versions = Counter(version.name for version in pages(client.search_model_versions))
    return Counter(
        lost=max(0, runs - len(keys)),
        doubled=len(runs_there) - len(keys),
        running=sum(run.info.status == "RUNNING" for run in runs_there),
        versions=versions != Counter(models),
    )


def in_one_folder(folder: Path) -> Counter[str]:
    """Track one folder's results twice at once, into a store that does not exist yet."""
    fill(folder)
    return _both(folder, [folder, folder], MODELS)


def from_two_folders(folder: Path) -> Counter[str]:
    """Track two folders into one store, with runs in common and runs of their own."""
    others = ("bee", "eel")
    folders = [fill(folder / "one"), fill(folder / "two", others)]
    return _both(folder, folders, (*MODELS, "eel"))


def _both(top: Path, folders: list[Path], models: tuple[str, ...]) -> Counter[str]:
    store = f"sqlite:///{top}/mlflow.db"
    both = [Tracking(folder, store) for folder in folders]
    for tracking in both:
        tracking.go()
    lines = [tracking.end() for tracking in both]
    outcome = count(store, models, len(models) + 1 + 4)  # a failure, a sweep and its trials
    outcome["failed"] = sum(tracking.failed for tracking in both)
    _heard(outcome, lines)
    return outcome


def _heard(outcome: Counter[str], printed: list[str]) -> None:
    """Count who waited and said so, and who ended with a traceback."""
    outcome["waited"] += sum("waiting for its end" in text for text in printed)
    outcome["tracebacks"] += sum("Traceback" in text for text in printed)


def beside_the_page(folder: Path) -> Counter[str]:
    """Open MLflow's page while the results are being tracked, and track more while it is open."""
    from tests.records.tracking.test_server import ask, served
    from tests.services.server import free_port

    fill(folder)
    store, port = f"sqlite:///{folder}/mlflow.db", free_port()
    tracking = Tracking(folder, store)
    tracking.go()
    outcome: Counter[str] = Counter()
    with served(folder, port):
        _heard(outcome, [tracking.end()])
        more = Results(folder, json.loads((folder / "results/catalogue.json").read_text()))
        more.run("eel")
        write_json(more.results / "catalogue.json", more.catalogue)
        second = Tracking(folder, store)
        second.go()
        while second.process.poll() is None:
            with ask(port, "/api/2.0/mlflow/experiments/search?max_results=10") as answer:
                json.load(answer)
        _heard(outcome, [second.end()])
    outcome["failed"] += tracking.failed + second.failed
    models = (*MODELS, "eel")
    return outcome + count(store, models, len(models) + 1 + 4)


RACES: dict[str, Callable[[Path], Counter[str]]] = {
    race.__name__: race for race in (in_one_folder, from_two_folders, beside_the_page)
}


def run(race: Callable[[Path], Counter[str]], times: int) -> Counter[str]:
    """Run one race several times; return the sums."""
    total: Counter[str] = Counter(races=times)
    for _ in range(times):
        folder = Path(tempfile.mkdtemp(prefix="race"))
        total.update(race(folder))
        shutil.rmtree(folder)
    return total


def table(times: int) -> Iterator[str]:
    """Yield the lines of a table of all races."""
    yield f"{'race':<18}" + "".join(f"{name:>11}" for name in COUNTED)
    for name, race in RACES.items():
        total = run(race, times)
        yield f"{name:<18}" + "".join(f"{total[key]:>11}" for key in COUNTED)


if __name__ == "__main__":
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    for line in table(int(sys.argv[1])):
        print(line, flush=True)
