"""Claim of section 2.15.2: AdaBoost suffers more from wrong labels than a forest does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier

from handbook.claims.finding import Finding, paired
from handbook.claims.rows import drawn, flipped
from handbook.data.dataset import Dataset

__all__ = ["compute"]


def compute(
    data: Dataset,
    seeds: Sequence[int],
    fitted: int,
    check: int,
    wrong: list[float],
    at: float,
    rounds: list[int],
    trees: int,
) -> Finding:
    """Count right answers on rows with right labels after fitting on rows with some wrong ones.

    Sensitive is what loses more than a forest does, which meets the same wrong labels. AdaBoost's
    learners are stumps, as in the book.
    """
    boosted = np.empty((len(rounds), len(wrong), len(seeds)))
    forest = np.empty((len(wrong), len(seeds)))
    for s, (seed, rows) in enumerate(drawn(data, seeds, fitted, check)):
        order = np.random.default_rng(seed).permutation(len(rows.y))
        for w, share in enumerate(wrong):
            y = flipped(rows.y, share, order)
            model = AdaBoostClassifier(n_estimators=max(rounds), random_state=seed).fit(rows.X, y)
            staged = list(model.staged_score(rows.X_check, rows.y_check))
            # boosting ends early once it makes no more errors
            boosted[:, w, s] = [staged[min(count, len(staged)) - 1] for count in rounds]
            other = RandomForestClassifier(trees, random_state=seed).fit(rows.X, y)
            forest[w, s] = other.score(rows.X_check, rows.y_check)
    held = wrong.index(at)
    lost = boosted[:, 0] - boosted[:, held]  # (rounds, seeds)
    effect = f"accuracy that {at:.0%} wrong labels cost AdaBoost less what they cost the forest"
    return Finding(
        measured={
            f"AdaBoost of {count}, {share:.0%} wrong": boosted[i, w].tolist()
            for i, count in enumerate(rounds)
            for w, share in enumerate(wrong)
        }
        | {f"forest, {share:.0%} wrong": forest[w].tolist() for w, share in enumerate(wrong)},
        parts=[
            paired(
                name,
                f"there are {rounds[i]} rounds",
                effect,
                lost[i].tolist(),
                (forest[0] - forest[held]).tolist(),
            )
            for name, i in (("few-rounds", 0), ("many-rounds", len(rounds) - 1))
        ],
        plot={"wrong": wrong, "rounds": rounds, "boosted": boosted, "forest": forest, "at": at},
    )
