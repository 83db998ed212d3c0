"""Base of every optimizer: a step against a direction, and its repetition."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError

__all__ = ["Array", "Rate", "Rule", "minimise", "share"]

Array: TypeAlias = npt.NDArray[np.float64]
#: A learning rate, or an array of them that broadcasts over the parameters.
Rate: TypeAlias = "float | Array"


class Rule(ABC):
    """A first-order optimizer: ``parameters - rate * direction(gradient)``.

    A rule works entry by entry, so parameters may have any shape; and several learning rates run
    at once where parameters have the shape (rates, d) and `rate` the shape (rates, 1).

    Parameters
    ----------
    rate : float or ndarray
        Learning rate, above 0. It may be changed between steps, as a schedule does.

    Raises
    ------
    HandbookError
        A rate that is not above 0.
    """

    def __init__(self, rate: Rate) -> None:
        if not np.all(np.asarray(rate) > 0):
            raise HandbookError(
                f"{type(self).__name__}: learning rate {rate} is not above 0; give a positive one"
            )
        self.rate = rate

    @abstractmethod
    def direction(self, gradient: Array) -> Array:
        """Update the memory with a gradient; return what is subtracted for a rate of 1."""

    def step(self, parameters: Array, gradient: Array) -> Array:
        """Return the parameters after one step.

        Parameters
        ----------
        parameters, gradient : ndarray of the same shape
            The gradient of the loss at these parameters.

        Raises
        ------
        HandbookError
            Two shapes.
        """
        parameters, gradient = np.asarray(parameters, float), np.asarray(gradient, float)
        if parameters.shape != gradient.shape:
            raise HandbookError(
                f"{type(self).__name__}: gradient of shape {gradient.shape} for parameters of "
                f"shape {parameters.shape}; they must be the same"
            )
        moved: Array = parameters - self.rate * self.direction(gradient)
        return moved


def minimise(
    rule: Rule,
    gradient: Callable[[Array], Array],
    start: npt.ArrayLike,
    steps: int,
    schedule: Callable[[int], float] | None = None,
) -> Array:
    """Take steps of a rule and return the parameters after each.

    Parameters
    ----------
    rule : Rule
        Fresh, or its memory goes on from earlier steps.
    gradient : callable
        Gradient of the loss at given parameters.
    start : array_like
        First parameters, of any shape.
    steps : int
    schedule : callable, optional
        Learning rate of each step, counted from 0; without it the rule's own stays.

    Returns
    -------
    ndarray of shape (steps + 1, ...)
        The start and the parameters after each step; the rest of the shape is the start's.

    Examples
    --------
    >>> from handbook.optim import GradientDescent
    >>> minimise(GradientDescent(rate=0.25), lambda x: 2 * x, [8.0], steps=3).tolist()
    [[8.0], [4.0], [2.0], [1.0]]
    """
    at = np.array(start, float)
    trajectory = np.empty((steps + 1, *at.shape))
    trajectory[0] = at
    for number in range(steps):
        if schedule is not None:
            rule.rate = schedule(number)
        at = trajectory[number + 1] = rule.step(at, gradient(at))
    return trajectory


def share(rule: str, name: str, value: Any) -> float:
    """Return a coefficient that must lie in [0, 1).

    Raises
    ------
    HandbookError
        It does not.
    """
    if not 0 <= value < 1:
        raise HandbookError(f"{rule}: {name} {value} is outside [0, 1); give one inside")
    return float(value)
