"""Claim of sections 3.6.2 and 3.7: noise and momentum carry a descent out of a shallow minimum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from handbook.claims.finding import Finding, paired
from handbook.optim.descent import GradientDescent, Momentum
from handbook.optim.rule import Rule

__all__ = ["barrier", "compute", "descend", "slope", "wave"]

Array = npt.NDArray[np.float64]


def wave(x: Any) -> Any:
    """Return x cos(pi x): on [-1, 2], a shallow minimum at -0.27 and a deep one at 1.09."""
    return x * np.cos(np.pi * x)


def slope(x: Any) -> Any:
    """Return the derivative of :func:`wave`."""
    return np.cos(np.pi * x) - np.pi * x * np.sin(np.pi * x)


def barrier() -> float:
    """Return where the two valleys meet: the maximum between the minima.

    Examples
    --------
    >>> round(barrier(), 4)
    0.2739
    """
    return float(brentq(slope, 0.1, 0.5))


def descend(rule: Rule, start: Array, pulls: Array, ends: tuple[float, float]) -> Array:
    """Return where descents end, of samples' losses ``wave(x) + pull x``, one sample a step.

    Parameters
    ----------
    rule : Rule
    start : ndarray of shape (runs,)
    pulls : ndarray of shape (steps, runs)
        Of the sample that each step of each run looks at; 0 on average over the samples.
    ends : tuple of float
        Walls: a step over one ends there.
    """
    at = start
    for pull in pulls:
        at = np.clip(rule.step(at, slope(at) + pull), *ends)
    return at


def compute(
    seeds: Sequence[int],
    low: float,
    high: float,
    rate: float,
    steps: int,
    runs: int,
    samples: int,
    noises: list[float],
    momenta: list[float],
) -> Finding:
    """Start descents anywhere in the shallow valley of x cos(πx).

    What counts is the share that ends in the deep one: of plain descent; of descent on one sample
    of the loss a step, where the samples' slopes spread more or less around the true one; and of
    descent with momentum. All have the same starts, rate and number of steps.
    """
    top, walls = barrier(), (low, high)
    plain, noisy, heavy = [], [], []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        start = rng.uniform(low, top, runs)
        pulls = rng.standard_normal(samples)
        pulls = (pulls - pulls.mean()) / pulls.std()
        drawn = pulls[rng.integers(samples, size=(steps, runs))]
        still = np.zeros_like(drawn)

        def deep(rule: Rule, pulls: Array, start: Array = start) -> float:
            return float(np.mean(descend(rule, start, pulls, walls) > top))

        plain.append(deep(GradientDescent(rate), still))
        noisy.append([deep(GradientDescent(rate), spread * drawn) for spread in noises])
        heavy.append([deep(Momentum(rate, momentum), still) for momentum in momenta])
    by_noise, by_momentum = np.transpose(noisy).tolist(), np.transpose(heavy).tolist()
    effect = "share in the deep valley, less that of plain descent"
    x = np.linspace(low, high, 121)
    return Finding(
        measured={"plain": plain}
        | {f"noise {s:g}": values for s, values in zip(noises, by_noise, strict=True)}
        | {f"momentum {m:g}": values for m, values in zip(momenta, by_momentum, strict=True)},
        parts=[
            *(
                paired(f"noise-{s:g}", f"samples' slopes spread by {s:g}", effect, values, plain)
                for s, values in zip(noises, by_noise, strict=True)
            ),
            *(
                paired(f"momentum-{m:g}", f"momentum is {m:g}", effect, values, plain)
                for m, values in zip(momenta, by_momentum, strict=True)
            ),
        ],
        plot={
            "x": x,
            "y": wave(x),
            "top": [top, wave(top)],
            "noises": [0.0, *noises],
            "by_noise": [plain, *by_noise],
            "momenta": [0.0, *momenta],
            "by_momentum": [plain, *by_momentum],
        },
    )
