"""The first splits of a decision tree, in the units of the table."""

from __future__ import annotations

from math import floor, log10
from typing import Any

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from handbook.core.numbers import formatted
from handbook.explain.features import Feature
from handbook.explain.run import Fitted

__all__ = ["SHOWN", "question", "tree"]

#: Number of splits from the root to the deepest node that is described.
SHOWN = 3


def tree(fitted: Fitted) -> dict[str, Any]:
    """Describe the upper levels of a decision tree, as many as fit on a page.

    Returns
    -------
    dict
        ``depth``, ``leaves`` and ``nodes`` of the whole tree. ``root`` is a node: number of
        training ``rows``, ``impurity`` by ``criterion``, the predicted ``value`` or the ``shares``
        of ``classes``; then either ``question`` with the nodes ``yes`` and ``no``, or ``below``,
        the number of nodes below that are not described (0 for a leaf).
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
    error = 1e-9 * abs(grown.impurity[0])
    described: dict[str, Any] = {
        "rows": int(grown.n_node_samples[node]),
        # sums of squares leave a rounding error where all values are the same
        "impurity": float(grown.impurity[node]) if grown.impurity[node] > error else 0.0,
    }
    value = np.asarray(grown.value[node][0], dtype=float)
    if grown.max_n_classes > 1:
        described["shares"] = (value / value.sum()).tolist()
    else:
        described["value"] = float(value[0])
    if levels == 0 or not below[node]:
        return described | {"below": below[node]}
    text, left_is_yes = question(features[grown.feature[node]], float(grown.threshold[node]))
    yes, no = int(grown.children_left[node]), int(grown.children_right[node])
    if not left_is_yes:
        yes, no = no, yes
    return described | {
        "question": text,
        "yes": _node(grown, yes, levels - 1, features, below),
        "no": _node(grown, no, levels - 1, features, below),
    }


def question(feature: Feature, threshold: float) -> tuple[str, bool]:
    """Write a split as a condition, in the unit of the column.

    The model's input goes left up to `threshold`. Returned is also whether the condition holds for
    the rows that go left.

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
        # a category that was not in the training rows has code -1 and goes left
        if len(rest) < len(first):
            return f"{feature.name} in {', '.join(rest)}", False
        return f"{feature.name} in {', '.join(first)}", True
    return f"{feature.name} ≤ {_number(own, feature)}", True


def _number(own: float, feature: Feature) -> str:
    """Write a threshold without the rounding errors of scaling, 32 bits and scaling back."""
    shift = abs(own - feature.offset)
    if shift:
        own = round(own, 5 - floor(log10(shift))) + 0.0
    return formatted(own, ",.0f" if abs(own) >= 1e5 else ",.6g")
