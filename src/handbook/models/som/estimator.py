"""Estimator of the self-organizing map."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass
from itertools import count
from numbers import Real
from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.utils import check_random_state, gen_batches
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import validate_data
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from handbook.models.parameters import COUNT, POSITIVE, SHARE, Choice
from handbook.models.progress import ProgressMixin
from handbook.models.som.grid import Array, Grid, Neighborhood, Numbers, Topology
from handbook.models.som.initial import Initial, initial_weights
from handbook.models.som.matching import Metric, nearest_nodes, node_distances, row_distances
from handbook.models.som.outputs import FittedMap
from handbook.models.som.schedule import Decay, Schedule

__all__ = ["SelfOrganizingMap"]

# Nodes whose influence on all nodes is held at once
_NODES = 512

# Influence below it has lost its digits, and so would a mean weighted by it
_TINY = np.finfo(np.float64).tiny


@dataclass(eq=False, repr=False)
class SelfOrganizingMap(ProgressMixin, FittedMap):
    """Grid of nodes fitted to the data so that neighbouring nodes are similar.

    Parameters
    ----------
    rows, columns : int, default=10
        Shape of the grid.
    topology : {"rectangular", "hexagonal"}, default="rectangular"
        See :class:`handbook.models.som.grid.Grid`.
    neighborhood : {"gaussian", "bubble"}, default="gaussian"
        See :meth:`handbook.models.som.grid.Grid.influence`.
    metric : {"euclidean", "cosine", "manhattan"}, default="euclidean"
        Distance by which the best matching units are chosen.
    training : {"batch", "online"}, default="batch"
        All rows at once, or row after row as in the handbook.
    n_steps : int or None, default=None
        Steps of the training: passes over all rows in batch training (None: 20), single rows in
        online training (None: 10 passes). Partial fits may go on after them, with the last
        radius and learning rate.
    decay : {"exponential", "linear", "inverse-time"}, default="exponential"
        How radius and learning rate decrease, see :func:`handbook.models.som.schedule.decayed`.
    sigma, sigma_end : float or None, default=None
        Radius of the neighbourhood in steps of the grid, before the first step (None: half the
        longer side) and after the last (None: 1, or sigma / e if that is less).
    learning_rate, learning_rate_end : float or None, default=None
        Step size of the best matching unit, before the first step and after the last. None: in
        online training 0.5, decreasing like the radius; in batch training always 1.
    init : {"pca", "random", "sample"} or array of shape (rows, columns, features), default="pca"
        See :func:`handbook.models.som.initial.initial_weights`.
    order : {"random", "sequential"}, default="random"
        Order of the rows in online training; a random one is drawn again for each pass.
    random_state : int, RandomState instance or None, default=None
        Seed for random weights and for the order.

    Attributes
    ----------
    weights_ : ndarray of shape (rows, columns, features)
        ``weights_[:, :, j]`` is the component plane of feature j.
    positions_ : ndarray of shape (rows, columns, 2)
        Coordinates of the nodes on the plane: row and column where the grid is rectangular.
    labels_ : ndarray of shape (n,)
        Best matching units of the rows given to `fit`.
    n_steps_ : int
        Number of steps done.

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

    rows: int = 10
    columns: int = 10
    _: KW_ONLY
    topology: Topology = "rectangular"
    neighborhood: Neighborhood = "gaussian"
    metric: Metric = "euclidean"
    training: Literal["batch", "online"] = "batch"
    n_steps: int | None = None
    decay: Decay = "exponential"
    sigma: float | None = None
    sigma_end: float | None = None
    learning_rate: float | None = None
    learning_rate_end: float | None = None
    init: Initial | npt.ArrayLike = "pca"
    order: Literal["random", "sequential"] = "random"
    random_state: Any = None

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "rows": [COUNT],
        "columns": [COUNT],
        "topology": [Choice(get_args(Topology))],
        "neighborhood": [Choice(get_args(Neighborhood))],
        "metric": [Choice(get_args(Metric))],
        "training": [Choice(["batch", "online"])],
        "n_steps": [COUNT, None],
        "decay": [Choice(get_args(Decay))],
        "sigma": [POSITIVE, None],
        "sigma_end": [POSITIVE, None],
        "learning_rate": [SHARE, None],
        "learning_rate_end": [Interval(Real, 0, 1, closed="both"), None],
        "init": [Choice(get_args(Initial)), "array-like"],
        "order": [Choice(["random", "sequential"])],
        "random_state": ["random_state"],
    }

    def fit(self, X: Any, y: Any = None) -> Self:
        """Initialise the nodes and train them for all steps.

        The callback of :meth:`set_progress` takes after each pass over the rows ``epoch`` (from
        1), ``quantization_error`` (over the pass, while the weights change), ``sigma`` and
        ``learning_rate`` (of the last step of the pass).

        Parameters
        ----------
        X : array-like of shape (n, features)
        y : ignored

        Raises
        ------
        ValueError
            If a parameter is out of range.
        """
        self._check_parameters()
        X = validate_data(self, X, dtype=np.float64)
        schedule, progress = self._schedule(len(X)), getattr(self, "_progress", None)
        with threadpool_limits(limits=1):  # several add partial sums in any order
            self._begin(X)
            for epoch in count(1):
                error = self._pass(X, schedule, schedule.steps - self.n_steps_)
                if progress is not None:
                    sigma, rate = schedule.at(self.n_steps_ - 1)
                    row = {"epoch": epoch, "quantization_error": error}
                    progress(row | {"sigma": sigma, "learning_rate": rate})
                if self.n_steps_ >= schedule.steps:
                    break
        self.labels_ = self.predict(X)
        return self

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Train the nodes with one pass over some rows; the first call initialises them.

        In batch training a call is one step: `n_steps` is then the number of calls over which
        the radius decreases, and with a `learning_rate` below 1 the nodes keep a part of what
        they learnt from earlier rows.

        Parameters
        ----------
        X : array-like of shape (n, features)
        y : ignored

        Raises
        ------
        ValueError
            If a parameter is out of range.
        """
        self._check_parameters()
        first = not hasattr(self, "weights_")
        X = validate_data(self, X, dtype=np.float64, reset=first)
        with threadpool_limits(limits=1):
            if first:
                self._begin(X)
            self._pass(X, self._schedule(len(X)), len(X))
        return self

    def _check_parameters(self) -> None:
        """Raise ValueError where a parameter is out of range, alone or beside the others."""
        self._validate_params()
        start = self._schedule(1)
        if start.sigma_end > start.sigma:
            raise ValueError(
                f"sigma_end must be at most sigma, {start.sigma:g}; it is {start.sigma_end!r}"
            )
        if start.rate_end > start.rate or (start.rate_end == 0 and self.decay != "linear"):
            raise ValueError(
                f"learning_rate_end must be at most learning_rate, {start.rate:g}, and above 0 "
                f"unless decay='linear'; it is {start.rate_end!r}"
            )

    def _schedule(self, n: int) -> Schedule:
        """Return radius and learning rate of every step of a training on `n` rows."""
        batch = self.training == "batch"
        sigma = max(self.rows, self.columns) / 2 if self.sigma is None else self.sigma
        # The exponential decay's lambda is then T / ln sigma, or T for a radius below e.
        sigma_end = min(1.0, sigma / math.e) if self.sigma_end is None else self.sigma_end
        rate, rate_end = self.learning_rate, self.learning_rate_end
        if rate is None:
            rate = 1.0 if batch else 0.5
        if rate_end is None:
            # One lambda for both, as in the handbook; Kohonen's batch map has a constant rate.
            constant = batch and self.learning_rate is None
            rate_end = rate if constant else rate * sigma_end / sigma
        steps = self.n_steps or (20 if batch else 10 * n)
        return Schedule(sigma, sigma_end, rate, rate_end, self.decay, steps)

    def _begin(self, X: Array) -> None:
        """Initialise the nodes' positions and weights."""
        shape = (self.rows, self.columns)
        self.positions_ = Grid(*shape, self.topology).positions.reshape(*shape, 2)
        self._seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        random = np.random.default_rng([self._seed, 0])
        self.weights_ = initial_weights(self.init, *shape, X, random).reshape(*shape, -1)
        self.n_steps_ = 0
        self._n_features_out = 2

    def _pass(self, X: Array, schedule: Schedule, most: int) -> float:
        """Train with all rows once, online with at most `most`; return the quantisation error."""
        weights = self._nodes().copy()
        if self.training == "online":
            order = np.arange(len(X))
            if self.order == "random":
                order = np.random.default_rng([self._seed, 1 + self.n_steps_]).permutation(order)
            error = self._online_steps(weights, X, order[:most], schedule)
        else:
            winners = nearest_nodes(X, weights, self.metric)[:, 0]
            error = float(node_distances(X, weights, winners, self.metric).mean())
            self._batch_step(weights, X, winners, schedule)
        self.weights_ = weights.reshape(self.weights_.shape)
        return error

    def _online_steps(
        self, weights: Array, rows: Array, order: Numbers, schedule: Schedule
    ) -> float:
        """Let each row move its best matching unit and the nodes around it; return their distance.

        The weights change in place, w += L(t) influence(t) (x - w), and each row's distance is
        that before its own step: Kohonen, "Self-organized formation of topologically correct
        feature maps", Biological Cybernetics 43 (1982); handbook, 8.2-8.4.
        """
        grid, total = self._grid(), 0.0
        for number in order:
            row = rows[number]
            sigma, rate = schedule.at(self.n_steps_)
            distances = row_distances(weights, row[np.newaxis], self.metric)
            winner = int(distances.argmin())
            total += float(distances[winner])
            moved = rate * grid.influence([winner], sigma, self.neighborhood)[0]  # (nodes,)
            weights += moved[:, np.newaxis] * (row - weights)
            self.n_steps_ += 1
        return total / len(order)

    def _batch_step(
        self, weights: Array, rows: Array, winners: Numbers, schedule: Schedule
    ) -> None:
        """Move every node to the mean of all rows, weighted by their winners' influence on it.

        At that mean the online updates of a node cancel out, whatever metric finds the winners:
        Kohonen, "Essentials of the self-organizing map", Neural Networks 37 (2013). With a rate
        below 1, which is the batch map's, a node goes that share of the way; one that no winner
        influences stays where it is.
        """
        grid, nodes = self._grid(), len(weights)
        sigma, rate = schedule.at(self.n_steps_)
        # Rows of one winner have one influence: they are added up first, then spread over the map.
        hits = np.bincount(winners, minlength=nodes).astype(np.float64)
        chosen = (np.ones(len(rows)), winners, np.arange(len(rows) + 1))
        sums = sparse.csr_array(chosen, shape=(len(rows), nodes)).T @ rows  # (nodes, features)
        for part in gen_batches(nodes, _NODES):
            reach = grid.influence(np.arange(nodes)[part], sigma, self.neighborhood)
            mass = reach @ hits  # reach: (part, nodes)
            moved = mass > _TINY
            means = (reach @ sums)[moved] / mass[moved, np.newaxis]
            block = weights[part]
            block[moved] += rate * (means - block[moved])
        self.n_steps_ += 1
