"""What a self-organizing map lays out: its nodes, the rows that fall on them, and its planes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from handbook.explain.fitted import Fitted

__all__ = ["PLANES", "Nodes", "component_planes", "distance_map", "hit_map", "nodes"]

Array = npt.NDArray[Any]

#: Component planes that are shown at most.
PLANES = 16


class Nodes(NamedTuple):
    """A detector's map and the training rows that fall on it; nodes are counted row by row.

    Parameters
    ----------
    place : int array of shape (n,)
        Node of each training row, its best matching unit.
    counts : int array of shape (nodes, classes)
        Training rows of each class on each node.
    strange : int array of shape (nodes,)
        How many of them the detector calls outliers.
    distance : float array of shape (nodes,)
        Mean distance from the node to its neighbours on the grid.
    error : float array of shape (nodes,)
        Mean distance from the node to its rows; NaN where there are none.
    """

    place: Array
    counts: Array
    strange: Array
    distance: Array
    error: Array

    @property
    def rows(self) -> Array:
        """Training rows of each node."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def outlying(self) -> Array:
        """Whether more than half of a node's training rows are called outliers."""
        return 2 * self.strange > self.rows


def nodes(fitted: Fitted, what: str) -> Nodes:
    """Lay the training rows on the map.

    Parameters
    ----------
    fitted : Fitted
    what : str
        The display that asks.

    Raises
    ------
    HandbookError
        The model has no map.
    """
    model, y = fitted.model, fitted.train.y
    if not hasattr(model, "map_"):
        raise fitted.refuse(what, "SOMOutlierDetector")
    assert y is not None
    Z = fitted.encoded(fitted.train)
    units, errors = model.map_.best_units(Z)
    place = units[:, 0]
    distance = model.map_.distance_map().ravel()
    counts = np.zeros((len(distance), len(fitted.classes)), dtype=np.int64)
    np.add.at(counts, (place, y), 1)
    rows = counts.sum(axis=1)
    sums = np.bincount(place, errors[:, 0], len(rows))
    return Nodes(
        place,
        counts,
        np.bincount(place[model.predict(Z) == -1], minlength=len(rows)),
        distance,
        np.divide(sums, rows, out=np.full(len(rows), np.nan), where=rows > 0),
    )


def distance_map(fitted: Fitted) -> dict[str, Any]:
    """Measure how far each node lies from its neighbours, and whose rows fall on it.

    Returns
    -------
    dict
        ``shape`` (rows and columns), ``topology`` and ``positions`` (down and across) of the
        grid; then, a node each and counted row by row, ``distances``, ``counts`` of training rows
        by class, and ``outliers``: whether most of its rows are called so. ``rule`` is the
        detector's, ``metric`` that of the distances.

    Raises
    ------
    HandbookError
        The model has no map.

    References
    ----------
    Handbook, 8.5, figure 8.6. Ultsch and Siemon (1990).
    """
    found = nodes(fitted, "distance-map")
    return _grid(fitted) | {
        "classes": list(fitted.classes),
        "metric": fitted.model.map_.metric,
        "rule": fitted.model.rule,
        "distances": found.distance.tolist(),
        "counts": found.counts.tolist(),
        "outliers": found.outlying.tolist(),
    }


def hit_map(fitted: Fitted) -> dict[str, Any]:
    """Count the training rows of each class on each node.

    Returns
    -------
    dict
        The grid as in :func:`distance_map`, ``classes``, and ``counts`` of each node by class.

    Raises
    ------
    HandbookError
        The model has no map.
    """
    found = nodes(fitted, "hit-map")
    return _grid(fitted) | {"classes": list(fitted.classes), "counts": found.counts.tolist()}


def component_planes(fitted: Fitted) -> dict[str, Any]:
    """Give the nodes' weights in each number that the map sees.

    Returns
    -------
    dict
        The grid as in :func:`distance_map`, and ``planes``: the :data:`PLANES` that vary most
        over the nodes as the map sees them, by falling deviation; ``values`` are in the column's
        own unit, of a category the share of rows that have it. ``total`` counts all planes.

    Raises
    ------
    HandbookError
        The model has no map.
    """
    if not hasattr(fitted.model, "map_"):
        raise fitted.refuse("component-planes", "SOMOutlierDetector")
    weights = fitted.model.map_.weights_
    flat = weights.reshape(-1, weights.shape[2])  # (nodes, features)
    order = np.argsort(-flat.std(axis=0), kind="stable")[:PLANES]
    return _grid(fitted) | {
        "total": flat.shape[1],
        "planes": [
            {
                "name": fitted.features[place].name,
                "values": (
                    flat[:, place] * fitted.features[place].scale + fitted.features[place].offset
                ).tolist(),
            }
            for place in order
        ],
    }


def _grid(fitted: Fitted) -> dict[str, Any]:
    placed = fitted.model.map_.positions_
    return {
        "shape": list(placed.shape[:2]),
        "topology": fitted.model.map_.topology,
        "positions": placed.reshape(-1, 2).tolist(),
    }
