"""Outlier detection by a self-organizing map."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from numbers import Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin, clone
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted, validate_data

from handbook.models.parameters import COUNT, Choice
from handbook.models.progress import ProgressMixin
from handbook.models.som.estimator import SelfOrganizingMap
from handbook.models.som.grid import Array, Numbers

__all__ = ["SOMOutlierDetector"]


@dataclass(eq=False, repr=False)
class SOMOutlierDetector(ProgressMixin, OutlierMixin, BaseEstimator):  # type: ignore[misc]
    """Outlier detector that scores a row by its best matching units on a self-organizing map.

    Parameters
    ----------
    map : SelfOrganizingMap or None, default=None
        Map to train; None is ``SelfOrganizingMap()``. A copy is trained, this object is not
        changed.
    rule : {"distance-map", "quantization"}, default="distance-map"
        What makes a row an outlier: a best matching unit that is far from its neighbours on the
        grid (the mean distance, as in the handbook), or one that is far from the row. The first
        detects rare rows that are numerous enough to have nodes of their own, and needs a map
        whose radius began wide; the second detects rows that no node represents, and needs few
        or stiff nodes.
    n_units : int, default=1
        Number of best matching units to average over. With 1, all rows of a unit have the same
        distance-map score.
    contamination : float, default=0.1
        Share of outliers among the training rows, in (0, 0.5]; it sets the threshold.
    random_state : int, RandomState instance or None, default=None
        Seed for the map, unless the map has a `random_state` of its own.

    Attributes
    ----------
    map_ : SelfOrganizingMap
        The trained map.
    offset_ : float
        Score below which a row is an outlier.

    References
    ----------
    Handbook, 8.5 (distance map). Munoz and Muruzabal, "Self-organizing maps for outlier
    detection", Neurocomputing 18 (1998), on both rules.

    Examples
    --------
    >>> from handbook.models.som import SelfOrganizingMap, SOMOutlierDetector
    >>> rows = [[0.0], [0.1], [0.2], [0.3], [9.0]]
    >>> line = SelfOrganizingMap(rows=1, columns=3, sigma_end=0.3)
    >>> SOMOutlierDetector(line, contamination=0.2).fit(rows).predict(rows).tolist()
    [1, 1, 1, 1, -1]
    """

    map: SelfOrganizingMap | None = None
    _: KW_ONLY
    rule: Literal["distance-map", "quantization"] = "distance-map"
    n_units: int = 1
    contamination: float = 0.1
    random_state: Any = None

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "map": [SelfOrganizingMap, None],
        "rule": [Choice(["distance-map", "quantization"])],
        "n_units": [COUNT],
        "contamination": [Interval(Real, 0, 0.5, closed="right")],
        "random_state": ["random_state"],
    }

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train the map, with the callback of :meth:`set_progress`, and set the threshold.

        Parameters
        ----------
        X : array-like of shape (n, features)
        y : ignored

        Raises
        ------
        ValueError
            If a parameter is out of range.
        """
        self._validate_params()
        untrained = SelfOrganizingMap() if self.map is None else clone(self.map)
        if untrained.random_state is None:
            untrained.set_params(random_state=self.random_state)
        untrained._validate_params()
        nodes = untrained.rows * untrained.columns
        if self.n_units > nodes:
            raise ValueError(f"n_units must be at most the {nodes} nodes; it is {self.n_units!r}")
        X = validate_data(self, X, dtype=np.float64)
        self.map_ = untrained.set_progress(getattr(self, "_progress", None)).fit(X)
        self.offset_ = float(np.percentile(self.score_samples(X), 100 * self.contamination))
        return self

    def score_samples(self, X: Any) -> Array:
        """Return the negated mean distance of each row; higher is more normal.

        Returns
        -------
        ndarray of shape (n,)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        numbers, distances = self.map_.best_units(X, self.n_units)
        if self.rule == "distance-map":
            distances = self.map_.distance_map().ravel()[numbers]
        return np.asarray(-distances.mean(axis=1))

    def decision_function(self, X: Any) -> Array:
        """Return the scores minus `offset_`: negative for outliers."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> Numbers:
        """Return -1 for outliers and 1 for the other rows."""
        return np.where(self.decision_function(X) < 0, -1, 1)
