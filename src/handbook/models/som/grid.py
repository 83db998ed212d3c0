"""The grid of a map: positions, steps between nodes, and influence of a winner."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

__all__ = ["Array", "Grid", "Neighborhood", "Numbers", "Topology"]

Topology = Literal["rectangular", "hexagonal"]
Neighborhood = Literal["gaussian", "bubble"]

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

# Between neighbouring columns of hexagons whose centres lie 1 apart
_COLUMN_GAP = float(np.sqrt(3) / 2)


class Grid:
    """A plane of nodes, numbered row by row.

    Parameters
    ----------
    rows, columns : int
    topology : {"rectangular", "hexagonal"}
        A node inside the grid has 8 neighbours, or 6 that all lie at distance 1. Of a hexagonal
        grid every second column, from the first on, is moved by half a row towards row 0.

    Attributes
    ----------
    positions : ndarray of shape (nodes, 2)
        Coordinates on the plane; row and column where the grid is rectangular.

    Examples
    --------
    >>> Grid(2, 2, "hexagonal").positions.round(3).tolist()
    [[-0.5, 0.0], [0.0, 0.866], [0.5, 0.0], [1.0, 0.866]]
    """

    def __init__(self, rows: int, columns: int, topology: Topology = "rectangular") -> None:
        row, column = np.indices((rows, columns), dtype=np.float64).reshape(2, -1)
        if topology == "rectangular":
            self.positions: Array = np.column_stack([row, column])
            self._cells = self.positions
        else:
            moved = np.where(column % 2 == 0, 0.5, 0.0)
            self.positions = np.column_stack([row - moved, column * _COLUMN_GAP])
            # Hexagons have three axes; along them a step changes no coordinate by more than 1,
            # as a step to one of 8 neighbours does along the two axes of squares.
            diagonal = row - column // 2
            self._cells = np.column_stack([column, diagonal, column + diagonal])

    def steps(self, start: npt.ArrayLike, end: npt.ArrayLike) -> Numbers:
        """Return the number of steps from neighbour to neighbour between pairs of nodes, (k,).

        Examples
        --------
        >>> Grid(3, 3, "rectangular").steps([0], [8]), Grid(3, 3, "hexagonal").steps([0], [8])
        (array([2]), array([3]))
        """
        apart = np.abs(self._cells[np.asarray(start)] - self._cells[np.asarray(end)])
        return np.asarray(apart.max(axis=1), dtype=np.int64)

    def neighbors(self) -> Numbers:
        """Return all pairs of neighbouring nodes, (pairs, 2), each once and in order.

        Examples
        --------
        >>> Grid(1, 3).neighbors().tolist()
        [[0, 1], [1, 2]]
        """
        pairs = KDTree(self._cells).query_pairs(1.0, p=np.inf, output_type="ndarray")
        return np.unique(pairs, axis=0).astype(np.int64)

    def influence(self, winners: npt.ArrayLike, sigma: float, neighborhood: Neighborhood) -> Array:
        """Return how strongly each node follows each winner, (k, nodes).

        Parameters
        ----------
        winners : array-like of int, of shape (k,)
        sigma : float
            Radius, in steps of the grid.
        neighborhood : {"gaussian", "bubble"}
            exp(-d^2 / (2 sigma^2)) of the distance d on the plane; or 1 for nodes fewer than
            `sigma` steps away, 0 for the others.

        References
        ----------
        Handbook, 8.4.5; Kohonen, *Self-Organizing Maps* (2001), 3.2, on both forms.

        Examples
        --------
        >>> Grid(1, 4).influence([0], 2.0, "bubble").tolist()
        [[1.0, 1.0, 0.0, 0.0]]
        >>> Grid(1, 3).influence([0], 1.0, "gaussian").round(3).tolist()  # exp of 0, -1/2, -2
        [[1.0, 0.607, 0.135]]
        """
        if neighborhood == "bubble":
            steps = cdist(self._cells[np.asarray(winners)], self._cells, "chebyshev")
            return np.asarray(steps < sigma, dtype=np.float64)
        squared = cdist(self.positions[np.asarray(winners)], self.positions, "sqeuclidean")
        return np.asarray(np.exp(squared / (-2.0 * sigma**2)))
