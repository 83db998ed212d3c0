"""What classifier and regressor share: units, output weights, and outputs in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils import gen_batches
from sklearn.utils.validation import (
    _check_sample_weight,
    check_array,
    check_is_fitted,
    validate_data,
)
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from handbook.models.rbf.centers import Placement, place_centers
from handbook.models.rbf.descent import descend
from handbook.models.rbf.output import least_squares, logistic
from handbook.models.rbf.settings import Output
from handbook.models.rbf.units import Array, Form, design_matrix, squared_distances
from handbook.models.rbf.widths import Rule, dmax_width, nearest_width, spread_widths

__all__ = ["RBFNetwork"]

# Answers that exist at one time while predicting: 32 MiB of them.
_ANSWERS = 2**22


class RBFNetwork(BaseEstimator):  # type: ignore[misc]
    """One hidden layer of Gaussian units and a linear output.

    See :class:`handbook.models.rbf.RBFClassifier` for parameters and attributes.
    """

    def __init__(
        self,
        n_centers: int = 8,
        *,
        centers: Placement | npt.ArrayLike = "kmeans",
        width: Rule | float = "dmax",
        width_scale: float = 1.0,
        n_neighbors: int = 1,
        activation: Form = "code",
        output: Output = "least-squares",
        ridge: float = 0.0,
        bias: bool = False,
        learning_rate: float = 0.1,
        epochs: int = 1000,
        train_units: bool = False,
        max_iter: int = 100,
        n_init: int = 1,
        random_state: Any = None,
    ) -> None:
        self.n_centers = n_centers
        self.centers = centers
        self.width = width
        self.width_scale = width_scale
        self.n_neighbors = n_neighbors
        self.activation = activation
        self.output = output
        self.ridge = ridge
        self.bias = bias
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.train_units = train_units
        self.max_iter = max_iter
        self.n_init = n_init
        self.random_state = random_state

    def set_progress(self, progress: Callable[[Mapping[str, float]], None] | None) -> Self:
        """Name who is handed each epoch's loss while gradient descent runs.

        Not a parameter: clones and saved models forget it.
        """
        self._progress = progress
        return self

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        state.pop("_progress", None)
        return state

    def _weighted(
        self, X: Array, y: npt.NDArray[Any], sample_weight: npt.ArrayLike | None
    ) -> tuple[Array, npt.NDArray[Any], Array | None]:
        """Return the rows that have weight, and their weights: one of 0 is a row not given."""
        if sample_weight is None:
            return X, y, None
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        there = weight > 0
        return X[there], y[there], weight[there]

    def _learn(
        self,
        X: Array,
        targets: Array,
        weight: Array | None,
        codes: npt.NDArray[np.intp] | None = None,
    ) -> None:
        """Place the units and find the output weights.

        Parameters
        ----------
        X : ndarray of shape (n, d)
        targets : ndarray of shape (n, K)
        weight : ndarray of shape (n,) or None
        codes : int ndarray of shape (n,) or None
            Classes, for the logistic loss.
        """
        common: dict[str, Any] = {"weight": weight, "ridge": self.ridge, "bias": self.bias}
        self.loss_curve_ = np.empty(0)
        # threads add their partial sums in any order: one thread, one answer
        with threadpool_limits(limits=1):
            self.centers_, self.n_iter_ = self._place(X, weight)
            self.width_ = self._reach(X, weight)
            if self.output == "gradient-descent":
                learned = descend(
                    X,
                    targets,
                    self.centers_,
                    self.width_,
                    self.activation,
                    learning_rate=self.learning_rate,
                    epochs=self.epochs,
                    train_units=self.train_units,
                    progress=getattr(self, "_progress", None),
                    **common,
                )
                self.coef_, self.intercept_, self.centers_, self.width_, self.loss_curve_ = learned
                return
            design = design_matrix(X, self.centers_, self.width_, self.activation)  # (n, M)
            if codes is not None and self.output == "logistic":
                self.coef_, self.intercept_ = logistic(design, codes, **common)
            else:
                self.coef_, self.intercept_ = least_squares(design, targets, **common)

    def _place(self, X: Array, weight: Array | None) -> tuple[Array, int]:
        if isinstance(self.centers, str):
            return place_centers(
                X,
                cast(Placement, self.centers),
                self.n_centers,
                weight=weight,
                max_iter=self.max_iter,
                n_init=self.n_init,
                random_state=self.random_state,
            )
        centers: Array = check_array(
            self.centers, dtype=np.float64, copy=True, input_name="centers"
        )
        if centers.shape[1] != X.shape[1]:
            raise ValueError(
                f"centers must have a column for each of the {X.shape[1]} features of X; "
                f"it has {centers.shape[1]}"
            )
        return centers, 1

    def _reach(self, X: Array, weight: Array | None) -> float | Array:
        width: float | Array
        if self.width == "dmax":
            width = dmax_width(self.centers_)
        elif self.width == "nearest":
            width = nearest_width(self.centers_, self.n_neighbors)
        elif self.width == "per-center":
            squared = squared_distances(X, self.centers_)
            width = spread_widths(squared, self.centers_, weight)
        else:
            width = float(self.width)
        return width * self.width_scale

    def _outputs(self, X: Any) -> Array:
        """Return the linear outputs, (n, K), with the answers of a part of the rows at a time."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        rows = max(1, _ANSWERS // len(self.centers_))
        with threadpool_limits(limits=1):
            parts = [
                design_matrix(X[part], self.centers_, self.width_, self.activation) @ self.coef_
                + self.intercept_
                for part in gen_batches(len(X), rows)
            ]
        return np.concatenate(parts)
