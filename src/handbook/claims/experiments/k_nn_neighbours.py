"""Claim of section 2.9: too few neighbours overfit, too many underfit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from handbook.claims.finding import Finding, paired
from handbook.claims.rows import drawn
from handbook.data.dataset import Dataset

__all__ = ["compute"]


def compute(
    data: Dataset, seeds: Sequence[int], fitted: int, check: int, neighbours: list[int], middle: int
) -> Finding:
    """Count right answers of k nearest neighbours on rows fitted and on others, for each k.

    `middle` is the k, one of `neighbours`, that the least and the largest are held against. Each
    seed has rows of its own, as many of either class.
    """
    own, others = [], []
    for _, rows in drawn(data, seeds, fitted, check):
        models = [KNeighborsClassifier(k).fit(rows.X, rows.y) for k in neighbours]
        own.append([model.score(rows.X, rows.y) for model in models])
        others.append([model.score(rows.X_check, rows.y_check) for model in models])
    by_fitted, by_others = np.transpose(own), np.transpose(others)
    right = dict(zip(neighbours, by_others.tolist(), strict=True))
    gap = dict(zip(neighbours, (by_fitted - by_others).tolist(), strict=True))
    few, many = min(neighbours), max(neighbours)
    return Finding(
        measured={f"accuracy, k = {k}": right[k] for k in neighbours}
        | {
            f"accuracy on fitted rows, k = {k}": (by_fitted[i]).tolist()
            for i, k in enumerate(neighbours)
        },
        parts=[
            paired(
                "few-gap",
                f"k is {few}: it overfits",
                f"how much better it is on fitted rows, less that with k = {middle}",
                gap[few],
                gap[middle],
            ),
            paired(
                "few",
                f"k is {few}: other rows suffer",
                f"accuracy with k = {middle} less that with {few}",
                right[middle],
                right[few],
            ),
            paired(
                "many",
                f"k is {many}: it underfits",
                f"accuracy with k = {middle} less that with {many}",
                right[middle],
                right[many],
            ),
        ],
        plot={"neighbours": neighbours, "fitted": by_fitted, "others": by_others, "middle": middle},
    )
