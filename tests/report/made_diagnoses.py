"""Made-up curves, decompositions and comparisons, in the formats of the results folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

SIZES = [40, 80, 160, 280, 404]


def curves_of(
    metric: str,
    *,
    train: float,
    check: float,
    dummy: float,
    noise: float = 0.01,
    splits: int = 5,
    sizes: list[int] | None = None,
    parameter: str | None = "max_depth",
    values: list[Any] | None = None,
) -> dict[str, Any]:
    """Curves that end at the mean scores `train` and `check`."""
    random = np.random.default_rng(0)
    sizes = sizes or SIZES
    values = values or [1, 2, 3, 5, 8, 13]

    def around(means: Any) -> list[list[float]]:
        spread = random.normal(0, noise, (len(means), splits))
        return (np.asarray(means)[:, None] + spread - spread.mean(axis=1, keepdims=True)).tolist()

    reached = 1 - 0.8 ** np.arange(3, 3 + len(sizes))
    way = np.linspace(-1, 1, len(values))
    return {
        "rows": sizes[-1],
        "baseline": dummy,
        "learning": {
            "sizes": sizes,
            "train": around([train] * len(sizes)),
            "validation": around(check + (dummy - check) * (reached[-1] - reached)),
        },
        "validation": parameter
        and {
            "parameter": parameter,
            "values": values,
            "train": around(check + (train - check) * np.tanh(1.5 * way)),
            "validation": around(check + (dummy - check) * 0.5 * way**2),
        },
    }


def decomposition() -> dict[str, Any]:
    """Bias that falls and variance that rises with freedom, and their exact sum."""
    models = []
    for model, title, parameter, values, freedom in (
        ("knn-regressor", "k-nearest neighbours", "n_neighbors", [1, 3, 5, 9, 15, 30, 60, 120],
         np.linspace(1, 0, 8)),
        ("decision-tree-regressor", "Decision tree", "max_depth", [1, 2, 3, 4, 6, 8, 12],
         np.linspace(0, 1, 7)),
    ):  # fmt: skip
        bias, variance = 12 + 50 * (1 - freedom) ** 3, 2 + 24 * freedom**2
        models.append(
            {"model": model, "title": title, "parameter": parameter, "values": values,
             "error": (bias + variance).tolist(), "bias": bias.tolist(),
             "variance": variance.tolist()}
        )  # fmt: skip
    return {
        "data": "boston-housing", "target": "medv", "rounds": 50, "fit_rows": 323,
        "check_rows": 81, "models": models,
    }  # fmt: skip


def compared(folds: Mapping[str, Mapping[str, Any]], metric: str) -> dict[str, Any]:
    """Compare runs: every difference above 0.02 of the better mean is made out to be sure."""
    sign = 1 if metric in ("rmse",) else -1
    runs = sorted(folds, key=lambda name: (sign * folds[name]["mean"][metric], name))
    means = [folds[name]["mean"][metric] for name in runs]
    difference = [[row - column for column in means] for row in means]
    p = [
        [
            None if i == j else 0.0004 if abs(a - b) > 0.02 * abs(a) else 0.31
            for j, b in enumerate(means)
        ]
        for i, a in enumerate(means)
    ]
    first = next(iter(folds.values()))
    return {
        "task": first["task"], "metric": metric, "level": 0.95, "folds": 5, "runs": runs,
        "difference": difference, "p": p,
    }  # fmt: skip
