"""The first questions that a decision tree asks, in the units of the table."""

from __future__ import annotations

from math import floor, log10
from typing import Any

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from handbook.explain.features import Feature
from handbook.explain.fitted import Fitted

__all__ = ["SHOWN", "question", "tree"]

#: Questions from the root to the deepest node that is shown.
SHOWN = 3


def tree(fitted: Fitted) -> dict[str, Any]:
    """Write down a decision tree as far as a page can show it.

    Returns
    -------
    dict
        ``depth``, ``leaves`` and ``nodes`` count the whole tree. ``root`` is a node: ``rows`` of
        training, ``impurity`` by ``criterion``, the ``value`` that it predicts or the ``shares``
        of ``classes``; then either ``question`` with the nodes ``yes`` and ``no``, or ``below``,
        the number of nodes that are not shown (0 for a leaf).

    Raises
    ------
    HandbookError
        The model is not a single tree.
    """
    model = fitted.model
    if not isinstance(model, DecisionTreeClassifier | DecisionTreeRegressor):
        raise fitted.refuse("tree", "DecisionTreeClassifier and DecisionTreeRegressor")
    return {
        "criterion": model.criterion,
        "classes": [fitted.classes[code] for code in model.classes_] if fitted.classes else [],
        "target": fitted.train.target,
        "depth": int(model.get_depth()),
        "leaves": int(model.get_n_leaves()),
        "nodes": int(model.tree_.node_count),
        "shown": SHOWN,
        "root": _node(model.tree_, 0, SHOWN, fitted.features, _beneath(model.tree_)),
    }


def _beneath(grown: Any) -> list[int]:
    """Count the nodes below each node."""
    below = [0] * grown.node_count
    for node in reversed(range(grown.node_count)):  # children stand after their parent
        if grown.children_left[node] >= 0:
            children = (grown.children_left[node], grown.children_right[node])
            below[node] = sum(1 + below[child] for child in children)
    return below


def _node(
    grown: Any, node: int, levels: int, features: list[Feature], below: list[int]
) -> dict[str, Any]:
    crumb = 1e-9 * abs(grown.impurity[0])
    found: dict[str, Any] = {
        "rows": int(grown.n_node_samples[node]),
        # sums of squares leave crumbs where all values are the same
        "impurity": float(grown.impurity[node]) if grown.impurity[node] > crumb else 0.0,
    }
    value = np.asarray(grown.value[node][0], dtype=float)
    if grown.max_n_classes > 1:
        found["shares"] = (value / value.sum()).tolist()
    else:
        found["value"] = float(value[0])
    if levels == 0 or not below[node]:
        return found | {"below": below[node]}
    asked, left_is_yes = question(features[grown.feature[node]], float(grown.threshold[node]))
    yes, no = int(grown.children_left[node]), int(grown.children_right[node])
    if not left_is_yes:
        yes, no = no, yes
    return found | {
        "question": asked,
        "yes": _node(grown, yes, levels - 1, features, below),
        "no": _node(grown, no, levels - 1, features, below),
    }


def question(feature: Feature, threshold: float) -> tuple[str, bool]:
    """Say a split in words, in the column's own unit.

    Parameters
    ----------
    feature : Feature
    threshold : float
        Of the number that the model sees; up to it a row goes left.

    Returns
    -------
    question : str
    left_is_yes : bool
        Whether the rows that go left are those of which it is true.

    Examples
    --------
    >>> question(Feature("age", ("age",), "number", scale=10.0, offset=40.0), 2.05)
    ('age ≤ 60.5', True)
    >>> question(Feature("job=student", ("job",), "category", categories=("student",)), 0.5)
    ('job = student', False)
    """
    own = feature.scale * threshold + feature.offset
    if feature.kind == "flag":
        return feature.name, False
    if feature.kind == "category":
        return f"{feature.columns[0]} = {feature.categories[0]}", False
    if feature.kind == "code":
        first = feature.categories[: floor(own) + 1]
        rest = feature.categories[len(first) :]
        # what training did not know has code -1 and goes left
        if len(rest) < len(first):
            return f"{feature.name} in {', '.join(rest)}", False
        return f"{feature.name} in {', '.join(first)}", True
    return f"{feature.name} ≤ {_number(own, feature)}", True


def _number(own: float, feature: Feature) -> str:
    """Write a threshold without the crumbs that scaling, 32 bits and scaling back have left."""
    shift = abs(own - feature.offset)
    if shift:
        own = round(own, 5 - floor(log10(shift))) + 0.0
    return (f"{own:,.0f}" if abs(own) >= 1e5 else f"{own:,.6g}").replace("-", "−")
