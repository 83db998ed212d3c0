"""Base of the classifier and the regressor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Self, cast, get_args

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, is_regressor
from sklearn.utils import gen_batches
from sklearn.utils.validation import (
    _check_sample_weight,
    check_array,
    check_is_fitted,
    validate_data,
)
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from handbook.models.parameters import COUNT, NON_NEGATIVE, POSITIVE, Choice
from handbook.models.progress import ProgressMixin
from handbook.models.rbf.centers import Placement, place_centers
from handbook.models.rbf.descent import descend
from handbook.models.rbf.output import Output, least_squares, logistic
from handbook.models.rbf.units import Array, Form, design_matrix, squared_distances
from handbook.models.rbf.widths import Rule, dmax_width, nearest_width, spread_widths

__all__ = ["RBFNetwork"]

# Activations in memory at one time while predicting: 32 MiB.
_ACTIVATIONS = 2**22


@dataclass(eq=False, repr=False)
class RBFNetwork(ProgressMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """One hidden layer of Gaussian units and a linear output.

    See :class:`handbook.models.rbf.RBFClassifier` for parameters and attributes.
    """

    n_centers: int = 8
    _: KW_ONLY
    centers: Placement | npt.ArrayLike = "kmeans"
    width: Rule | float = "dmax"
    width_scale: float = 1.0
    n_neighbors: int = 1
    activation: Form = "code"
    output: Output = "least-squares"
    ridge: float = 0.0
    bias: bool = False
    learning_rate: float = 0.1
    epochs: int = 1000
    train_units: bool = False
    max_iter: int = 100
    n_init: int = 1
    random_state: Any = None

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_centers": [COUNT],
        "centers": [Choice(get_args(Placement)), "array-like"],
        "width": [Choice(get_args(Rule)), POSITIVE],
        "width_scale": [POSITIVE],
        "n_neighbors": [COUNT],
        "activation": [Choice(get_args(Form))],
        "output": [Choice(get_args(Output))],
        "ridge": [NON_NEGATIVE],
        "bias": ["boolean"],
        "learning_rate": [POSITIVE],
        "epochs": [COUNT],
        "train_units": ["boolean"],
        "max_iter": [COUNT],
        "n_init": [COUNT],
        "random_state": ["random_state"],
    }

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit centres, widths and output weights.

        Parameters
        ----------
        X : array-like of shape (n, d)
            Dense.
        y : array-like of shape (n,)
        sample_weight : array-like of shape (n,) or None
            Weight of each row in centroids, widths and error; rows of weight 0 are ignored.

        Raises
        ------
        ValueError
            If a parameter is out of range, a classifier's `y` holds one class only, or gradient
            descent diverges.
        TypeError
            If `X` is sparse.
        """
        self._check_parameters()
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=is_regressor(self))
        weight = None
        if sample_weight is not None:
            weight = _check_sample_weight(
                sample_weight, X, dtype=np.float64, ensure_non_negative=True
            )
            positive = weight > 0
            X, y, weight = X[positive], y[positive], weight[positive]
        self._learn(X, *self._encode(y), weight)
        return self

    def _check_parameters(self) -> None:
        """Raise ValueError where a parameter is out of range, alone or beside the others."""
        self._validate_params()
        if self.output == "logistic" and not self.ridge > 0:
            raise ValueError(
                "ridge must be above 0 with output='logistic': separable classes have no finite "
                f"weights else; it is {self.ridge!r}"
            )
        if self.train_units and self.output != "gradient-descent":
            raise ValueError(
                f"train_units must be False with output={self.output!r}: only "
                "'gradient-descent' moves units; it is True"
            )

    @abstractmethod
    def _encode(self, y: npt.NDArray[Any]) -> tuple[Array, npt.NDArray[np.intp] | None]:
        """Return targets of the outputs, (n, K), and codes of the classes where there are any."""

    def _learn(
        self, X: Array, targets: Array, codes: npt.NDArray[np.intp] | None, weight: Array | None
    ) -> None:
        """Fit on rows (n, d), targets (n, K) and, for the logistic loss, classes (n,)."""
        common: dict[str, Any] = {"weight": weight, "ridge": self.ridge, "bias": self.bias}
        self.loss_curve_ = np.empty(0)
        # Several threads add their partial sums in any order, which changes the last digits.
        with threadpool_limits(limits=1):
            self.centers_, self.n_iter_ = self._fit_centers(X, weight)
            self.width_ = self._fit_width(X, weight)
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

    def _fit_centers(self, X: Array, weight: Array | None) -> tuple[Array, int]:
        if isinstance(self.centers, str):
            placement = cast(Placement, self.centers)
            drawing = (weight, self.max_iter, self.n_init, self.random_state)
            return place_centers(X, placement, self.n_centers, *drawing)
        centers: Array = check_array(
            self.centers, dtype=np.float64, copy=True, input_name="centers"
        )
        if centers.shape[1] != X.shape[1]:
            raise ValueError(
                f"centers must have a column for each of the {X.shape[1]} features of X; "
                f"it has {centers.shape[1]}"
            )
        return centers, 1

    def _fit_width(self, X: Array, weight: Array | None) -> float | Array:
        width: float | Array
        if self.width == "dmax":
            width = dmax_width(self.centers_)
        elif self.width == "nearest":
            width = nearest_width(self.centers_, self.n_neighbors)
        elif self.width == "per-center":
            width = spread_widths(squared_distances(X, self.centers_), self.centers_, weight)
        else:
            width = float(self.width)
        return width * self.width_scale

    def _outputs(self, X: Any) -> Array:
        """Return the linear outputs, (n, K), computed in batches of rows to bound the memory."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        rows = max(1, _ACTIVATIONS // len(self.centers_))
        with threadpool_limits(limits=1):
            outputs = [
                design_matrix(X[batch], self.centers_, self.width_, self.activation) @ self.coef_
                + self.intercept_
                for batch in gen_batches(len(X), rows)
            ]
        return np.concatenate(outputs)
