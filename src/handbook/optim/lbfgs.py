"""L-BFGS: quasi-Newton steps from the last few gradients (section 3.12)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError
from handbook.optim.rule import Array
from handbook.optim.wolfe import line_search

__all__ = ["Found", "lbfgs", "two_loop"]

#: A pair is kept only where its curvature is positive beyond rounding.
_CURVED = 1e-10


class Found(NamedTuple):
    """Result of a minimisation.

    Parameters
    ----------
    x : ndarray of shape (d,)
    value : float
    gradient : ndarray of shape (d,)
    trajectory : ndarray of shape (steps + 1, d)
        The start and the point after each step.
    evaluations : list of int
        Evaluations of value and gradient up to each of these points.
    converged : bool
        Whether the gradient became small enough.
    """

    x: Array
    value: float
    gradient: Array
    trajectory: Array
    evaluations: list[int]
    converged: bool


def two_loop(gradient: Array, pairs: Sequence[tuple[Array, Array]]) -> Array:
    """Multiply a gradient by the inverse Hessian that past steps imply.

    Parameters
    ----------
    gradient : ndarray of shape (d,)
    pairs : sequence of (ndarray, ndarray)
        Steps s and changes of gradient y, the oldest first, each with s·y > 0.

    Returns
    -------
    ndarray of shape (d,)
        The gradient itself where there are no pairs.

    References
    ----------
    Nocedal (1980), "Updating quasi-Newton matrices with limited storage".

    Examples
    --------
    On a quadratic with curvatures 2 and 8, a pair along each axis gives Newton's step.

    >>> pairs = [(np.array([1.0, 0.0]), np.array([2.0, 0.0]))]
    >>> pairs += [(np.array([0.0, 1.0]), np.array([0.0, 8.0]))]
    >>> two_loop(np.array([2.0, 8.0]), pairs).tolist()
    [1.0, 1.0]
    """
    direction = gradient.copy()
    weights = []
    for s, y in reversed(pairs):
        weight = (s @ direction) / (s @ y)
        weights.append(weight)
        direction -= weight * y
    if pairs:
        s, y = pairs[-1]
        direction *= (s @ y) / (y @ y)
    for (s, y), weight in zip(pairs, reversed(weights), strict=True):
        direction += s * (weight - (y @ direction) / (s @ y))
    return direction


def lbfgs(
    function: Callable[[Array], tuple[float, Array]],
    start: npt.ArrayLike,
    steps: int = 100,
    memory: int = 10,
    tolerance: float = 1e-8,
) -> Found:
    """Minimise a smooth function by L-BFGS with a Wolfe line search.

    Parameters
    ----------
    function : callable
        Value and gradient at a point of shape (d,).
    start : array_like of shape (d,)
    steps : int
        Most steps.
    memory : int
        Pairs of steps and gradients that are kept.
    tolerance : float
        Stop where no entry of the gradient is larger.

    Returns
    -------
    Found

    Raises
    ------
    HandbookError
        No memory, or a start where value or gradient is not finite.

    References
    ----------
    Liu and Nocedal (1989), "On the limited memory BFGS method for large scale optimization".

    Examples
    --------
    >>> minimum = lbfgs(lambda x: (float((x - 3) @ (x - 3)), 2 * (x - 3)), [0.0, 9.0])
    >>> minimum.x.round(6).tolist(), minimum.converged
    ([3.0, 3.0], True)
    """
    if memory < 1:
        raise HandbookError(f"L-BFGS: a memory of {memory} pairs; give 1 or more")
    x = np.array(start, float)
    value, gradient = function(x)
    if not (np.isfinite(value) and np.all(np.isfinite(gradient))):
        raise HandbookError(f"L-BFGS: no finite value and gradient at {x}; start elsewhere")
    calls, trajectory, evaluations = 1, [x], [1]
    pairs: deque[tuple[Array, Array]] = deque(maxlen=memory)

    def small() -> bool:
        return bool(np.max(np.abs(gradient)) <= tolerance)

    for _ in range(steps):
        if small():
            break
        direction = -two_loop(gradient, tuple(pairs))
        tried: dict[float, tuple[float, Array]] = {}

        def along(length: float) -> tuple[float, float]:
            tried[length] = function(x + length * direction)  # noqa: B023 - used within the round alone
            return tried[length][0], float(tried[length][1] @ direction)  # noqa: B023

        # Without curvature information the first step is no longer than 1.
        first = 1.0 if pairs else min(1.0, 1.0 / float(np.sum(np.abs(gradient))))
        length = line_search(along, value, float(gradient @ direction), first)
        calls += len(tried)
        if length is None:
            break
        before = gradient
        x = x + length * direction
        value, gradient = tried[length]
        s, y = length * direction, gradient - before
        if s @ y > _CURVED * (y @ y):
            pairs.append((s, y))
        trajectory.append(x)
        evaluations.append(calls)
    return Found(x, value, gradient, np.array(trajectory), evaluations, small())
