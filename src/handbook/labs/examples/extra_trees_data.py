"""Random draws of extremely randomised trees, and a data set that was removed (section 2.14)."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.tree import DecisionTreeClassifier

from handbook.labs.result import Result, against, implies, outcome

__all__ = ["compute"]


def compute(trees: int, rows: int, features: int, seed: int) -> list[Result]:
    """Grow trees on rows of which one feature alone tells the class.

    That feature is the class itself. The others alternate, each in its own rhythm, so that no
    single split on them is pure: wherever the telling feature is a candidate, it is the best.
    """
    y = np.arange(rows) * 2 // rows  # the first half 0, the second 1
    others = [np.arange(rows) % (column + 2) for column in range(features - 1)]
    X = np.column_stack([y, *others]).astype(float)
    candidates = list(dict.fromkeys([1, int(features**0.5), features]))  # sqrt is the default
    forest = ExtraTreesClassifier(n_estimators=trees, random_state=seed).fit(X, y)
    roots = [tree.tree_.n_node_samples[0] for tree in forest.estimators_]
    thresholds = [stump.threshold[0] for stump in _stumps(X, y, trees, None, seed)]
    shares = [
        np.mean([stump.feature[0] == 0 for stump in _stumps(X, y, trees, count, seed)])
        for count in candidates
    ]
    usual = DecisionTreeClassifier(max_depth=1, random_state=seed).fit(X, y)
    return [
        against("scikit-learn removed it in version 1.2, for its column b")(
            "load_boston, which the listing imports",
            outcome(_load_boston),
            "raises ImportError",
            book=implies("runs", (1978, 1985)),
            fault="crashes when run",
            reason="the data set has left scikit-learn",
            instead="brings Boston housing from StatLib, its digest checked, and names what is "
            "contested about it",
        ),
        against("the whole sample: bootstrap is off by default")(
            f"rows that each tree sees, fewest and most of {rows}",
            [min(roots), max(roots)],
            [rows, rows],
            book=implies("a sample drawn without replacement", (1964, 1966)),
            fault="wrong claim",
            reason="nothing is drawn: each tree gets all rows, once each",
            instead="keeps scikit-learn's default, that of Geurts, Ernst and Wehenkel (2006)",
        ),
        Result(
            "share of trees that first split on the one feature that tells the class, with "
            f"{', '.join(map(str, candidates))} of {features} features as candidates",
            shares,
            [count / features for count in candidates],
            "the best candidate wins whenever it is drawn: count / features",
            # Five standard errors of a share.
            tolerance=5 * 0.5 / trees**0.5,
            book=implies([1 / features for _ in candidates], 1968),
            fault="wrong claim",
            reason="the text has the split drawn without looking for the best; drawn are one "
            "threshold a candidate feature, and the best of these is taken",
            instead="keeps scikit-learn's default and says so; one candidate alone gives what the "
            "text describes",
        ),
        against("each is drawn anew between the feature's least and greatest value")(
            f"different thresholds on that feature among {trees} trees", len(set(thresholds)), trees
        ),
        Result(
            "mean of these thresholds, and the one of an ordinary tree",
            [np.mean(thresholds), usual.tree_.threshold[0]],
            [0.5, 0.5],
            "uniform between 0 and 1; midway between the classes",
            # Five standard errors of the mean of uniform numbers.
            tolerance=5 / (12 * trees) ** 0.5,
        ),
    ]


def _load_boston() -> Any:
    from sklearn.datasets import load_boston

    return load_boston()


def _stumps(X: Any, y: Any, trees: int, candidates: int | None, seed: int) -> list[Any]:
    """Grow trees of a single split, chosen among so many features; None is all of them."""
    forest = ExtraTreesClassifier(trees, max_features=candidates, max_depth=1, random_state=seed)
    return [tree.tree_ for tree in forest.fit(X, y).estimators_]
