"""RBF network for regression."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin

from handbook.models.parameters import Choice
from handbook.models.rbf.base import RBFNetwork
from handbook.models.rbf.units import Array

__all__ = ["RBFRegressor"]


class RBFRegressor(RegressorMixin, RBFNetwork):  # type: ignore[misc]
    """Regressor with one hidden layer of Gaussian units and a linear output.

    Far from all centres it predicts its bias, or 0 without one.

    Parameters
    ----------
    n_centers, centers, width, width_scale, n_neighbors, activation, ridge, bias
        See :class:`RBFClassifier`.
    output : {"least-squares", "gradient-descent"}, default="least-squares"
        How the output weights are fitted: least squares in closed form, or batch gradient
        descent on the squared error.
    learning_rate, epochs, train_units, max_iter, n_init, random_state
        See :class:`RBFClassifier`.

    Attributes
    ----------
    centers_, width_, n_iter_, loss_curve_
        See :class:`RBFClassifier`.
    coef_ : ndarray of shape (M, 1)
    intercept_ : ndarray of shape (1,)

    References
    ----------
    Broomhead and Lowe (1988); Moody and Darken (1989). Handbook, 7.1.

    Examples
    --------
    >>> from handbook.models.rbf import RBFRegressor
    >>> X = np.linspace(0, 3, 30)[:, np.newaxis]
    >>> model = RBFRegressor(n_centers=10, random_state=0).fit(X, np.sin(X[:, 0]))
    >>> float(model.predict([[1.5]])[0].round(3))
    0.997
    """

    _parameter_constraints = RBFNetwork._parameter_constraints | {
        "output": [Choice(["least-squares", "gradient-descent"])]
    }

    def _encode(self, y: npt.NDArray[Any]) -> tuple[Array, None]:
        return y[:, np.newaxis].astype(np.float64), None

    def predict(self, X: Any) -> Array:
        """Predict the target of each row, of shape (n,)."""
        return self._outputs(X)[:, 0]
