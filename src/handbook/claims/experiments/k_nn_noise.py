"""Claim of section 2.9: nearest neighbours are robust, and sensitive, to noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from handbook.claims.finding import Finding, paired
from handbook.claims.rows import drawn, flipped
from handbook.data.dataset import Dataset

__all__ = ["compute"]


def compute(
    data: Dataset,
    seeds: Sequence[int],
    fitted: int,
    check: int,
    neighbours: list[int],
    wrong: list[float],
    at: float,
) -> Finding:
    """Count right answers on rows with right labels after fitting on rows with some wrong ones."""
    scores = np.empty((len(neighbours), len(wrong), len(seeds)))
    for s, (seed, rows) in enumerate(drawn(data, seeds, fitted, check)):
        order = np.random.default_rng(seed).permutation(len(rows.y))
        for w, share in enumerate(wrong):
            y = flipped(rows.y, share, order)
            for i, k in enumerate(neighbours):
                model = KNeighborsClassifier(k).fit(rows.X, y)
                scores[i, w, s] = model.score(rows.X_check, rows.y_check)
    held = wrong.index(at)
    return Finding(
        measured={
            f"k = {k}, {share:.0%} wrong": scores[i, w].tolist()
            for i, k in enumerate(neighbours)
            for w, share in enumerate(wrong)
        },
        parts=[
            paired(
                f"k-{k}",
                f"k is {k}",
                f"accuracy with right labels less that with {at:.0%} wrong",
                scores[i, 0].tolist(),
                scores[i, held].tolist(),
            )
            for i, k in enumerate(neighbours)
        ],
        plot={"wrong": wrong, "neighbours": neighbours, "scores": scores, "at": at},
    )
