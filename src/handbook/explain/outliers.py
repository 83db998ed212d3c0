"""What a detector of outliers calls strange: its scores, its alerts, and the rows themselves."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook.explain import som
from handbook.explain.fitted import Fitted

__all__ = ["BUDGETS", "LISTED", "caught", "outliers"]

Array = npt.NDArray[Any]

#: Shares of the rows that somebody may have the time to examine.
BUDGETS = (0.01, 0.02, 0.05, 0.1)
#: Flagged rows that are listed at most.
LISTED = 20

_BINS = 40
_MOST = 99.5  # percent of the rows; the last bin holds what lies beyond
_FINEST = 1e-4  # of the scores: edges that are closer could not be told apart in the record


def outliers(fitted: Fitted) -> dict[str, Any]:
    """Show what a fitted detector flags, and how much of it belongs to the second class.

    A score grows with strangeness; a row is flagged where it exceeds the ``threshold``.

    Returns
    -------
    dict
        ``test``: ``counts`` of scores between ``edges``, a list a class, and the number of rows
        of each class that are ``flagged``; ``budgets``: see :func:`caught`; ``train``: the same
        numbers of ``rows`` and ``flagged``, and in ``strangest`` the first of these with their
        position among the training rows and the values of their ``columns`` before any encoding.
        ``rule``, what makes a map's node strange, and ``nodes``, all of them with the two scores
        of each; None without a map.

    Raises
    ------
    HandbookError
        The model is no detector.
    """
    model, y, truth = fitted.model, fitted.train.y, fitted.test.y
    if not hasattr(model, "offset_"):
        raise fitted.refuse("outliers", "detectors of outliers")
    assert y is not None
    assert truth is not None
    threshold = -float(model.offset_)
    tested = -model.score_samples(fitted.encoded(fitted.test))
    trained = _own_scores(fitted)
    found = som.nodes(fitted, "outliers") if hasattr(model, "map_") else None
    edges = _edges(tested, threshold)
    flagged = trained > threshold
    order = np.flatnonzero(flagged)[np.argsort(-trained[flagged], kind="stable")][:LISTED]
    return {
        "classes": list(fitted.classes),
        "threshold": threshold,
        "test": {
            "rows": _by_class(truth, fitted),
            "flagged": _by_class(truth[tested > threshold], fitted),
            "edges": edges.tolist(),
            "counts": [
                _counts(tested[truth == code], edges) for code in range(len(fitted.classes))
            ],
        },
        "budgets": [caught(tested, truth == 1, share) for share in BUDGETS],
        "train": {
            "rows": _by_class(y, fitted),
            "flagged": _by_class(y[flagged], fitted),
            "columns": [str(name) for name in fitted.train.X.columns],
            "strangest": [
                {
                    "row": int(row),
                    "score": float(trained[row]),
                    "class": fitted.classes[y[row]],
                    "node": None if found is None else _node(fitted, int(found.place[row])),
                    "values": [_plain(value) for value in fitted.train.X.iloc[row]],
                }
                for row in order
            ],
        },
        "rule": None if found is None else model.rule,
        "nodes": None if found is None else _nodes(fitted, found),
    }


def caught(scores: Array, positive: Array, share: float) -> dict[str, Any]:
    """Count what is found among the strangest rows, where only a share of all can be examined.

    Of rows with one score none comes before the other: what they add is the mean over all orders.

    Parameters
    ----------
    scores : float array of shape (n,)
    positive : bool array of shape (n,)
    share : float

    Returns
    -------
    dict
        ``share``, the number of ``rows`` (at least 1), ``precision``, and ``recall``, None where
        no row is positive.

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
    # Asked about a row that it was fitted on, it would take the row for its own neighbour.
    known = getattr(model, "negative_outlier_factor_", None)
    if known is not None and len(known) == n:
        return -np.asarray(known)
    return -np.asarray(model.score_samples(fitted.encoded(fitted.train)))


def _by_class(y: Array, fitted: Fitted) -> list[int]:
    found: list[int] = np.bincount(y, minlength=len(fitted.classes)).tolist()
    return found


def _edges(scores: Array, threshold: float) -> Array:
    """Edges of even bins, one of them at the threshold."""
    low = min(float(scores.min()), threshold)
    high = max(float(np.percentile(scores, _MOST)), threshold)
    width = max((high - low) / _BINS, _FINEST * max(abs(low), abs(high))) or 1.0
    below, above = (max(1, ceil(side / width)) for side in (threshold - low, high - threshold))
    return threshold + width * np.arange(-below, above + 1)


def _counts(scores: Array, edges: Array) -> list[int]:
    """Count scores in bins that hold their upper edge: who is at the threshold is not flagged."""
    place = np.searchsorted(edges[1:-1], scores, side="left")
    found: list[int] = np.bincount(place, minlength=len(edges) - 1).tolist()
    return found


def _node(fitted: Fitted, number: int) -> list[int]:
    """Row and column of a node."""
    return [int(part) for part in np.unravel_index(number, fitted.model.map_.weights_.shape[:2])]


def _nodes(fitted: Fitted, found: som.Nodes) -> list[dict[str, Any]]:
    return [
        {
            "node": _node(fitted, number),
            "distance": float(found.distance[number]),
            "error": float(found.error[number]) if found.rows[number] else None,
            "outlier": bool(found.outlying[number]),
            "rows": int(found.rows[number]),
            "flagged": int(found.strange[number]),
            "second": int(found.counts[number, 1]),
        }
        for number in range(len(found.rows))
    ]


def _plain(value: Any) -> Any:
    """Return a cell of the table as JSON can say it."""
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number
