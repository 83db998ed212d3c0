"""Scores of a detector of outliers, and the rows that it flags."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from handbook.explain import som
from handbook.explain.run import Array, Fitted

__all__ = ["BUDGETS", "LISTED", "caught", "outliers"]

#: Shares of the rows that may be examined by hand.
BUDGETS = (0.01, 0.02, 0.05, 0.1)
#: Largest number of flagged rows that are listed.
LISTED = 20

_BINS = 40
_MOST = 99.5  # percent of the rows; the last bin also holds those beyond
_FINEST = 1e-4  # of the scores: closer edges would be equal when they are rounded


def outliers(fitted: Fitted) -> dict[str, Any]:
    """Compare the rows that a fitted detector flags with those of the second class.

    The score of a row is higher the more unusual it is; it is flagged above the ``threshold``.

    Returns
    -------
    dict
        ``test``: ``counts`` of scores between ``edges``, a list for each class, and the number of
        rows of each class that are ``flagged``; ``budgets``: see :func:`caught`; ``train``: the
        same numbers of ``rows`` and ``flagged``, and in ``strangest`` the flagged rows of the
        highest scores, with their position among the training rows and the values of their
        ``columns`` before any encoding. ``rule``, by which a map's node is an outlier, and
        ``nodes`` with the two scores of each; None without a map.
    """
    model = fitted.require("offset_", "outliers", "detectors of outliers")
    y, truth = fitted.train.labels, fitted.test.labels
    threshold = -float(model.offset_)
    tested = -model.score_samples(fitted.encoded(fitted.test))
    trained = _own_scores(fitted)
    nodes = som.nodes(fitted, "outliers") if hasattr(model, "map_") else None
    edges = _edges(tested, threshold)
    flagged = trained > threshold
    order = np.flatnonzero(flagged)[np.argsort(-trained[flagged], kind="stable")][:LISTED]
    codes = range(len(fitted.classes))
    strangest = [
        {
            "row": int(row),
            "score": float(trained[row]),
            "class": fitted.classes[y[row]],
            "node": None if nodes is None else _node(fitted, int(nodes.unit[row])),
            "values": [_plain(value) for value in fitted.train.X.iloc[row]],
        }
        for row in order
    ]
    return {
        "classes": list(fitted.classes),
        "threshold": threshold,
        "test": {
            "rows": _by_class(truth, fitted),
            "flagged": _by_class(truth[tested > threshold], fitted),
            "edges": edges.tolist(),
            "counts": [_counts(tested[truth == code], edges) for code in codes],
        },
        "budgets": [caught(tested, truth == 1, share) for share in BUDGETS],
        "train": {
            "rows": _by_class(y, fitted),
            "flagged": _by_class(y[flagged], fitted),
            "columns": [str(name) for name in fitted.train.X.columns],
            "strangest": strangest,
        },
        "rule": None if nodes is None else model.rule,
        "nodes": None if nodes is None else _nodes(fitted, nodes),
    }


def caught(scores: Array, positive: Array, share: float) -> dict[str, Any]:
    """Measure precision and recall among the `share` of rows with the highest scores.

    Rows of equal scores count with the mean over all their orders. At least one row is taken; the
    recall is None where no row is positive.

    Examples
    --------
    >>> scores, positive = np.array([5.0, 3.0, 3.0, 1.0]), np.array([True, True, False, True])
    >>> caught(scores, positive, 0.5)
    {'share': 0.5, 'rows': 2, 'precision': 0.75, 'recall': 0.5}
    """
    rows = max(1, round(share * len(scores)))
    last = np.sort(scores)[-rows]
    above, level = scores > last, scores == last
    left = (rows - above.sum()) / level.sum()
    right = float(positive[above].sum() + left * positive[level].sum())
    every = int(positive.sum())
    return {
        "share": share,
        "rows": rows,
        "precision": right / rows,
        "recall": right / every if every else None,
    }


def _own_scores(fitted: Fitted) -> Array:
    """Score the training rows."""
    model, n = fitted.model, len(fitted.train)
    # score_samples of LocalOutlierFactor would count a training row as its own neighbour.
    factors = getattr(model, "negative_outlier_factor_", None)
    if factors is not None and len(factors) == n:
        return -np.asarray(factors)
    return -np.asarray(model.score_samples(fitted.encoded(fitted.train)))


def _by_class(y: Array, fitted: Fitted) -> list[int]:
    return list(np.bincount(y, minlength=len(fitted.classes)).tolist())


def _edges(scores: Array, threshold: float) -> Array:
    """Return the edges of equal bins, one of them at the threshold."""
    low = min(float(scores.min()), threshold)
    high = max(float(np.percentile(scores, _MOST)), threshold)
    width = max((high - low) / _BINS, _FINEST * max(abs(low), abs(high))) or 1.0
    below, above = (max(1, ceil(side / width)) for side in (threshold - low, high - threshold))
    return threshold + width * np.arange(-below, above + 1)


def _counts(scores: Array, edges: Array) -> list[int]:
    """Count scores in bins that include their upper edge, as a score at the threshold is normal."""
    bins = np.searchsorted(edges[1:-1], scores, side="left")
    return list(np.bincount(bins, minlength=len(edges) - 1).tolist())


def _node(fitted: Fitted, number: int) -> list[int]:
    """Return row and column of a node."""
    return [int(part) for part in np.unravel_index(number, fitted.model.map_.weights_.shape[:2])]


def _nodes(fitted: Fitted, nodes: som.Nodes) -> list[dict[str, Any]]:
    return [
        {
            "node": _node(fitted, number),
            "distance": float(nodes.distance[number]),
            "error": float(nodes.error[number]) if nodes.rows[number] else None,
            "outlier": bool(nodes.outlying[number]),
            "rows": int(nodes.rows[number]),
            "flagged": int(nodes.strange[number]),
            "second": int(nodes.counts[number, 1]),
        }
        for number in range(len(nodes.rows))
    ]


def _plain(value: Any) -> Any:
    """Return a cell of the table as JSON can hold it."""
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number
