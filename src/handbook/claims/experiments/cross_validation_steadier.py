"""Claim of section 2.17.2: cross-validation is more reliable than one split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold

from handbook.claims.finding import Finding, Part
from handbook.claims.rows import Array, halves, overlap
from handbook.data.dataset import Dataset

__all__ = ["compute", "estimates"]


def estimates(X: Array, y: Array, folds: int, state: int) -> Array:
    """Return R² of a linear regression on each of the folds of rows in random order."""
    split = KFold(folds, shuffle=True, random_state=state).split(X)
    return np.array([LinearRegression().fit(X[a], y[a]).score(X[b], y[b]) for a, b in split])


def compute(data: Dataset, seeds: Sequence[int], check: float, folds: int, repeats: int) -> Finding:
    """Estimate R² from few rows, by one split and by all folds, and hold both against the truth.

    For each seed some rows are drawn and split again and again: the first fold alone is the single
    split, the mean of all folds the cross-validation. The truth is R² of the model of all these
    rows on the rows left out.
    """
    single, crossed, truth = [], [], []
    for seed in seeds:
        rows = halves(data, seed, check)
        rng = np.random.default_rng(seed)
        scores = np.stack(
            [estimates(rows.X, rows.y, folds, int(rng.integers(2**31))) for _ in range(repeats)]
        )
        single.append(scores[:, 0])
        crossed.append(scores.mean(axis=1))
        model = LinearRegression().fit(rows.X, rows.y)
        truth.append(float(model.score(rows.X_check, rows.y_check)))
    one_fold, all_folds = np.stack(single), np.stack(crossed)  # (seeds, repeats)
    off = [
        np.sqrt(np.mean((values - np.array(truth)[:, np.newaxis]) ** 2, axis=1))
        for values in (one_fold, all_folds)
    ]
    spreads = [values.std(axis=1, ddof=1) for values in (one_fold, all_folds)]
    effects = {
        name: tuple((1 - of_all / of_one).tolist())
        for name, (of_one, of_all) in (("spread", spreads), ("error", off))
    }
    # seeds share as many of the rows that are split as they leave of all
    shared = overlap(1 - check)
    return Finding(
        measured={
            "spread of single splits": spreads[0].tolist(),
            "spread of cross-validations": spreads[1].tolist(),
            "error of single splits": off[0].tolist(),
            "error of cross-validations": off[1].tolist(),
            "R² on the rows left out": truth,
        },
        parts=[
            Part(
                "spread",
                "the same rows are split again",
                "share of the spread that cross-validation takes away",
                effects["spread"],
                overlap=shared,
            ),
            Part(
                "error",
                "it is held against R² on other rows",
                "share of the error that cross-validation takes away",
                effects["error"],
                overlap=shared,
            ),
        ],
        plot={
            "single": one_fold,
            "crossed": all_folds,
            "truth": truth,
            "spreads": spreads,
            "off": off,
            "folds": folds,
        },
    )
