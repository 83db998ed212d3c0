"""A training alone, and beside one busy process a core, with OpenMP's ways to wait.

    .venv/bin/python benchmarks/busy.py [--threads 2] [--rounds 5]

The catalogue's CNN trains for an epoch on 12,800 pictures (of noise, which cost as much as digits).
Each way is a process of its own, since libgomp reads its settings once. Ways take turns, alone and
beside busy processes, so that a drift of the machine meets them all. Times are medians over the
rounds, ratios are to the usual way alone. Run it on a quiet machine. Results go to
`benchmarks/results/busy.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

#: Environment of each way; `gives way` stands for what the project's jobs do.
WAYS: dict[str, dict[str, str]] = {
    "usual": {},
    "gives way": {},
    "GOMP_SPINCOUNT=0": {"GOMP_SPINCOUNT": "0"},
    "GOMP_SPINCOUNT=30000": {"GOMP_SPINCOUNT": "30000"},
    "OMP_WAIT_POLICY=PASSIVE": {"OMP_WAIT_POLICY": "PASSIVE"},
}


def main() -> None:
    """Measure, print and write down."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--train", choices=WAYS, help=argparse.SUPPRESS)
    options = ask.parse_args()
    if options.train:
        train(options.train, options.threads)
        return
    seconds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(options.rounds):
        for way in WAYS:
            seconds[way]["alone"] += measured(way, options.threads)
            busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in cores()]
            try:
                seconds[way]["beside busy processes"] += measured(way, options.threads)
            finally:
                for process in busy:
                    process.kill()
                    process.wait()
    alone = statistics.median(seconds["usual"]["alone"])
    results: dict[str, Any] = {
        "python": platform.python_version(),
        "torch": version("torch"),
        "cores": len(cores()),
        "threads": options.threads,
        "ways": {
            way: {
                where: {
                    "seconds": round(statistics.median(times), 3),
                    "of usual alone": round(statistics.median(times) / alone, 3),
                    "all": [round(time, 3) for time in times],
                }
                for where, times in by_place.items()
            }
            for way, by_place in seconds.items()
        },
    }
    out = ROOT / "benchmarks" / "results" / "busy.json"
    out.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


def cores() -> set[int]:
    """Return the processors that this process may use."""
    return os.sched_getaffinity(0)


def measured(way: str, threads: int) -> list[float]:
    """Return the seconds of a few trainings in a process of their own."""
    command = [sys.executable, __file__, "--threads", str(threads), "--train", way]
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)} | WAYS[way]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def train(way: str, threads: int) -> None:
    """Train once uncounted, and twice counted."""
    import numpy as np
    import torch

    from handbook.catalogue import reading
    from handbook.core.contention import giving_way
    from handbook.models.cnn import CNNClassifier

    torch.set_num_threads(threads)
    params = reading.read(ROOT / "params.yaml").models["cnn"].variants["tuned"].params
    random = np.random.default_rng(0)
    X = random.integers(0, 256, (12_800, 28, 28), dtype=np.uint8)
    y = random.integers(0, 10, len(X))
    with giving_way(threads) if way == "gives way" else nullcontext():
        for counted in (False, True, True):
            begin = time.perf_counter()
            CNNClassifier(**params | {"epochs": 1}, random_state=0).fit(X, y)
            if counted:
                print(time.perf_counter() - begin)


if __name__ == "__main__":
    main()
