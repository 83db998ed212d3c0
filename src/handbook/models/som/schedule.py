"""How radius and learning rate fall in the course of a training."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Decay", "Schedule", "decayed"]

Decay = Literal["exponential", "linear", "inverse-time"]


def decayed(start: float, end: float, progress: float, decay: Decay) -> float:
    """Return the value of a quantity on its way from `start` to `end`; the linear one may end at 0.

    Parameters
    ----------
    progress : float
        t / T, the share of the steps that are done, from 0 to 1.
    decay : {"exponential", "linear", "inverse-time"}
        start exp(-t / lambda) with lambda = T / ln(start / end); a straight line; or
        start / (1 + c t) with c = (start / end - 1) / T.

    References
    ----------
    Handbook, 8.4.3 and 8.4.4 (exponential).

    Examples
    --------
    >>> [decayed(8.0, 2.0, 0.5, decay) for decay in ("exponential", "linear", "inverse-time")]
    [4.0, 5.0, 3.2]
    """
    if decay == "exponential":
        return float(start * (end / start) ** progress)
    if decay == "linear":
        return start + (end - start) * progress
    return start / (1.0 + (start / end - 1.0) * progress)


class Schedule(NamedTuple):
    """Radius and learning rate of every step.

    Parameters
    ----------
    sigma, sigma_end : float
        Radius before the first step and after the last.
    rate, rate_end : float
        Learning rate, likewise.
    decay : {"exponential", "linear", "inverse-time"}
        See :func:`decayed`.
    steps : int
        T; later steps have the values of its end.
    """

    sigma: float
    sigma_end: float
    rate: float
    rate_end: float
    decay: Decay
    steps: int

    def at(self, step: int) -> tuple[float, float]:
        """Return radius and learning rate of a step, counted from 0.

        Examples
        --------
        >>> Schedule(4.0, 1.0, 0.5, 0.0, "linear", 100).at(50)
        (2.5, 0.25)
        """
        progress = min(step / self.steps, 1.0)
        return (
            decayed(self.sigma, self.sigma_end, progress, self.decay),
            decayed(self.rate, self.rate_end, progress, self.decay),
        )
