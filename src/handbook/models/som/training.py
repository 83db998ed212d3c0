"""The two ways to train a map: row after row, and with all rows at once."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.utils import gen_batches

from handbook.models.som.grid import Array, Grid, Neighborhood, Numbers
from handbook.models.som.matching import Metric, row_distances
from handbook.models.som.schedule import Schedule

__all__ = ["batch_step", "online_steps"]


# Nodes whose influence on all nodes is held at once
_NODES = 512

# Influence below it has lost its digits, and so would a mean weighted by it
_TINY = np.finfo(np.float64).tiny


def online_steps(
    weights: Array,
    rows: Array,
    order: Numbers,
    *,
    grid: Grid,
    schedule: Schedule,
    first_step: int,
    neighborhood: Neighborhood,
    metric: Metric,
) -> float:
    """Train with single rows: each moves its best matching unit and the nodes around it.

    Parameters
    ----------
    weights : ndarray of shape (nodes, features)
        Changed in place: w += L(t) influence(t) (x - w).
    rows : ndarray of shape (n, features)
    order : ndarray of int, of shape (steps,)
        Numbers of the rows, in order.
    grid : Grid
    schedule : Schedule
    first_step : int
        t of the first of them.
    neighborhood : {"gaussian", "bubble"}
    metric : {"euclidean", "cosine", "manhattan"}

    Returns
    -------
    float
        Mean distance from these rows to their best matching units, each at its own step.

    References
    ----------
    Kohonen, "Self-organized formation of topologically correct feature maps", Biological
    Cybernetics 43 (1982). Handbook, 8.2-8.4.

    Examples
    --------
    >>> import numpy as np
    >>> weights = np.array([[0.0], [1.0]])
    >>> constant = Schedule(1.0, 1.0, 0.5, 0.5, "linear", 1)
    >>> online_steps(
    ...     weights, np.array([[2.0]]), np.array([0]), grid=Grid(1, 2), schedule=constant,
    ...     first_step=0, neighborhood="bubble", metric="euclidean",
    ... )
    1.0
    >>> weights.tolist()
    [[0.0], [1.5]]
    """
    total = 0.0
    for step, number in enumerate(order, start=first_step):
        row = rows[number]
        sigma, rate = schedule.at(step)
        distances = row_distances(weights, row[np.newaxis], metric)
        winner = int(distances.argmin())
        total += float(distances[winner])
        moved = rate * grid.influence([winner], sigma, neighborhood)[0]  # (nodes,)
        weights += moved[:, np.newaxis] * (row - weights)
    return total / len(order)


def batch_step(
    weights: Array,
    rows: Array,
    winners: Numbers,
    *,
    grid: Grid,
    sigma: float,
    rate: float,
    neighborhood: Neighborhood,
) -> None:
    """Move every node to the mean of all rows, each weighted by its winner's influence on the node.

    At that mean the online updates of a node cancel out, whatever metric finds the winners.

    Parameters
    ----------
    weights : ndarray of shape (nodes, features)
        Changed in place; a node that no winner influences stays where it is.
    rows : ndarray of shape (n, features)
    winners : ndarray of int, of shape (n,)
        Best matching units of the rows.
    grid : Grid
    sigma : float
    rate : float
        Share of the way that a node goes; 1 in Kohonen's batch map.
    neighborhood : {"gaussian", "bubble"}

    References
    ----------
    Kohonen, "Essentials of the self-organizing map", Neural Networks 37 (2013).

    Examples
    --------
    >>> import numpy as np
    >>> weights = np.array([[0.0], [5.0]])
    >>> batch_step(
    ...     weights, np.array([[1.0], [2.0], [6.0]]), np.array([0, 0, 1]), grid=Grid(1, 2),
    ...     sigma=1.0, rate=1.0, neighborhood="bubble",
    ... )
    >>> weights.tolist()
    [[1.5], [6.0]]
    """
    nodes = len(weights)
    # Rows of one winner have one influence: they are added up first, then spread over the map.
    hits = np.bincount(winners, minlength=nodes).astype(np.float64)
    chosen = (np.ones(len(rows)), winners, np.arange(len(rows) + 1))
    sums = sparse.csr_array(chosen, shape=(len(rows), nodes)).T @ rows  # (nodes, features)
    for part in gen_batches(nodes, _NODES):
        reach = grid.influence(np.arange(nodes)[part], sigma, neighborhood)  # (part, nodes)
        mass = reach @ hits
        moved = mass > _TINY
        means = (reach @ sums)[moved] / mass[moved, np.newaxis]
        block = weights[part]
        block[moved] += rate * (means - block[moved])
