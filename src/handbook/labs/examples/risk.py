"""The risk, and the empirical risk of five observations (section 3.3.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from handbook.labs.result import Result, against, implies

__all__ = ["compute", "empirical_risk", "plot", "risk"]

# How near SciPy's search comes to a minimum: half the digits of its value.
_FOUND = 1e-6


def risk(x: Any) -> Any:
    """Return the book's risk, x²."""
    return np.asarray(x) ** 2


def empirical_risk(x: Any, observed: npt.ArrayLike) -> Any:
    """Return the mean squared distance of x to the observations.

    Examples
    --------
    >>> float(empirical_risk(1.0, [0.0, 4.0]))
    5.0
    """
    return np.mean((np.asarray(x)[..., None] - np.asarray(observed, float)) ** 2, axis=-1)


def compute(observed: list[float], reach: list[float]) -> list[Result]:
    """Find the answer that minimises the risk, and the one for five observations of it."""
    mean = sum(observed) / len(observed)
    searched = minimize_scalar(lambda x: float(empirical_risk(x, observed)), bracket=tuple(reach))
    low, middle, high = mean - 1, mean, mean + 1
    bends = [
        curve(high) - 2 * curve(middle) + curve(low)
        for curve in (risk, lambda x: empirical_risk(x, observed))
    ]
    return [
        Result(
            "where the empirical risk is least",
            mean,
            searched.x,
            "scipy.optimize.minimize_scalar; closed form: the mean of what was observed",
            tolerance=_FOUND,
        ),
        against("numpy.var: the variance of what was observed")(
            "the least empirical risk", empirical_risk(mean, observed), np.var(observed)
        ),
        against("scipy.optimize.minimize_scalar, once for each", _FOUND)(
            "how far apart the minima of the risk and of the empirical risk lie",
            abs(mean - 0.0),
            abs(searched.x - minimize_scalar(risk).x),
        ),
        against("closed form: both are parabolas")(
            "second derivatives of the risk and of the empirical risk", bends, [2.0, 2.0]
        ),
        against("the minima and second derivatives above")(
            "in what the two curves differ",
            _difference(mean, bends),
            "in location",
            book=implies("in smoothness", (2984, 2986, 3040)),
            fault="wrong claim",
            reason="an empirical risk may be less smooth, as the text begins, but it goes on to "
            "speak of a difference in smoothness, and its example has none: both are parabolas "
            f"with the same second derivative, the empirical risk's minimum at {mean:g}, the "
            "risk's at 0",
            instead="shows both minima: what is learnt from few rows lies elsewhere",
        ),
    ]


def plot(observed: list[float], reach: list[float]) -> dict[str, Any]:
    """Return both curves and their minima."""
    x = np.linspace(reach[0], reach[1], 121)
    return {
        "x": x,
        "risk": risk(x),
        "empirical": empirical_risk(x, observed),
        "observed": observed,
        "minima": [[0.0, 0.0], [np.mean(observed), np.var(observed)]],
    }


def _difference(apart: float, bends: list[float]) -> str:
    words = ["in location"] if abs(apart) > _FOUND else []
    words += ["in smoothness"] if abs(bends[0] - bends[1]) > _FOUND else []
    return " and ".join(words) or "in nothing"
