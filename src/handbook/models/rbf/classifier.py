"""RBF network for classification."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import Interval
from sklearn.utils.multiclass import check_classification_targets

from handbook.models.rbf.base import RBFNetwork
from handbook.models.rbf.simplex import project_onto_simplex
from handbook.models.rbf.units import Array

__all__ = ["RBFClassifier"]


@dataclass(eq=False, repr=False)
class RBFClassifier(ClassifierMixin, RBFNetwork):  # type: ignore[misc]
    """Classifier with one hidden layer of Gaussian units and a linear output.

    There is one output for two classes, else one for each class. An output is trained towards
    0 and 1, or is a logit. The defaults are the handbook's settings.

    Parameters
    ----------
    n_centers : int, default=8
        Number of units; there are fewer where there are fewer distinct rows.
    centers : {"kmeans", "minibatch", "random"} or array-like of shape (M, d), default="kmeans"
        Centroids of k-means or of mini-batch k-means, rows drawn at random, or the given points
        (`n_centers` is then ignored).
    width : {"dmax", "nearest", "per-center"} or float, default="dmax"
        sigma. ``"dmax"``: d_max / sqrt(2 M) for all units
        (:func:`~handbook.models.rbf.widths.dmax_width`); ``"nearest"``: the mean distance of a
        centre to its nearest others (:func:`~handbook.models.rbf.widths.nearest_width`);
        ``"per-center"``: the spread of each unit's own rows
        (:func:`~handbook.models.rbf.widths.spread_widths`).
    width_scale : float, default=1.0
        Factor on what `width` gives: how far the units overlap.
    n_neighbors : int, default=1
        Number of other centres used by ``width="nearest"``.
    activation : {"code", "text"}, default="code"
        Which of the handbook's two Gaussians: exp(-d^2 / (2 sigma)^2) or exp(-d^2 / sigma^2).
    output : {"least-squares", "logistic", "gradient-descent"}, default="least-squares"
        How the output weights are fitted: least squares in closed form, logistic regression, or
        batch gradient descent on the squared error.
    ridge : float, default=0.0
        Penalty on the squared output weights (not on the bias), beside the squared error or
        twice the logistic loss, summed over rows. The logistic loss needs one above 0.
    bias : bool, default=False
        Whether the output has a constant term. The handbook's has none.
    learning_rate : float, default=0.1
        Step size of gradient descent on the mean over rows. Below 2 / (M + 1) it cannot diverge
        while the units are fixed.
    epochs : int, default=1000
        Steps of gradient descent, each on all rows.
    train_units : bool, default=False
        Whether gradient descent also updates centres and widths; each unit then has its own
        width.
    threshold : float, default=0.5
        Output (a probability where it is logistic) above which the second of two classes is
        predicted. Unused with more classes: the largest output wins.
    max_iter, n_init : int, default=100 and 1
        Iterations of one k-means run, and number of runs of which the best is kept.
    random_state : int, RandomState instance or None, default=None
        Seed for the centres.

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

    _: KW_ONLY
    threshold: float = 0.5

    _parameter_constraints = RBFNetwork._parameter_constraints | {
        "threshold": [Interval(Real, None, None, closed="neither")]
    }

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.output == "logistic" and not 0 < self.threshold < 1:
            raise ValueError(
                f"threshold must be a probability between 0 and 1 with output='logistic'; "
                f"it is {self.threshold!r}"
            )

    def _encode(self, y: npt.NDArray[Any]) -> tuple[Array, npt.NDArray[np.intp]]:
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"RBFClassifier needs at least 2 classes, but y holds one class only: "
                f"{self.classes_.tolist()[0]!r}"
            )
        if len(self.classes_) == 2:
            return codes[:, np.newaxis].astype(np.float64), codes  # (n, 1)
        return np.eye(len(self.classes_))[codes], codes  # (n, K)

    def decision_function(self, X: Any) -> Array:
        """Return the linear outputs.

        Returns
        -------
        ndarray of shape (n,) or (n, K)
            For two classes the output minus `threshold` (minus its log-odds where the output is
            logistic), so that positive means the second class; else one output per class.
        """
        output = self._outputs(X)
        return output[:, 0] - self._cutoff() if len(self.classes_) == 2 else output

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Predict the class of each row."""
        decision = self.decision_function(X)
        codes = (decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)
        return np.asarray(self.classes_[codes])

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class; `threshold` is not used.

        Logistic outputs are logits. Least squares on 0/1 targets estimates probabilities too,
        but its outputs can leave [0, 1]; they are projected onto the simplex. That keeps the
        order of the classes and, for two classes, is clipping to [0, 1].

        Returns
        -------
        ndarray of shape (n, K)
        """
        output = self.decision_function(X)
        if output.ndim == 2:
            return softmax(output, axis=1) if self._is_logistic() else project_onto_simplex(output)
        output = output + self._cutoff()
        second = expit(output) if self._is_logistic() else np.clip(output, 0.0, 1.0)
        return np.column_stack([1.0 - second, second])

    def _is_logistic(self) -> bool:
        return self.output == "logistic"

    def _cutoff(self) -> float:
        """Return the output above which the second of two classes is predicted."""
        return float(logit(self.threshold)) if self._is_logistic() else self.threshold
