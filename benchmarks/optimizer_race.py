"""Seconds of the optimizer race, which the lab counts in gradients alone.

Run it on a quiet machine, after `make rebuild`:

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/optimizer_race.py

Each optimizer runs alone with the rate that the lab chose. Per problem: milliseconds for the whole
budget of gradients, and milliseconds until the loss is a thousandth of its excess at the start
(none where that never happens). Medians of runs taken in turn. Results go to
`benchmarks/results/optimizer_race.json`.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from handbook.catalogue import reading
from handbook.data.dataset import read
from handbook.labs.examples.optimizer_race import RULES, Lane, Problem, problems, race
from handbook.optim import lbfgs, minimise

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "results" / "data" / "bank-marketing" / "train.arrow"
TURNS = 5


def main() -> None:
    """Measure, print and write down."""
    if not TABLE.exists():
        sys.exit(f"{TABLE.relative_to(ROOT)} is missing: run `make rebuild` first")
    params = reading.read(ROOT / "params.yaml").labs["optimizer-race"].params
    given = problems(read(TABLE), params["conditions"], params["rows"], params["seed"])
    with threadpool_limits(limits=1):
        found = {
            "python": platform.python_version(),
            "turns": TURNS,
            "budget": params["budget"],
            "milliseconds": {
                name: measured(one, params["rates"], params["budget"])
                for name, one in given.items()
            },
        }
    out = ROOT / "benchmarks" / "results" / "optimizer_race.json"
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def measured(problem: Problem, rates: list[float], budget: int) -> dict[str, dict[str, object]]:
    """Time every optimizer on one problem, in turns."""
    lanes = race(problem, rates, budget)
    times: dict[str, list[float]] = {name: [] for name in lanes}
    for _ in range(TURNS):
        for name, lane in lanes.items():
            began = time.perf_counter()
            alone(problem, name, lane, budget)
            times[name].append(1000 * (time.perf_counter() - began))
    excess = float(problem.value(problem.start[None])[0]) - problem.least
    table: dict[str, dict[str, object]] = {}
    for name, lane in lanes.items():
        whole = statistics.median(times[name])
        there = np.flatnonzero(lane.excess <= excess / 1000)
        until = whole * lane.evaluations[there[0]] / lane.evaluations[-1] if len(there) else None
        table[name] = {
            "rate": lane.rate,
            "gradients": int(lane.evaluations[-1]),
            "all": round(whole, 3),
            "until a thousandth": until and round(float(until), 3),
        }
    return table


def alone(problem: Problem, name: str, lane: Lane, budget: int) -> None:
    """Run one optimizer once, with the rate that it was given."""

    def gradient(x: np.ndarray) -> np.ndarray:
        return problem.gradient(x[None])[0]

    if lane.rate is None:
        lbfgs(
            lambda x: (float(problem.value(x[None])[0]), gradient(x)),
            problem.start,
            steps=len(lane.evaluations) - 1,
        )
    else:
        minimise(RULES[name](lane.rate), gradient, problem.start, budget)


if __name__ == "__main__":
    main()
