"""The self-organizing map as an estimator."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from handbook.models.som.fitted import FittedMap
from handbook.models.som.grid import Grid, Neighborhood, Topology
from handbook.models.som.initial import initial_weights
from handbook.models.som.matching import Metric, nearest_nodes, node_distances
from handbook.models.som.schedule import Decay, Schedule
from handbook.models.som.settings import check_settings, planned
from handbook.models.som.training import batch_step, online_steps

__all__ = ["SelfOrganizingMap"]

_Array = npt.NDArray[np.float64]


class SelfOrganizingMap(FittedMap):
    """Map of nodes on a grid that come to lie in the data so that neighbours are alike.

    Parameters
    ----------
    rows, columns : int, default=10
        Shape of the grid.
    topology : {"rectangular", "hexagonal"}, default="rectangular"
        See :class:`handbook.models.som.grid.Grid`.
    neighborhood : {"gaussian", "bubble"}, default="gaussian"
        See :meth:`handbook.models.som.grid.Grid.influence`.
    metric : {"euclidean", "cosine", "manhattan"}, default="euclidean"
        Distance that finds the best matching units.
    training : {"batch", "online"}, default="batch"
        All rows at once, or row after row as the handbook has it; see
        :mod:`handbook.models.som.training`.
    n_steps : int or None, default=None
        Steps of the training: passes over all rows in batch training (None: 20), single rows in
        online training (None: 10 passes). A partial fit never ends; this is when radius and
        learning rate have come down.
    decay : {"exponential", "linear", "inverse-time"}, default="exponential"
        How they fall, see :func:`handbook.models.som.schedule.decayed`.
    sigma, sigma_end : float or None, default=None
        Radius of the neighbourhood in steps of the grid, before the first step (None: half the
        longer side) and after the last (None: 1, or sigma / e where that is less).
    learning_rate, learning_rate_end : float or None, default=None
        Share of the way that a winner goes in one step, likewise. None: 0.5 online, falling at
        the rate of the radius; 1 in batch training, throughout.
    init : {"pca", "random", "sample"} or array of shape (rows, columns, features), default="pca"
        See :func:`handbook.models.som.initial.initial_weights`.
    order : {"random", "sequential"}, default="random"
        Of the rows in online training; a random one is drawn anew for each pass.
    random_state : int, RandomState instance or None, default=None
        Seed of random weights and of the order.

    Attributes
    ----------
    weights_ : ndarray of shape (rows, columns, features)
        ``weights_[:, :, j]`` is the component plane of feature j.
    positions_ : ndarray of shape (rows, columns, 2)
        Places of the nodes on the plane: row and column where the grid is rectangular.
    labels_ : ndarray of shape (n,)
        Best matching units of the rows given to `fit`.
    n_steps_ : int
        Steps done.

    References
    ----------
    Kohonen, *Self-Organizing Maps*, 3rd edition (2001). Handbook, chapter 8.

    Examples
    --------
    >>> from handbook.models.som import SelfOrganizingMap
    >>> ends = [[0.0, 0.1], [0.1, 0.0], [0.9, 1.0], [1.0, 0.9]]
    >>> model = SelfOrganizingMap(rows=1, columns=3, sigma_end=0.3).fit(ends)
    >>> model.predict(ends).tolist()
    [0, 0, 2, 2]
    >>> model.transform(ends).tolist()
    [[0.0, 0.0], [0.0, 0.0], [0.0, 2.0], [0.0, 2.0]]
    """

    def __init__(
        self,
        rows: int = 10,
        columns: int = 10,
        *,
        topology: Topology = "rectangular",
        neighborhood: Neighborhood = "gaussian",
        metric: Metric = "euclidean",
        training: Literal["batch", "online"] = "batch",
        n_steps: int | None = None,
        decay: Decay = "exponential",
        sigma: float | None = None,
        sigma_end: float | None = None,
        learning_rate: float | None = None,
        learning_rate_end: float | None = None,
        init: Any = "pca",
        order: Literal["random", "sequential"] = "random",
        random_state: Any = None,
    ) -> None:
        self.rows = rows
        self.columns = columns
        self.topology = topology
        self.neighborhood = neighborhood
        self.metric = metric
        self.training = training
        self.n_steps = n_steps
        self.decay = decay
        self.sigma = sigma
        self.sigma_end = sigma_end
        self.learning_rate = learning_rate
        self.learning_rate_end = learning_rate_end
        self.init = init
        self.order = order
        self.random_state = random_state

    def set_progress(self, progress: Callable[[dict[str, float]], None] | None) -> Self:
        """Name who is handed figures after each pass over the rows while :meth:`fit` runs.

        They are ``epoch`` (from 1), ``quantization_error`` (over the pass, while the weights
        change), ``sigma`` and ``learning_rate`` (of the pass's last step). Not a parameter: clones
        and saved models forget it.
        """
        self._progress = progress
        return self

    def fit(self, X: Any, y: Any = None) -> Self:
        """Place the nodes and train them for all steps.

        Parameters
        ----------
        X : array-like of shape (n, features)
        y : ignored

        Raises
        ------
        ValueError
            If a parameter is out of its range.
        """
        check_settings(self)
        X = validate_data(self, X, dtype=np.float64)
        schedule = planned(self, len(X))
        tell = getattr(self, "_progress", None)
        with threadpool_limits(limits=1):  # threads add partial sums in any order
            self._begin(X)
            for epoch in count(1):
                error = self._pass(X, schedule, schedule.steps - self.n_steps_)
                if tell is not None:
                    sigma, rate = schedule.at(self.n_steps_ - 1)
                    row = {"epoch": epoch, "quantization_error": error}
                    tell(row | {"sigma": sigma, "learning_rate": rate})
                if self.n_steps_ >= schedule.steps:
                    break
        self.labels_ = self.predict(X)
        return self

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Train the nodes with one pass over some rows; the first call places them among its own.

        In batch training a call is one step: `n_steps` is then the number of calls after which
        the radius has come down, and a `learning_rate` below 1 lets nodes keep a part of what
        earlier rows taught them. Memory is needed for the rows of one call only.

        Parameters
        ----------
        X : array-like of shape (n, features)
        y : ignored

        Raises
        ------
        ValueError
            If a parameter is out of its range.
        """
        check_settings(self)
        first = not hasattr(self, "weights_")
        X = validate_data(self, X, dtype=np.float64, reset=first)
        with threadpool_limits(limits=1):
            if first:
                self._begin(X)
            self._pass(X, planned(self, len(X)), len(X))
        return self

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        state.pop("_progress", None)
        return state

    def _begin(self, X: _Array) -> None:
        """Place the nodes on the grid and among the rows."""
        self.positions_ = Grid(self.rows, self.columns, self.topology).positions.reshape(
            self.rows, self.columns, 2
        )
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        weights = initial_weights(
            self.init, self.rows, self.columns, X, np.random.default_rng([seed, 0])
        )
        self.weights_ = weights.reshape(self.rows, self.columns, -1)
        self.n_steps_ = 0
        self._seed = seed
        self._n_features_out = 2

    def _pass(self, X: _Array, schedule: Schedule, most: int) -> float:
        """Train with all rows once, online with `most` of them; return the quantisation error."""
        weights, grid = self._nodes().copy(), self._grid()
        if self.training == "online":
            order = np.arange(len(X))
            if self.order == "random":
                order = np.random.default_rng([self._seed, 1 + self.n_steps_]).permutation(order)
            shown = order[:most]
            error = online_steps(
                weights,
                X,
                shown,
                grid=grid,
                schedule=schedule,
                first_step=self.n_steps_,
                neighborhood=self.neighborhood,
                metric=self.metric,
            )
            self.n_steps_ += len(shown)
        else:
            winners = nearest_nodes(X, weights, self.metric)[:, 0]
            error = float(node_distances(X, weights, winners, self.metric).mean())
            sigma, rate = schedule.at(self.n_steps_)
            batch_step(
                weights,
                X,
                winners,
                grid=grid,
                sigma=sigma,
                rate=rate,
                neighborhood=self.neighborhood,
            )
            self.n_steps_ += 1
        self.weights_ = weights.reshape(self.weights_.shape)
        return error
