"""The RBF network that tells classes apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from handbook.models.rbf.base import RBFNetwork
from handbook.models.rbf.centers import Placement
from handbook.models.rbf.settings import Output, check_settings
from handbook.models.rbf.simplex import project_onto_simplex
from handbook.models.rbf.units import Array, Form
from handbook.models.rbf.widths import Rule

__all__ = ["RBFClassifier"]


class RBFClassifier(ClassifierMixin, RBFNetwork):  # type: ignore[misc]
    """Classifier with one hidden layer of Gaussian units and a linear output.

    Two classes have one output, more have one a class; its targets are 0 and 1, or it is a
    logit. The defaults are the handbook's settings.

    Parameters
    ----------
    n_centers : int, default=8
        Units asked for. There are never more of them than distinct rows; ``centers_`` tells.
    centers : {"kmeans", "minibatch", "random"} or array-like of shape (M, d), default="kmeans"
        Centroids of k-means or of mini-batch k-means, rows drawn at random, or these very
        points (then `n_centers` plays no part).
    width : {"dmax", "nearest", "per-center"} or float, default="dmax"
        sigma. ``"dmax"``: d_max / sqrt(2 M) for all units
        (:func:`~handbook.models.rbf.widths.dmax_width`); ``"nearest"``: the mean distance of a
        centre to its nearest others (:func:`~handbook.models.rbf.widths.nearest_width`);
        ``"per-center"``: the spread of each unit's own rows
        (:func:`~handbook.models.rbf.widths.spread_widths`).
    width_scale : float, default=1.0
        Factor on what `width` gives: how far the units overlap.
    n_neighbors : int, default=1
        Other centres that ``width="nearest"`` looks at.
    activation : {"code", "text"}, default="code"
        Which of the handbook's two Gaussians: exp(-d^2 / (2 sigma)^2) or exp(-d^2 / sigma^2).
    output : {"least-squares", "logistic", "gradient-descent"}, default="least-squares"
        What finds the output weights: the least squared error in one go, the least logistic
        loss, or batch gradient descent on the squared error.
    ridge : float, default=0.0
        Penalty on the squared output weights (not on the bias), beside the squared error or
        twice the logistic loss, summed over rows. The logistic loss needs one above 0.
    bias : bool, default=False
        Whether the output has a constant term. The handbook's has none.
    learning_rate : float, default=0.1
        Of gradient descent, on the mean over rows; below 2 / (M + 1) fixed units cannot diverge.
    epochs : int, default=1000
        Steps of gradient descent, each with all rows.
    train_units : bool, default=False
        Whether gradient descent moves centres and widths too; each unit then has its own width.
    threshold : float, default=0.5
        With two classes, an output (a probability where it is logistic) above it means the
        second one. More classes: the largest output.
    max_iter, n_init : int, default=100 and 1
        Iterations of a k-means run, and runs of which the best is kept.
    random_state : int, RandomState instance or None, default=None
        Seed of the centres.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
    centers_ : ndarray of shape (M, d)
    width_ : float or ndarray of shape (M,)
        sigma, `width_scale` included.
    n_iter_ : int
        Iterations that k-means took; 1 where centres are drawn or given.
    coef_ : ndarray of shape (M, 1) for two classes, else (M, K)
    intercept_ : ndarray of shape (1,) or (K,)
    loss_curve_ : ndarray of shape (epochs,)
        Half the mean squared error, with the penalty's share, before each step of gradient
        descent; empty without it.

    References
    ----------
    Broomhead and Lowe, "Multivariable functional interpolation and adaptive networks", Complex
    Systems 2 (1988); Moody and Darken, "Fast learning in networks of locally-tuned processing
    units", Neural Computation 1 (1989). Handbook, 7.1-7.3.

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
        threshold: float = 0.5,
        max_iter: int = 100,
        n_init: int = 1,
        random_state: Any = None,
    ) -> None:
        super().__init__(
            n_centers,
            centers=centers,
            width=width,
            width_scale=width_scale,
            n_neighbors=n_neighbors,
            activation=activation,
            output=output,
            ridge=ridge,
            bias=bias,
            learning_rate=learning_rate,
            epochs=epochs,
            train_units=train_units,
            max_iter=max_iter,
            n_init=n_init,
            random_state=random_state,
        )
        self.threshold = threshold

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> RBFClassifier:
        """Place the centres, set the widths and find the output weights.

        Parameters
        ----------
        X : array-like of shape (n, d)
            Dense.
        y : array-like of shape (n,)
        sample_weight : array-like of shape (n,) or None
            Weight of each row in the centroids, the widths and the error; 0 is a row not given.

        Raises
        ------
        ValueError
            If a parameter is out of its range, `y` holds one class only, or gradient descent
            diverges.
        TypeError
            If `X` is sparse.
        """
        check_settings(self)
        if self.output == "logistic" and not 0 < self.threshold < 1:
            raise ValueError(
                f"threshold must be a probability between 0 and 1 with output='logistic'; "
                f"it is {self.threshold!r}"
            )
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        X, y, weight = self._weighted(X, y, sample_weight)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"RBFClassifier needs at least 2 classes, but y holds one class only: "
                f"{self.classes_.tolist()[0]!r}"
            )
        if len(self.classes_) == 2:
            targets = codes[:, np.newaxis].astype(np.float64)  # (n, 1)
        else:
            targets = np.eye(len(self.classes_))[codes]  # (n, K)
        self._learn(X, targets, weight, codes)
        return self

    def decision_function(self, X: Any) -> Array:
        """Return the linear outputs.

        Returns
        -------
        ndarray of shape (n,) or (n, K)
            For two classes the output less `threshold` (less its log-odds where the output is
            logistic), so that positive means the second class; otherwise an output a class.
        """
        output = self._outputs(X)
        return output[:, 0] - self._cut() if len(self.classes_) == 2 else output

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class of each row."""
        decision = self.decision_function(X)
        codes = (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)
        predicted: npt.NDArray[Any] = self.classes_[codes]
        return predicted

    def predict_proba(self, X: Any) -> Array:
        """Return the classes' probabilities; `threshold` plays no part.

        Logistic outputs are logits and have theirs. Least squares to 0/1 targets estimates
        probabilities too, but leaves [0, 1]; those outputs are moved to the nearest point of the
        simplex. That leaves a proper distribution as it is, keeps the order of the classes, and
        is plain clipping to [0, 1] where there are two.

        Returns
        -------
        ndarray of shape (n, K)
        """
        output = self.decision_function(X)
        if output.ndim == 2:
            return softmax(output, axis=1) if self._is_logistic() else project_onto_simplex(output)
        output = output + self._cut()
        second = expit(output) if self._is_logistic() else np.clip(output, 0.0, 1.0)
        return np.column_stack([1.0 - second, second])

    def _is_logistic(self) -> bool:
        return self.output == "logistic"

    def _cut(self) -> float:
        """Return the output at which the second of two classes begins."""
        return float(logit(self.threshold)) if self._is_logistic() else self.threshold
