"""The RBF network's two large steps on the training rows of bank-full, beside plainer ways.

Run it on a quiet machine, after `make rebuild`:

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/rbf_design.py

- The design matrix of the book's network (8 centres, 16 columns), beside the loop over rows and
  centres that section 7.3 has; and the largest difference between the two.
- The output weights of 200 and 400 units with a ridge (one-hot columns), by Cholesky's
  factorisation of the regularised normal equations and by orthogonal factorisation of the design;
  and the largest difference between their outputs.

Times are medians, of ways taken in turn; what takes milliseconds is done 50 times in its turn,
and its time is the mean. Results go to `benchmarks/results/rbf_design.json`.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.linalg
from threadpoolctl import threadpool_limits

from handbook.data.dataset import Dataset, read
from handbook.models.rbf import design_matrix, dmax_width
from handbook.models.rbf.centers import place_centers
from handbook.models.rbf.output import solve_output_weights
from handbook.training.preprocess import pipeline

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "results" / "data" / "bank-marketing" / "train.arrow"
BOOK = {"numeric": "standard", "categorical": "ordinal", "missing": -1}
ONE_HOT = {"numeric": "standard", "categorical": "onehot", "missing": "indicator"}
TURNS = 5
RIDGE = 1e-3

Array = npt.NDArray[np.float64]


def main() -> None:
    """Measure, print and write down."""
    if not TABLE.exists():
        sys.exit(f"{TABLE.relative_to(ROOT)} is missing: run `make rebuild` first")
    data = read(TABLE)
    with threadpool_limits(limits=1):
        found = {
            "python": platform.python_version(),
            "turns": TURNS,
            "design_matrix": design(data),
            "output_weights": [weights(data, units) for units in (200, 400)],
        }
    out = ROOT / "benchmarks" / "results" / "rbf_design.json"
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def design(data: Dataset) -> dict[str, object]:
    """Time the design matrix of the book's network."""
    X = encoded(data, BOOK)
    centers, _ = place_centers(X, "kmeans", 8, random_state=42)
    width = dmax_width(centers)
    ours, theirs, times = in_turn(
        lambda: design_matrix(X, centers, width),
        lambda: double_loop(X, centers, width),
        calls=50,
    )
    return shape(X, centers) | times | {"largest_difference": float(np.abs(ours - theirs).max())}


def double_loop(X: Array, centers: Array, width: float) -> Array:
    """Return the design matrix, one number at a time."""
    answers = np.zeros((len(X), len(centers)))
    for i, row in enumerate(X):
        for j, center in enumerate(centers):
            answers[i, j] = np.exp(-(np.linalg.norm(row - center) ** 2) / (2 * width) ** 2)
    return answers


def weights(data: Dataset, units: int) -> dict[str, object]:
    """Time the output weights with a ridge."""
    X = encoded(data, ONE_HOT)
    centers, _ = place_centers(X, "kmeans", units, random_state=42)
    answers = design_matrix(X, centers, 2.0, "text")
    targets = np.asarray(data.y, dtype=np.float64)[:, np.newaxis]
    ours, theirs, times = in_turn(
        lambda: solve_output_weights(answers, targets, RIDGE),
        lambda: orthogonal(answers, targets),
    )
    difference = float(np.abs(answers @ (ours - theirs)).max())
    return shape(X, centers) | {"ridge": RIDGE} | times | {"largest_difference": difference}


def orthogonal(design: Array, targets: Array) -> Array:
    """Return the output weights from the design itself, with sqrt(ridge) I below it."""
    units = design.shape[1]
    stacked = np.vstack([design, np.sqrt(RIDGE) * np.eye(units)])
    below = np.vstack([targets, np.zeros((units, 1))])
    solved: Array = scipy.linalg.lstsq(stacked, below, lapack_driver="gelsd")[0]
    return solved


def encoded(data: Dataset, recipe: dict[str, Any]) -> Array:
    """Return the table's columns as the catalogue's recipe encodes them."""
    columns = pipeline(None, recipe, data.X).named_steps["columns"]
    return np.asarray(columns.fit_transform(data.X), dtype=np.float64)


def shape(X: Array, centers: Array) -> dict[str, object]:
    """Name the size of the problem."""
    return {"rows": len(X), "columns": X.shape[1], "units": len(centers)}


def in_turn(
    ours: Callable[[], Array], theirs: Callable[[], Array], calls: int = 1
) -> tuple[Array, Array, dict[str, object]]:
    """Return what both give, and their times; ours is called so often in its turn."""
    pairs = []
    for _ in range(TURNS):
        start = time.perf_counter()
        for _ in range(calls):
            mine = ours()
        between = time.perf_counter()
        others = theirs()
        pairs.append(((between - start) / calls, time.perf_counter() - between))
    ratios = [b / a for a, b in pairs]
    times = {
        "ours_s": round(statistics.median(a for a, _ in pairs), 5),
        "peer_s": round(statistics.median(b for _, b in pairs), 5),
        "ratio": round(statistics.median(ratios), 1),
        "ratio_range": [round(min(ratios), 1), round(max(ratios), 1)],
    }
    return mine, others, times


if __name__ == "__main__":
    main()
