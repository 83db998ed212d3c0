"""Coefficients of linear models, and how a penalty shrinks them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import Lasso, Ridge

from handbook.explain.collinear import collinear
from handbook.explain.run import Array, Fitted

__all__ = ["coefficient_path", "coefficients"]

_LARGEST = 20
_LINES = 15
_STEPS = 60
_ITERATIONS = 100_000  # of the lasso: the default is too small at the weakest penalties


def coefficients(fitted: Fitted) -> dict[str, Any]:
    """Return the largest coefficients of a linear model, for its scaled inputs.

    Returns
    -------
    dict
        ``features`` by falling size; each of ``series`` (one, or one for each class, or for each
        pair of classes) has a coefficient for each of them in ``values``. ``scaling`` is the unit
        of the inputs: ``standard`` their standard deviation, ``minmax`` their range, ``none``
        their own unit. ``total`` counts all coefficients of a series. ``design`` has the number
        of ``columns``, the intercept's among them, and their ``rank`` on the training rows; where
        that is smaller, ``free`` names the columns of the table whose coefficients are one
        solution of many.
    """
    model = fitted.model
    kernel = getattr(model, "kernel", "linear")
    if kernel != "linear":
        return {"undefined": f"with the kernel {kernel} no column has a coefficient"}
    fitted.require("coef_", "coefficients", "linear models")
    values = np.atleast_2d(np.asarray(model.coef_, dtype=float))
    intercepts = np.broadcast_to(np.asarray(model.intercept_, dtype=float), (len(values),))
    order = np.argsort(-np.abs(values).max(axis=0), kind="stable")[:_LARGEST]
    return {
        "of": _outcome(fitted),
        "scaling": fitted.scaling,
        "total": values.shape[1],
        "features": [fitted.features[index].name for index in order],
        "design": _design(fitted),
        "series": [
            {"name": name, "intercept": float(intercept), "values": row[order].tolist()}
            for name, intercept, row in zip(_series(fitted), intercepts, values, strict=True)
        ],
    }


def _design(fitted: Fitted) -> dict[str, Any]:
    """Say whether the training rows determine the coefficients."""
    intercept = bool(getattr(fitted.model, "fit_intercept", True))
    of = collinear(fitted.encoded(fitted.train), intercept=intercept)
    free = [feature for feature, is_free in zip(fitted.features, of.free, strict=True) if is_free]
    columns = dict.fromkeys(column for feature in free for column in feature.columns)
    return {"columns": of.columns, "rank": of.rank, "free": list(columns), "number": len(free)}


def _outcome(fitted: Fitted) -> str:
    """Name the quantity that the coefficients add up to."""
    if not fitted.classes:
        return fitted.train.target
    two = len(fitted.model.classes_) == 2
    return "log odds" if two and hasattr(fitted.model, "predict_proba") else "score"


def _series(fitted: Fitted) -> list[str]:
    """Name the rows of the coefficients."""
    if not fitted.classes:
        return [fitted.train.target]
    names = [fitted.classes[code] for code in fitted.model.classes_]
    if len(names) == 2:
        return names[1:]
    if hasattr(fitted.model, "support_vectors_"):
        # a row for each pair, which decides for the first class above zero
        return [f"{a} against {b}" for a, b in combinations(names, 2)]
    return names


def coefficient_path(fitted: Fitted) -> dict[str, Any]:
    """Refit lasso or ridge on the training rows over a grid of penalties.

    Returns
    -------
    dict
        ``alphas`` in rising order, the run's ``own`` among them (unless it is 0); ``lines``: the
        largest coefficients at the own alpha, each with its value at every alpha; ``kept``: how
        many of all coefficients are not 0, at every alpha; ``size``: the length of the vector of
        all coefficients, at every alpha.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), sections 3.4.1 and 3.4.2.
    """
    model = fitted.model
    if not isinstance(model, Lasso | Ridge):
        raise fitted.refuse("coefficient-path", "Lasso and Ridge")
    Z, y = fitted.encoded(fitted.train), fitted.train.labels
    own = float(model.alpha)
    alphas = _alphas(model, Z, y, own)
    refit = clone(model)
    if isinstance(model, Lasso):
        refit.set_params(warm_start=True, max_iter=_ITERATIONS)
    values = np.empty((len(alphas), Z.shape[1]))
    # from the strongest penalty: each fit starts at the one before it, which is near
    for index in reversed(range(len(alphas))):
        values[index] = refit.set_params(alpha=alphas[index]).fit(Z, y).coef_
    # by size at the run's own penalty, then by size anywhere
    order = np.lexsort((-np.abs(values).max(axis=0), -np.abs(model.coef_)))[:_LINES]
    return {
        "kind": "lasso" if isinstance(model, Lasso) else "ridge",
        "target": fitted.train.target,
        "scaling": fitted.scaling,
        "own": own,
        "alphas": alphas.tolist(),
        "total": Z.shape[1],
        "kept": np.count_nonzero(values, axis=1).tolist(),
        "size": np.linalg.norm(values, axis=1).tolist(),
        "own_kept": int(np.count_nonzero(model.coef_)),
        "own_size": float(np.linalg.norm(model.coef_)),
        "lines": [
            {"name": fitted.features[index].name, "values": values[:, index].tolist()}
            for index in order
        ],
    }


def _alphas(model: Any, Z: Array, y: Array, own: float) -> Array:
    """Return penalties evenly spaced on a log scale, from below `own` to above it."""
    Z, y = (Z - Z.mean(axis=0), y - y.mean()) if model.fit_intercept else (Z, y)
    if isinstance(model, Lasso):
        # from here on every coefficient is 0
        high = float(np.abs(Z.T @ y).max()) / len(y)
        low = high / 1000
    else:
        # shrinks the direction of the greatest spread to 1 in 100, or by 1 in 10,000
        spread = float(np.linalg.norm(Z, 2)) ** 2
        low, high = spread / 1e4, spread * 1e2
    if own > 0:
        low, high = min(low, own / 10), max(high, own * 2)
    grid = np.geomspace(low, high, _STEPS)
    return np.union1d(grid, [own]) if own > 0 else grid
