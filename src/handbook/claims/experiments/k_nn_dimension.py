"""Claim of section 2.9: nearest neighbours get lost among many columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import ortho_group
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from handbook.claims.finding import Finding, paired
from handbook.claims.rows import Array, Halves, drawn, with_noise
from handbook.data.dataset import Dataset

__all__ = ["compute", "spread_out"]


def spread_out(X: Array, columns: int, rng: np.random.Generator) -> Array:
    """Turn rows into a space of more dimensions, with all their distances as they were.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [3.0, 4.0]])
    >>> turned = spread_out(X, 5, np.random.default_rng(0))
    >>> turned.shape, float(np.linalg.norm(turned[1] - turned[0]).round(12))
    ((2, 5), 5.0)
    """
    turn = ortho_group.rvs(max(columns, X.shape[1]), random_state=rng)
    return np.asarray(X @ turn[: X.shape[1]])


def _right(model: KNeighborsClassifier | LogisticRegression, X: Array, rows: Halves) -> float:
    """Return accuracy on the last rows of a model fitted to the first."""
    n = len(rows.y)
    return float(model.fit(X[:n], rows.y).score(X[n:], rows.y_check))


def compute(
    data: Dataset, seeds: Sequence[int], fitted: int, check: int, neighbours: int, added: list[int]
) -> Finding:
    """Count right answers with more and more columns, useless ones or turned ones.

    Beside columns of noise, which logistic regression has to bear too, the same rows are turned
    into as many dimensions: each column then mixes all, and no distance has changed.
    """
    scores: dict[str, list[list[float]]] = {
        "k-NN, useless": [],
        "logistic regression, useless": [],
        "k-NN, turned": [],
    }
    for seed, rows in drawn(data, seeds, fitted, check):
        rng = np.random.default_rng(seed)
        X = np.vstack([rows.X, rows.X_check])
        wide, own = with_noise(X, max(added), rng), X.shape[1]

        nearest = KNeighborsClassifier(neighbours)
        scores["k-NN, useless"].append([_right(nearest, wide[:, : own + k], rows) for k in added])
        scores["logistic regression, useless"].append(
            [_right(LogisticRegression(max_iter=1000), wide[:, : own + k], rows) for k in added]
        )
        scores["k-NN, turned"].append(
            [_right(nearest, spread_out(X, own + k, rng), rows) for k in added]
        )
    by = {name: np.transpose(values).tolist() for name, values in scores.items()}
    most = max(added)
    effect = f"accuracy with the data's own columns less that with {most} more"
    return Finding(
        measured={f"{name}, {k} more": by[name][i] for name in by for i, k in enumerate(added)},
        parts=[
            paired(
                "useless",
                "the further columns are useless",
                effect,
                by["k-NN, useless"][0],
                by["k-NN, useless"][-1],
            ),
            paired(
                "turned",
                "the further columns only mix the old ones",
                effect,
                by["k-NN, turned"][0],
                by["k-NN, turned"][-1],
            ),
        ],
        plot={"added": added, "scores": by},
    )
