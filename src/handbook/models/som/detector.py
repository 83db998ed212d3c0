"""Outlier detection by a self-organizing map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from handbook.models.som.estimator import SelfOrganizingMap
from handbook.models.som.grid import Neighborhood, Topology
from handbook.models.som.matching import Metric
from handbook.models.som.schedule import Decay
from handbook.models.som.settings import check_detection

__all__ = ["SOMOutlierDetector"]

_Array = npt.NDArray[np.float64]

_OWN = ("rule", "n_units", "contamination")


class SOMOutlierDetector(OutlierMixin, BaseEstimator):  # type: ignore[misc]
    """Detector that calls a row an outlier by where it falls on a self-organizing map.

    Parameters
    ----------
    rows, columns, topology, neighborhood, metric, training, n_steps, decay, sigma, sigma_end, \
learning_rate, learning_rate_end, init, order, random_state
        Of the map, with its defaults; see :class:`SelfOrganizingMap`.
    rule : {"distance-map", "quantization"}, default="distance-map"
        What speaks for an outlier: a best matching unit that lies far from its neighbours on the
        grid (the mean distance, as the handbook has it), or one that lies far from the row. The
        first finds rare rows that are many enough to have nodes of their own, and needs a map
        whose radius began wide; the second finds rows that no node stands for, and needs few or
        stiff nodes.
    n_units : int, default=1
        How many of the best matching units this is averaged over. With 1, all rows of a unit
        have one distance-map score.
    contamination : float, default=0.1
        Share of outliers among the training rows, in (0, 0.5]; it sets the threshold.

    Attributes
    ----------
    map_ : SelfOrganizingMap
    offset_ : float
        Score below which a row is an outlier.

    References
    ----------
    Handbook, 8.5 (distance map). Munoz and Muruzabal, "Self-organizing maps for outlier
    detection", Neurocomputing 18 (1998), on both rules.

    Examples
    --------
    >>> from handbook.models.som import SOMOutlierDetector
    >>> rows = [[0.0], [0.1], [0.2], [0.3], [9.0]]
    >>> model = SOMOutlierDetector(rows=1, columns=3, sigma_end=0.3, contamination=0.2).fit(rows)
    >>> model.predict(rows).tolist()
    [1, 1, 1, 1, -1]
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
        rule: Literal["distance-map", "quantization"] = "distance-map",
        n_units: int = 1,
        contamination: float = 0.1,
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
        self.rule = rule
        self.n_units = n_units
        self.contamination = contamination
        self.random_state = random_state

    def set_progress(self, progress: Callable[[dict[str, float]], None] | None) -> Self:
        """Name who is handed the map's figures, see :meth:`SelfOrganizingMap.set_progress`."""
        self._progress = progress
        return self

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train the map and set the threshold.

        Parameters
        ----------
        X : array-like of shape (n, features)
        y : ignored

        Raises
        ------
        ValueError
            If a parameter is out of its range.
        """
        check_detection(self)
        X = validate_data(self, X, dtype=np.float64)
        own = self.get_params(deep=False)
        trained = SelfOrganizingMap(**{name: own[name] for name in own if name not in _OWN})
        trained.set_progress(getattr(self, "_progress", None))
        self.map_ = trained.fit(X)
        self.offset_ = float(np.percentile(self.score_samples(X), 100 * self.contamination))
        return self

    def score_samples(self, X: Any) -> _Array:
        """Return how normal each row is: the mean in question, negated; higher is more normal.

        Returns
        -------
        ndarray of shape (n,)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        numbers, distances = self.map_.best_units(X, self.n_units)
        if self.rule == "distance-map":
            distances = self.map_.distance_map().ravel()[numbers]
        normality: _Array = -distances.mean(axis=1)
        return normality

    def decision_function(self, X: Any) -> _Array:
        """Return the scores less `offset_`: negative for outliers."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> npt.NDArray[np.int64]:
        """Return -1 for outliers and 1 for the other rows."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        state.pop("_progress", None)
        return state
