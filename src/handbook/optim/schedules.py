"""Learning-rate schedules (section 3.13).

Three are functions of the step alone, so a whole curve is one call; the plateau depends on losses
and is called step by step. The unit of a step is the caller's: an epoch or a batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError

__all__ = ["Plateau", "exponential", "step_decay", "warm_up"]


def step_decay(step: npt.ArrayLike, rate: float, every: int, factor: float = 0.1) -> Any:
    """Multiply the rate by a factor every so many steps.

    Parameters
    ----------
    step : int or array of int
        Counted from 0.
    rate : float
        Of step 0.
    every : int
        Steps between two falls.
    factor : float

    Returns
    -------
    float or ndarray of the shape of `step`

    Examples
    --------
    >>> step_decay([0, 1, 2, 4], rate=8.0, every=2, factor=0.5).tolist()
    [8.0, 8.0, 4.0, 2.0]
    """
    if every < 1:
        raise HandbookError(f"step decay: falls every {every} steps; give 1 or more")
    return rate * factor ** (np.asarray(step) // every)


def exponential(step: npt.ArrayLike, rate: float, factor: float = 0.9) -> Any:
    """Multiply the rate by a factor at every step.

    For parameters see :func:`step_decay`.

    Examples
    --------
    >>> exponential([0, 1, 2], rate=8.0, factor=0.5).tolist()
    [8.0, 4.0, 2.0]
    """
    return rate * factor ** np.asarray(step)


def warm_up(step: npt.ArrayLike, rate: float, steps: int, start: float = 0.1) -> Any:
    """Raise the rate evenly to its full height, then keep it.

    Parameters
    ----------
    step : int or array of int
        Counted from 0.
    rate : float
        From step `steps` on.
    steps : int
        Steps of the rise.
    start : float
        Share of the rate at step 0.

    Returns
    -------
    float or ndarray of the shape of `step`

    References
    ----------
    Goyal et al. (2017), "Accurate, large minibatch SGD: training ImageNet in 1 hour".

    Examples
    --------
    >>> warm_up([0, 1, 2, 9], rate=8.0, steps=2, start=0.5).tolist()
    [4.0, 6.0, 8.0, 8.0]
    """
    if steps < 1:
        raise HandbookError(f"warm-up: {steps} steps of rise; give 1 or more")
    risen = np.minimum(np.asarray(step) / steps, 1.0)
    return rate * (start + (1 - start) * risen)


class Plateau:
    """Lower the rate where the loss no longer falls.

    Parameters
    ----------
    rate : float
        Until the first fall.
    factor : float
        Of each fall, in (0, 1).
    patience : int
        Number of losses without improvement after which the next lowers the rate.
    threshold : float
        A loss improves where it is below ``(1 - threshold)`` times the best.

    Examples
    --------
    >>> plateau = Plateau(rate=1.0, factor=0.5, patience=1)
    >>> [plateau.after(loss) for loss in (3.0, 2.0, 2.0, 2.0, 2.0, 2.0)]
    [1.0, 1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self, rate: float, factor: float = 0.1, patience: int = 10, threshold: float = 1e-4
    ) -> None:
        if not 0 < factor < 1:
            raise HandbookError(f"plateau: factor {factor} lowers no rate; give one in (0, 1)")
        self.rate = rate
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self._best = np.inf
        self._waited = 0

    def after(self, loss: float) -> float:
        """Take a loss; return the rate of the next step."""
        if loss < self._best * (1 - self.threshold):
            self._best, self._waited = loss, 0
        else:
            self._waited += 1
        if self._waited > self.patience:
            self.rate, self._waited = self.rate * self.factor, 0
        return self.rate
