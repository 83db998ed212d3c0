"""Nodes of a self-organizing map, the rows that fall on them, and its component planes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from handbook.explain.run import Array, Fitted

__all__ = ["PLANES", "Nodes", "component_planes", "distance_map", "hit_map", "nodes"]

#: Largest number of component planes.
PLANES = 16


class Nodes(NamedTuple):
    """The nodes of a detector's map, counted row by row, and its training rows."""

    #: Node of each training row, its best matching unit (n,).
    unit: Array
    #: Training rows of each class on each node (nodes, classes).
    counts: Array
    #: How many of them the detector calls outliers (nodes,).
    strange: Array
    #: Mean distance from the node to its neighbours on the grid (nodes,).
    distance: Array
    #: Mean distance from the node to its rows; NaN where there are none (nodes,).
    error: Array

    @property
    def rows(self) -> Array:
        """Training rows of each node."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def outlying(self) -> Array:
        """Whether more than half of a node's training rows are called outliers."""
        return 2 * self.strange > self.rows


def nodes(fitted: Fitted, show: str) -> Nodes:
    """Assign the training rows to the nodes of the map; `show` names the display in the error."""
    model = fitted.require("map_", show, "SOMOutlierDetector")
    Z = fitted.encoded(fitted.train)
    units, errors = model.map_.best_units(Z)
    unit = units[:, 0]
    distance = model.map_.distance_map().ravel()
    counts = np.zeros((len(distance), len(fitted.classes)), dtype=np.int64)
    np.add.at(counts, (unit, fitted.train.labels), 1)
    rows = counts.sum(axis=1)
    sums = np.bincount(unit, errors[:, 0], len(rows))
    return Nodes(
        unit,
        counts,
        np.bincount(unit[model.predict(Z) == -1], minlength=len(rows)),
        distance,
        np.divide(sums, rows, out=np.full(len(rows), np.nan), where=rows > 0),
    )


def distance_map(fitted: Fitted) -> dict[str, Any]:
    """Measure the distance of each node to its neighbours, and count its rows by class.

    Returns
    -------
    dict
        ``shape`` (rows and columns), ``topology`` and ``positions`` (down and across) of the
        grid; for each node, row by row, ``distances``, ``counts`` of training rows by class, and
        ``outliers``: whether the detector calls most of its rows outliers. ``rule`` is the
        detector's, ``metric`` that of the distances.

    References
    ----------
    Handbook, 8.5, figure 8.6. Ultsch and Siemon (1990).
    """
    of_map = nodes(fitted, "distance-map")
    return _grid(fitted) | {
        "classes": list(fitted.classes),
        "metric": fitted.model.map_.metric,
        "rule": fitted.model.rule,
        "distances": of_map.distance.tolist(),
        "counts": of_map.counts.tolist(),
        "outliers": of_map.outlying.tolist(),
    }


def hit_map(fitted: Fitted) -> dict[str, Any]:
    """Count the training rows of each class on each node.

    Returns
    -------
    dict
        The grid as in :func:`distance_map`, ``classes``, and ``counts`` of each node by class.
    """
    counts = nodes(fitted, "hit-map").counts.tolist()
    return _grid(fitted) | {"classes": list(fitted.classes), "counts": counts}


def component_planes(fitted: Fitted) -> dict[str, Any]:
    """Return the weights of the nodes for each input of the map.

    Returns
    -------
    dict
        The grid as in :func:`distance_map`, and ``planes``: the :data:`PLANES` inputs whose scaled
        weights vary most over the nodes, by falling standard deviation; ``values`` are in the unit
        of the column, and for a category the share of rows that have it. ``total`` counts all
        planes.
    """
    weights = fitted.require("map_", "component-planes", "SOMOutlierDetector").map_.weights_
    flat = weights.reshape(-1, weights.shape[2])  # (nodes, features)
    order = np.argsort(-flat.std(axis=0), kind="stable")[:PLANES]
    features = [fitted.features[index] for index in order]
    return _grid(fitted) | {
        "total": flat.shape[1],
        "planes": [
            {
                "name": feature.name,
                "values": (flat[:, index] * feature.scale + feature.offset).tolist(),
            }
            for index, feature in zip(order, features, strict=True)
        ],
    }


def _grid(fitted: Fitted) -> dict[str, Any]:
    positions = fitted.model.map_.positions_
    return {
        "shape": list(positions.shape[:2]),
        "topology": fitted.model.map_.topology,
        "positions": positions.reshape(-1, 2).tolist(),
    }
