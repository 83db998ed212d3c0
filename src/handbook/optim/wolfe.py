"""A step length that satisfies the strong Wolfe conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from handbook.core.errors import HandbookError

__all__ = ["Point", "line_search"]

#: Trials before the search gives up: each halves, at least, what is left, down to rounding.
_TRIALS = 60


class Point(NamedTuple):
    """A function along a line: how far, its value and its slope there."""

    length: float
    value: float
    slope: float


def line_search(
    along: Callable[[float], tuple[float, float]],
    value: float,
    slope: float,
    first: float = 1.0,
    decrease: float = 1e-4,
    curvature: float = 0.9,
) -> float | None:
    """Find a step length where a function has fallen enough and is flat enough.

    The strong Wolfe conditions: ``f(a) <= f(0) + decrease a f'(0)`` and
    ``|f'(a)| <= curvature |f'(0)|``. Lengths double until two bracket such a length; cubic
    interpolation, kept off the ends of the bracket, then closes it.

    Parameters
    ----------
    along : callable
        Value and slope of the function at a length.
    value, slope : float
        At length 0; the slope is below 0.
    first : float
        Length that is tried first.
    decrease, curvature : float
        0 < decrease < curvature < 1.

    Returns
    -------
    float or None
        None where rounding hides any such length.

    Raises
    ------
    HandbookError
        A slope that does not fall.

    References
    ----------
    Nocedal and Wright (2006), "Numerical optimization", algorithms 3.5 and 3.6.

    Examples
    --------
    >>> line_search(lambda a: ((a - 3) ** 2, 2 * (a - 3)), value=9.0, slope=-6.0)
    1.0
    >>> line_search(lambda a: ((a - 3) ** 2, 2 * (a - 3)), 9.0, -6.0, curvature=0.1)
    3.0
    """
    if not slope < 0:
        raise HandbookError(f"line search: slope {slope} at the start; give a way that falls")

    def enough(point: Point) -> bool:
        return point.value <= value + decrease * point.length * slope

    def flat(point: Point) -> bool:
        return abs(point.slope) <= -curvature * slope

    low, high = Point(0.0, value, slope), None
    length = first
    for _ in range(_TRIALS):
        tried = Point(length, *along(length))
        if not enough(tried) or tried.value >= low.value:  # NaN too is not enough
            high = tried
        elif flat(tried):
            return tried.length
        else:
            # Such a length lies on the side on which the function falls from the new best.
            ahead = 1.0 if high is None else high.length - low.length
            if tried.slope * ahead >= 0:
                high = low
            low = tried
        length = 2 * length if high is None else _between(low, high)
    return None


def _between(low: Point, high: Point) -> float:
    """Return where the cubic through two points is least, or their middle."""
    width = high.length - low.length
    if math.isfinite(high.value) and math.isfinite(high.slope):
        # Nocedal and Wright, equation 3.59
        d1 = low.slope + high.slope - 3 * (low.value - high.value) / (low.length - high.length)
        under = d1**2 - low.slope * high.slope
        if under >= 0:
            d2 = math.copysign(math.sqrt(under), width)
            below = high.slope - low.slope + 2 * d2
            if below:
                cubic = high.length - width * (high.slope + d2 - d1) / below
                # Off both ends by a tenth, so that the bracket shrinks.
                if 0.1 <= (cubic - low.length) / width <= 0.9:
                    return cubic
    return low.length + width / 2
