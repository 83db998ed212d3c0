"""What makes the networks train quicker on a processor: layout, threads, pages, dropout's masks.

Run it on a quiet machine with two cores, after `make rebuild`:

    .venv/bin/python benchmarks/abreast.py

For some variants of the catalogue, on real rows, milliseconds a step:

- ``after_each_other``: one training on two threads, PyTorch's own layout, pages of 4 KB: two
  trainings after each other have this time for each of their steps;
- ``abreast``: two trainings at once, each on one thread: half of a step's time;
- ``channels_last``: abreast, with a pixel's channels side by side;
- ``huge_pages``: this too, and memory in pages of 2 MB, as the workflow asks for them: what a
  rebuild has now. Of the LSTM the step before it is ``masks``: dropout with this project's masks,
  where those before have PyTorch's.

Each is measured in processes of its own, the quicker of two rounds. Results go to
`benchmarks/results/abreast.json`.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RUNS = (
    *("lenet/fashion-mnist/book", "lenet/fashion-mnist/tuned"),
    *("cnn/mnist/book", "cnn/mnist/tuned", "gan/mnist/book", "gan/mnist/tuned"),
    *("dcgan/pokemon/cpu", "char-lstm/macbeth/tuned"),
)
ROUNDS = 2
HUGE = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
# A few hundred steps of each.
SHORTER: dict[str, dict[str, Any]] = {
    "lenet": {"epochs": 3},
    "cnn": {"epochs": 3},
    "gan": {"n_steps": 60, "snapshot_every": 20},
    "dcgan": {"epochs": 3},
    "char-lstm": {"epochs": 3, "members": 1},
}
ROWS = {"lenet": 6000, "cnn": 3000, "gan": 6000, "dcgan": 768, "char-lstm": 1}
CHARACTERS = 90_000

# Trains a run on fewer rows and prints the milliseconds a step of its quickest epoch but the first.
TRAINS = """
import json, sys, time
from pathlib import Path
run, threads, changes, rows, characters, masks = json.loads(sys.argv[1])
import torch
torch.set_num_threads(threads)
from handbook.catalogue import reading, specs
from handbook.data import dataset
from handbook.models.text import network
from handbook.models.trainer import loop
from handbook.training.build import build
if not masks:
    network.dropped = torch.nn.functional.dropout
params = reading.read(Path("params.yaml"))
spec = specs.run_spec(params, params.run(run))
spec = spec.model_copy(update={"params": spec.params | changes})
data = dataset.read(Path("results/data", spec.data, "train.arrow"))
X, y = data.X[:rows], None if data.y is None else data.y[:rows]
if data.kind == "text":
    X = data.X[:characters]
times, epoch = [], loop._Run.epoch
def timed(self, bar):
    start = time.perf_counter()
    row = epoch(self, bar)
    times.append(1000 * (time.perf_counter() - start) / len(self.learner))
    return row
loop._Run.epoch = timed
build(spec, X).fit(X, y)
print(min(times[1:]))
"""


def main() -> None:
    """Measure, print and write down."""
    content = {
        "python": platform.python_version(),
        "torch": version("torch"),
        "milliseconds_a_step": {run: measured(run) for run in RUNS},
    }
    out = ROOT / "benchmarks" / "results" / "abreast.json"
    out.write_text(json.dumps(content, indent=2) + "\n")
    print(json.dumps(content, indent=2))


def measured(run: str) -> dict[str, float]:
    """Return the milliseconds a step, each way."""
    text = run.startswith("char-lstm")
    plain: dict[str, Any] = {} if text else {"channels_last": False}
    ways: dict[str, Any] = {
        "after_each_other": ([2], plain, {}, False),
        "abreast": ([1, 1], plain, {}, False),
        "masks" if text else "channels_last": ([1, 1], {}, {}, True),
        "huge_pages": ([1, 1], {}, HUGE, True),
    }
    least: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            pace = paced(run, *way)
            least[name] = min(pace, least.get(name, pace))
    milliseconds = {name: round(value, 3) for name, value in least.items()}
    print(run, milliseconds, file=sys.stderr)
    return milliseconds | {"of_before": round(least["huge_pages"] / least["after_each_other"], 3)}


def paced(
    run: str, threads: list[int], changes: dict[str, Any], tunables: dict[str, str], masks: bool
) -> float:
    """Return the milliseconds of both cores that a step takes, of trainings that run abreast."""
    model = run.split("/", maxsplit=1)[0]
    processes = []
    for number in threads:
        environment = {k: v for k, v in os.environ.items() if k != "GLIBC_TUNABLES"}
        environment |= tunables | {"OMP_NUM_THREADS": str(number), "MKL_NUM_THREADS": str(number)}
        given = [run, number, SHORTER[model] | changes, ROWS[model], CHARACTERS, masks]
        processes.append(
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", TRAINS, json.dumps(given)],
                env=environment,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        time.sleep(0.05)
    steps = [float(process.communicate()[0].split()[-1]) for process in processes]
    return sum(steps) / len(steps) ** 2


if __name__ == "__main__":
    main()
