"""Radial basis function network: Gaussian units on k-means centres, output by least squares."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import scipy.linalg
from scipy.spatial.distance import cdist, pdist
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

__all__ = ["RBFClassifier", "activation", "dmax_width", "solve_output_weights"]

_Array = npt.NDArray[np.float64]
_Form = Literal["text", "code"]


def dmax_width(centers: npt.ArrayLike) -> float:
    """Return the common width sigma = d_max / sqrt(2 M) of M centres.

    d_max is the largest distance between two centres. A single centre (or M equal ones) has no
    such distance; its width is 1.

    Examples
    --------
    >>> dmax_width([[0.0, 0.0], [3.0, 4.0]])
    2.5
    """
    centers = np.asarray(centers, dtype=np.float64)
    largest = float(pdist(centers).max()) if len(centers) > 1 else 0.0
    return largest / float(np.sqrt(2 * len(centers))) if largest > 0 else 1.0


def activation(squared_distance: npt.ArrayLike, width: float, form: _Form = "code") -> _Array:
    """Return the Gaussian units' answers to squared distances.

    Parameters
    ----------
    squared_distance : array-like
    width : float
        sigma.
    form : {"text", "code"}
        ``"text"`` is exp(-d^2 / sigma^2) as the handbook's text has it, ``"code"`` is
        exp(-d^2 / (2 sigma)^2) as its program has it: the same bell, twice as wide.

    Examples
    --------
    >>> float(activation(4.0, 2.0, "text"))  # exp(-1)
    0.36787944117144233
    >>> float(activation(16.0, 2.0, "code"))  # exp(-1)
    0.36787944117144233
    """
    scale = width if form == "text" else 2 * width
    answer: _Array = np.exp(-np.asarray(squared_distance, dtype=np.float64) / scale**2)
    return answer


def solve_output_weights(design: _Array, targets: _Array, ridge: float = 0.0) -> _Array:
    """Return W that minimises ||design W - targets||^2 + ridge ||W||^2.

    The normal equations square the condition number, and neighbouring Gaussian units are nearly
    equal columns; so the problem is solved by orthogonal factorisation of the design itself,
    with sqrt(ridge) I below it. Without a ridge, a rank-deficient design gives the W of least
    norm.

    Parameters
    ----------
    design : ndarray of shape (n, M)
    targets : ndarray of shape (n, K)
    ridge : float

    Returns
    -------
    ndarray of shape (M, K)
    """
    if ridge > 0:
        units = design.shape[1]
        design = np.vstack([design, np.sqrt(ridge) * np.eye(units)])
        targets = np.vstack([targets, np.zeros((units, targets.shape[1]))])
    weights: _Array = scipy.linalg.lstsq(design, targets, lapack_driver="gelsd")[0]
    return weights


class RBFClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classifier with one hidden layer of Gaussian units and a linear output.

    Centres are k-means centroids of the training rows, all units share one width, and the output
    weights are the least-squares fit to 0/1 targets: one output for two classes, one a class
    otherwise. The defaults are the handbook's settings.

    Parameters
    ----------
    n_centers : int, default=8
        Units asked for. There are never more of them than distinct rows; ``centers_`` tells.
    width : "dmax" or float, default="dmax"
        sigma; ``"dmax"`` takes it from the centres, see :func:`dmax_width`.
    activation : {"code", "text"}, default="code"
        Which of the handbook's two Gaussians, see :func:`activation`.
    ridge : float, default=0.0
        Penalty on the squared output weights (not on the bias).
    bias : bool, default=False
        Whether the output has a constant term. The handbook's has none.
    threshold : float, default=0.5
        With two classes, outputs above it mean the second one. More classes: the largest output.
    max_iter, n_init : int, default=100 and 1
        Iterations of a k-means run, and runs of which the best is kept.
    random_state : int, RandomState instance or None, default=None
        Seed of k-means.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
    centers_ : ndarray of shape (M, n_features)
    width_ : float
    n_iter_ : int
        Iterations that k-means took.
    coef_ : ndarray of shape (M, 1) for two classes, else (M, K)
    intercept_ : ndarray of shape (1,) or (K,)

    References
    ----------
    Broomhead and Lowe, "Multivariable functional interpolation and adaptive networks", Complex
    Systems 2 (1988); Haykin, *Neural Networks*, on sigma = d_max / sqrt(2 M). Handbook, 7.1-7.3.

    Examples
    --------
    >>> from handbook.models.rbf import RBFClassifier
    >>> exclusive_or = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> model = RBFClassifier(n_centers=4, random_state=0).fit(exclusive_or, [0, 1, 1, 0])
    >>> model.predict(exclusive_or).tolist()
    [0, 1, 1, 0]
    """

    def __init__(
        self,
        n_centers: int = 8,
        *,
        width: float | Literal["dmax"] = "dmax",
        activation: _Form = "code",
        ridge: float = 0.0,
        bias: bool = False,
        threshold: float = 0.5,
        max_iter: int = 100,
        n_init: int = 1,
        random_state: Any = None,
    ) -> None:
        self.n_centers = n_centers
        self.width = width
        self.activation = activation
        self.ridge = ridge
        self.bias = bias
        self.threshold = threshold
        self.max_iter = max_iter
        self.n_init = n_init
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> RBFClassifier:
        """Place the centres, set the width and solve for the output weights.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
        y : array-like of shape (n,)

        Raises
        ------
        ValueError
            If a parameter is out of its range or `y` holds one class only.
        """
        self._check_parameters()
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"RBFClassifier needs at least 2 classes, but y holds one class only: "
                f"{self.classes_[0]!r}"
            )
        self.centers_ = self._place_centers(X)
        self.width_ = dmax_width(self.centers_) if self.width == "dmax" else float(self.width)
        design = self._design(X)  # (n, M)
        if len(self.classes_) == 2:
            targets = codes[:, np.newaxis].astype(np.float64)  # (n, 1)
        else:
            targets = np.eye(len(self.classes_))[codes]  # (n, K)
        # a bias that the ridge leaves alone is what centring both sides gives
        mean_design = design.mean(axis=0) if self.bias else np.zeros(design.shape[1])
        mean_target = targets.mean(axis=0) if self.bias else np.zeros(targets.shape[1])
        self.coef_ = solve_output_weights(design - mean_design, targets - mean_target, self.ridge)
        self.intercept_ = mean_target - mean_design @ self.coef_
        return self

    def decision_function(self, X: Any) -> _Array:
        """Return the linear outputs.

        Returns
        -------
        ndarray of shape (n,) or (n, K)
            For two classes the output less `threshold`, so that positive means the second class;
            otherwise an output a class.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        output: _Array = self._design(X) @ self.coef_ + self.intercept_
        return output[:, 0] - self.threshold if len(self.classes_) == 2 else output

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class of each row."""
        decision = self.decision_function(X)
        codes = (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)
        predicted: npt.NDArray[Any] = self.classes_[codes]
        return predicted

    def predict_proba(self, X: Any) -> _Array:
        """Return the linear outputs as probabilities: the nearest point of the simplex.

        Least squares to 0/1 targets estimates the classes' probabilities but leaves [0, 1]. The
        Euclidean projection leaves a proper distribution as it is, keeps the order of the
        classes, and is plain clipping to [0, 1] where there are two (`threshold` plays no part).

        Returns
        -------
        ndarray of shape (n, K)
        """
        output = self.decision_function(X)
        if output.ndim == 1:
            second = np.clip(output + self.threshold, 0.0, 1.0)
            return np.column_stack([1.0 - second, second])
        return _project_onto_simplex(output)

    def _check_parameters(self) -> None:
        for name in ("n_centers", "max_iter", "n_init"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)!r}")
        if self.activation not in ("text", "code"):
            raise ValueError(f"activation must be 'text' or 'code', not {self.activation!r}")
        if self.width != "dmax" and not (isinstance(self.width, (int, float)) and self.width > 0):
            raise ValueError(f"width must be 'dmax' or a number above 0, not {self.width!r}")
        if not self.ridge >= 0:
            raise ValueError(f"ridge must be 0 or more, not {self.ridge!r}")

    def _place_centers(self, X: _Array) -> _Array:
        """Return the centroids, fewer than asked for where there are fewer distinct rows."""
        kmeans = KMeans(
            n_clusters=min(self.n_centers, len(X)),
            n_init=self.n_init,
            max_iter=self.max_iter,
            random_state=self.random_state,
        )
        # threads of k-means add their partial sums in any order: one thread, one answer
        with threadpool_limits(limits=1), warnings.catch_warnings():
            # raised for repeated rows only, and those are dealt with in the next line
            warnings.simplefilter("ignore", ConvergenceWarning)
            kmeans.fit(X)
        self.n_iter_ = kmeans.n_iter_
        centers: _Array = np.unique(kmeans.cluster_centers_, axis=0)
        return centers

    def _design(self, X: _Array) -> _Array:
        """Return the answers of all units to all rows, (n, M)."""
        return activation(cdist(X, self.centers_, "sqeuclidean"), self.width_, self.activation)


def _project_onto_simplex(rows: _Array) -> _Array:
    """Return the nearest probability distribution to each row (Duchi et al., ICML 2008)."""
    descending = -np.sort(-rows, axis=1)
    excess = np.cumsum(descending, axis=1) - 1.0
    counts = np.arange(1, rows.shape[1] + 1)
    kept = (descending - excess / counts > 0).sum(axis=1)  # how many classes stay above 0
    shift = excess[np.arange(len(rows)), kept - 1] / kept
    projected: _Array = np.maximum(rows - shift[:, np.newaxis], 0.0)
    return projected
