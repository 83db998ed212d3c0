"""Claim of section 2.9: nearest neighbours need columns on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sklearn.neighbors import KNeighborsClassifier

from handbook.claims.finding import Finding, paired
from handbook.claims.rows import drawn
from handbook.data.dataset import Dataset

__all__ = ["compute"]

_SCALINGS: dict[str, Literal["none", "standard"]] = {
    "as they are": "none",
    "standardised": "standard",
}


def compute(
    data: Dataset,
    seeds: Sequence[int],
    fitted: int,
    check: int,
    neighbours: int,
    like: list[str],
    unlike: list[str],
) -> Finding:
    """Count right answers with columns as they are and standardised, on the same rows.

    The columns `like` have about the same spread; those of `unlike` have spreads that differ
    by orders of magnitude. Each seed has rows of its own, as many of either class.
    """
    measured: dict[str, list[float]] = {}
    spreads = {}
    for name, columns in (("like", like), ("unlike", unlike)):
        spreads[name] = data.X[columns].std().tolist()
        for scaling, numeric in _SCALINGS.items():
            scores = []
            for _, rows in drawn(data, seeds, fitted, check, numeric=numeric, columns=columns):
                model = KNeighborsClassifier(neighbours).fit(rows.X, rows.y)
                scores.append(float(model.score(rows.X_check, rows.y_check)))
            measured[f"{name}, {scaling}"] = scores
    effect = "accuracy with standardised columns less that with columns as they are"
    whens = {
        "unlike": "the columns' spreads differ by orders of magnitude",
        "like": "the columns' spreads are about the same",
    }
    return Finding(
        measured=measured,
        parts=[
            paired(
                name,
                when,
                effect,
                measured[f"{name}, standardised"],
                measured[f"{name}, as they are"],
            )
            for name, when in whens.items()
        ],
        plot={"scores": measured, "spreads": spreads},
    )
