"""The self-organizing map beside MiniSom, and what it costs as rows grow.

Run it on a quiet machine, after `make rebuild` (or at least its preparation of credit-card):

    .venv/bin/python benchmarks/som.py

Everything runs on one thread. Rows are the 10,000 of credit-card, training and test rows together
(nothing is chosen by them), without `Time`: 29 columns, min-max scaled. The map has 20 x 20 nodes.

- The same quantisation error: MiniSom with the handbook's radius and learning rate, nodes that
  begin at random rows and 20,000 updates, beside batch training; then both with a radius that
  begins at half the side. Pairs in turn, with another seed in each. Our time is that of `fit`,
  which also finds the best matching unit of every row at the end.
- The same 20,000 updates, one after the other, by both.
- Time against rows: the first setting on 10,000, 100,000 and 1,000,000 rows (credit-card's, drawn
  again with normal noise of 0.01).
- One pass over as many rows by `partial_fit`, in chunks of 10,000 that are made as they are
  needed: seconds, and in a second run the peak of memory as `tracemalloc` sees it (numpy's arrays
  and Python's objects), the chunk being made included. Beside it the peak of the first setting's
  `fit` on rows that are all there, without these rows.

Results go to `benchmarks/results/som.json`.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

# before numpy loads its BLAS
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
from minisom import MiniSom
from sklearn.preprocessing import minmax_scale
from threadpoolctl import threadpool_limits

from handbook.data.dataset import read
from handbook.models.som import SelfOrganizingMap

ROOT = Path(__file__).parents[1]
SIDE, UPDATES, PAIRS = 20, 20_000, 7
CHUNK, GROWING = 10_000, (10_000, 100_000, 1_000_000)

# What each side is told: the handbook's settings, and a map whose radius begins at half its side
SETTINGS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "radius_1": (
        {"sigma": 2.0, "sigma_end": 0.2, "n_steps": 8},
        {"sigma": 1.0, "learning_rate": 0.5},
    ),
    "radius_10": (
        {"sigma": 10.0, "sigma_end": 2.0, "n_steps": 5, "decay": "inverse-time"},
        {"sigma": 10.0, "learning_rate": 0.5},
    ),
}
QUICK = SETTINGS["radius_1"][0]


def main() -> None:
    """Measure, print and write down."""
    X = credit_card()
    with threadpool_limits(limits=1):
        found = {
            "python": platform.python_version(),
            "minisom": version("minisom"),
            "numpy": version("numpy"),
            "threads": 1,
            "rows": list(X.shape),
            "nodes": [SIDE, SIDE],
            "pairs": PAIRS,
            "same_quantization_error": {name: beside(X, *both) for name, both in SETTINGS.items()},
            "same_updates": updates(X),
            "rows_against_time": growth(X),
            "one_pass": {str(rows): one_pass(X, rows) for rows in GROWING},
        }
    out = ROOT / "benchmarks" / "results" / "som.json"
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def credit_card() -> np.ndarray:
    """Return all payments as rows of 29 numbers between 0 and 1."""
    folder = ROOT / "results" / "data" / "credit-card"
    if not (folder / "train.arrow").exists():
        sys.exit("results/data/credit-card is missing: run `make rebuild` first")
    frames = [read(folder / f"{half}.arrow").X for half in ("train", "test")]
    return minmax_scale(pd.concat(frames).drop(columns="Time").to_numpy(float))


def trained_by_minisom(X: np.ndarray, seed: int, settings: dict[str, Any]) -> MiniSom:
    """Train MiniSom for the updates that are asked for."""
    peer = MiniSom(SIDE, SIDE, X.shape[1], random_seed=seed, **settings)
    peer.random_weights_init(X)
    peer.train_random(X, UPDATES)
    return peer


def beside(X: np.ndarray, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, object]:
    """Time both in turn, and compare what they have learnt."""
    rows = []
    for seed in range(PAIRS):
        model, ours_s = timed(lambda: SelfOrganizingMap(SIDE, SIDE, **ours).fit(X))
        peer, peer_s = timed(lambda seed=seed: trained_by_minisom(X, seed, theirs))
        rows.append(
            {
                "ours_s": ours_s,
                "minisom_s": peer_s,
                "ratio": ours_s / peer_s,
                "ours_quantization_error": model.quantization_error(X),
                "minisom_quantization_error": float(peer.quantization_error(X)),
                "ours_topographic_error": model.topographic_error(X),
                "minisom_topographic_error": float(peer.topographic_error(X)),
            }
        )
    return {"ours": ours, "minisom": theirs} | medians(rows)


def updates(X: np.ndarray) -> dict[str, object]:
    """Time 20,000 updates, one after the other, by both."""
    rows = []
    for seed in range(PAIRS):
        online = SelfOrganizingMap(
            SIDE,
            SIDE,
            training="online",
            sigma=1.0,
            n_steps=UPDATES,
            init="sample",
            random_state=seed,
        )
        _, ours_s = timed(lambda online=online: online.fit(X))
        _, peer_s = timed(lambda seed=seed: trained_by_minisom(X, seed, SETTINGS["radius_1"][1]))
        rows.append({"ours_s": ours_s, "minisom_s": peer_s, "ratio": ours_s / peer_s})
    return medians(rows)


def growth(X: np.ndarray) -> dict[str, object]:
    """Time the same training on ever more rows."""
    seconds, peaks = {}, {}
    for rows in GROWING:
        many = np.vstack(list(chunks(X, rows)))
        seconds[rows] = statistics.median(
            timed(lambda many=many: SelfOrganizingMap(SIDE, SIDE, **QUICK).fit(many))[1]
            for _ in range(3)
        )
        peaks[rows] = peak_mib(lambda many=many: SelfOrganizingMap(SIDE, SIDE, **QUICK).fit(many))
    return {
        "seconds": {str(rows): round(s, 3) for rows, s in seconds.items()},
        "microseconds_a_row": {str(n): round(1e6 * s / n, 2) for n, s in seconds.items()},
        "hundred_times_the_rows_cost": round(seconds[GROWING[-1]] / seconds[GROWING[0]], 1),
        "peak_mib_beside_the_rows": peaks,
    }


def one_pass(X: np.ndarray, rows: int) -> dict[str, object]:
    """Train on rows that are never there at once."""

    def run() -> SelfOrganizingMap:
        model = SelfOrganizingMap(SIDE, SIDE, sigma_end=0.3, n_steps=rows // CHUNK)
        for chunk in chunks(X, rows):
            model.partial_fit(chunk)
        return model

    model, seconds = timed(run)
    return {
        "seconds": round(seconds, 2),
        "peak_mib": peak_mib(run),
        "all_rows_would_be_mib": round(rows * X.shape[1] * 8 / 2**20, 1),
        "quantization_error": round(model.quantization_error(X), 4),
        "topographic_error": round(model.topographic_error(X), 4),
    }


def peak_mib(work: Callable[[], Any]) -> float:
    """Return the most memory that the work holds at once."""
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(peak / 2**20, 1)


def chunks(X: np.ndarray, rows: int) -> Iterator[np.ndarray]:
    """Yield rows drawn again from `X` with a little noise."""
    random = np.random.default_rng(0)
    for _ in range(rows // CHUNK):
        drawn = X[random.integers(len(X), size=CHUNK)]
        yield drawn + random.normal(scale=0.01, size=drawn.shape)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what the work returns, and its seconds."""
    start = time.perf_counter()
    done = work()
    return done, time.perf_counter() - start


def medians(rows: list[dict[str, float]]) -> dict[str, object]:
    """Return the median of each column, and the range of the ratio."""
    middle = {name: round(statistics.median(row[name] for row in rows), 4) for name in rows[0]}
    ratios = [row["ratio"] for row in rows]
    return middle | {"ratio_range": [round(min(ratios), 4), round(max(ratios), 4)]}


if __name__ == "__main__":
    main()
