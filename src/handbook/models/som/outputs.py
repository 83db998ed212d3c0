"""Methods of a fitted map."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from handbook.models.som.grid import Array, Grid, Numbers, Topology
from handbook.models.som.matching import Metric, nearest_nodes, node_distances, row_distances

__all__ = ["FittedMap"]


class FittedMap(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Base of the map: everything but training.

    Attributes
    ----------
    weights_ : ndarray of shape (rows, columns, features)
    positions_ : ndarray of shape (rows, columns, 2)
    """

    topology: Topology
    metric: Metric
    weights_: Array
    positions_: Array

    def best_units(self, X: Any, count: int = 1) -> tuple[Numbers, Array]:
        """Return the nodes that match each row best, the best first, and their distances.

        Parameters
        ----------
        X : array-like of shape (n, features)
        count : int, default=1
            How many of them.

        Returns
        -------
        numbers : ndarray of int, of shape (n, count)
            Nodes are counted row by row: ``numpy.unravel_index(number, (rows, columns))`` is a
            node's position in `weights_`.
        distances : ndarray of shape (n, count)

        Raises
        ------
        ValueError
            If the map has fewer than `count` nodes.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        weights = self._nodes()
        if not 1 <= count <= len(weights):
            raise ValueError(f"count must be from 1 to the {len(weights)} nodes, not {count!r}")
        with threadpool_limits(limits=1):  # threads add partial sums in any order
            numbers = nearest_nodes(X, weights, self.metric, count)
        each = [node_distances(X, weights, column, self.metric) for column in numbers.T]
        return numbers, np.column_stack(each)

    def predict(self, X: Any) -> Numbers:
        """Return the number of each row's best matching unit, see :meth:`best_units`."""
        return self.best_units(X)[0][:, 0]

    def transform(self, X: Any) -> Array:
        """Return the coordinates of each row's best matching unit, (n, 2)."""
        return self.positions_.reshape(-1, 2)[self.predict(X)]

    def quantization_error(self, X: Any) -> float:
        """Return the mean distance from the rows to their best matching units."""
        return float(self.best_units(X)[1].mean())

    def topographic_error(self, X: Any) -> float:
        """Return the share of rows whose two best matching units are no neighbours."""
        best, second = self.best_units(X, 2)[0].T
        return float((self._grid().steps(best, second) > 1).mean())

    def hit_map(self, X: Any) -> Numbers:
        """Return the number of rows of each best matching unit, (rows, columns)."""
        shape = self.weights_.shape[:2]
        return np.bincount(self.predict(X), minlength=shape[0] * shape[1]).reshape(shape)

    def distance_map(
        self, *, scaling: Literal["mean", "sum"] = "mean", normalize: bool = False
    ) -> Array:
        """Return how far each node lies from its neighbours on the grid (the U-matrix).

        Parameters
        ----------
        scaling : {"mean", "sum"}, default="mean"
            Mean of the distances to the 8 (hexagonal: 6) neighbours, fewer at the border; or
            their sum.
        normalize : bool, default=False
            Whether to divide by the largest value.

        Returns
        -------
        ndarray of shape (rows, columns)

        References
        ----------
        Ultsch and Siemon, "Kohonen's self organizing feature maps for exploratory data
        analysis", INNC Paris (1990). Handbook, 8.5.
        """
        check_is_fitted(self)
        if scaling not in ("mean", "sum"):
            raise ValueError(f"scaling must be 'mean' or 'sum', not {scaling!r}")
        weights = self._nodes()
        start, end = self._grid().neighbors().T
        apart = row_distances(weights[start], weights[end], self.metric)
        ends = np.concatenate([start, end])
        distances: Array = np.zeros(len(weights))
        np.add.at(distances, ends, np.tile(apart, 2))
        if scaling == "mean":
            distances = distances / np.maximum(np.bincount(ends, minlength=len(weights)), 1)
        if normalize and distances.max() > 0:
            distances = distances / distances.max()
        return distances.reshape(self.weights_.shape[:2])

    def _nodes(self) -> Array:
        """Return the weights as rows, (nodes, features)."""
        rows, columns, features = self.weights_.shape
        return self.weights_.reshape(rows * columns, features)

    def _grid(self) -> Grid:
        rows, columns = self.weights_.shape[:2]
        return Grid(rows, columns, self.topology)
