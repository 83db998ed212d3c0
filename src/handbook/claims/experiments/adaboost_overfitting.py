"""Claim of section 2.15.2: AdaBoost overfits less than a tree, and not with more rounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier

from handbook.claims.finding import Finding, paired
from handbook.claims.rows import Array, drawn, flipped
from handbook.data.dataset import Dataset

__all__ = ["compute"]


def compute(
    data: Dataset, seeds: Sequence[int], fitted: int, check: int, wrong: list[float], rounds: int
) -> Finding:
    """Take accuracy on fitted rows less that on others: of stumps boosted, and of a whole tree.

    Where labels are made wrong, they are in both parts alike.
    """
    curves: Array = np.empty((len(wrong), 2, rounds, len(seeds)))
    trees = np.empty((len(wrong), 2, len(seeds)))
    for s, (seed, rows) in enumerate(drawn(data, seeds, fitted, check)):
        rng = np.random.default_rng(seed)
        fitted_order, check_order = rng.permutation(len(rows.y)), rng.permutation(len(rows.y_check))
        for w, share in enumerate(wrong):
            own = (rows.X, flipped(rows.y, share, fitted_order))
            new = (rows.X_check, flipped(rows.y_check, share, check_order))
            boosted = AdaBoostClassifier(n_estimators=rounds, random_state=seed).fit(*own)
            tree = DecisionTreeClassifier(random_state=seed).fit(*own)
            for part, given in enumerate((own, new)):
                scores = list(boosted.staged_score(*given))
                # boosting ends early once it makes no more errors
                curves[w, part, :, s] = scores + scores[-1:] * (rounds - len(scores))
                trees[w, part, s] = tree.score(*given)
    last = curves[:, :, -1]
    gaps = {
        "AdaBoost": (last[:, 0] - last[:, 1]).tolist(),
        "tree": (trees[:, 0] - trees[:, 1]).tolist(),
    }
    drawn_at = np.unique(np.geomspace(1, rounds, 24).round().astype(int))
    effect = "gap between fitted and other rows: a whole tree's less that of AdaBoost"
    return Finding(
        measured={
            f"{name} on {part} rows, {share:.0%} wrong": values[w, p].tolist()
            for name, values in (("AdaBoost", last), ("tree", trees))
            for p, part in enumerate(("fitted", "other"))
            for w, share in enumerate(wrong)
        },
        parts=[
            paired(
                f"wrong-{share:g}",
                f"{share:.0%} of the labels are wrong",
                effect,
                gaps["tree"][w],
                gaps["AdaBoost"][w],
            )
            for w, share in enumerate(wrong)
        ],
        plot={
            "wrong": wrong,
            "rounds": drawn_at,
            "curves": curves[:, :, drawn_at - 1].mean(axis=-1),
            "trees": trees,
            "last": last,
        },
    )
