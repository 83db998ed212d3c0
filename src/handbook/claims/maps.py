"""Measures of a self-organizing map: how well it keeps neighbours together and stands for rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial.distance import pdist

from handbook.models.som import SelfOrganizingMap
from handbook.models.som.grid import Grid

__all__ = ["closeness", "path_error"]

Array = npt.NDArray[np.float64]


def _links(model: SelfOrganizingMap) -> tuple[npt.NDArray[np.int64], Array]:
    """Return the pairs of neighbouring nodes and the distance of their weights."""
    rows, columns, features = model.weights_.shape
    pairs = Grid(rows, columns, model.topology).neighbors()
    weights = model.weights_.reshape(-1, features)
    return pairs, np.linalg.norm(weights[pairs[:, 0]] - weights[pairs[:, 1]], axis=1)


def closeness(model: SelfOrganizingMap) -> float:
    """Return how much nearer neighbouring nodes' weights are than those of any two nodes.

    0 where being neighbours on the grid says nothing, and near 1 where neighbours are alike.
    """
    _, apart = _links(model)
    weights = model.weights_.reshape(-1, model.weights_.shape[2])
    return 1 - float(apart.mean() / pdist(weights).mean())


def path_error(model: SelfOrganizingMap, X: Array) -> float:
    """Return the mean way from a row to its best node and on, along the map, to its second best.

    It is small only where nodes stand for the rows and the map keeps neighbours together.

    References
    ----------
    Kaski and Lagus, "Comparing self-organizing maps", ICANN 1996.
    """
    pairs, apart = _links(model)
    nodes = model.weights_.shape[0] * model.weights_.shape[1]
    # nodes of the same weights still are a link: a length of 0 would count as none
    lengths = np.maximum(apart, 1e-12)
    graph = coo_array((lengths, pairs.T), shape=(nodes, nodes)).tocsr()
    numbers, distances = model.best_units(X, 2)
    starts, where = np.unique(numbers[:, 0], return_inverse=True)
    ways = dijkstra(graph, directed=False, indices=starts)
    return float(np.mean(distances[:, 0] + ways[where, numbers[:, 1]]))
