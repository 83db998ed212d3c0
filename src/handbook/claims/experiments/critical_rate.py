"""Claim of section 3.6: too high a rate makes gradient descent diverge, too low a one slow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from handbook.claims.finding import Finding, paired, share
from handbook.optim.descent import GradientDescent
from handbook.optim.rule import minimise

__all__ = ["bowl", "compute", "critical", "steps_needed"]

Array = npt.NDArray[np.float64]


def bowl(seed: int, columns: int, rows: int) -> Array:
    """Return the matrix of second derivatives of a mean squared error on random rows."""
    X = np.random.default_rng(seed).standard_normal((rows, columns))
    curvature: Array = 2 * X.T @ X / rows
    return curvature


def diverges(curvature: Array, rate: float, steps: int) -> bool:
    """Tell whether descent on x'Hx/2 ends further from the minimum than it began."""
    start = np.ones(len(curvature))
    with np.errstate(over="ignore", invalid="ignore"):  # beyond all numbers is further, too
        path = minimise(GradientDescent(rate), lambda x: curvature @ x, start, steps)
        return not np.linalg.norm(path[-1]) <= np.linalg.norm(start)


def critical(curvature: Array, steps: int, halvings: int) -> float:
    """Return the highest rate with which descent does not diverge, found by halving."""
    low, high = 0.0, 4 / float(np.trace(curvature) / len(curvature))
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (low, middle) if diverges(curvature, middle, steps) else (middle, high)
    return low


def steps_needed(curvature: Array, rate: float, most: int, near: float) -> int:
    """Return how many steps come as near to the minimum as a share of the first distance."""
    start = np.ones(len(curvature))
    path = minimise(GradientDescent(rate), lambda x: curvature @ x, start, most)
    distance = np.linalg.norm(path, axis=1) / np.linalg.norm(start)
    reached = np.flatnonzero(distance <= near)
    return int(reached[0]) if len(reached) else most


def compute(
    seeds: Sequence[int],
    columns: int,
    rows: int,
    steps: int,
    halvings: int,
    near: float,
    most: int,
    shares: list[float],
) -> Finding:
    """Descend on the mean squared error of a linear model on random rows.

    The rate above which descent diverges is found by halving, and held against 2/λ, λ being the
    largest eigenvalue of the matrix of second derivatives; then steps to the minimum are counted
    at shares of that rate.
    """
    highest, exact, above, below, counts = [], [], [], [], []
    for seed in seeds:
        curvature = bowl(seed, columns, rows)
        limit = 2 / float(np.linalg.eigvalsh(curvature)[-1])
        highest.append(critical(curvature, steps, halvings))
        exact.append(limit)
        above.append(float(diverges(curvature, 1.05 * limit, steps)))
        below.append(float(diverges(curvature, 0.95 * limit, steps)))
        counts.append([steps_needed(curvature, part * limit, most, near) for part in shares])
    by_share = np.transpose(counts).astype(float).tolist()
    slowest, quickest = by_share[0], np.min(counts, axis=1).astype(float).tolist()
    return Finding(
        measured={
            "critical rate": highest,
            "2/λ": exact,
            "diverges at 1.05 of it": above,
            "diverges at 0.95 of it": below,
        }
        | {f"steps at {s:g} of it": own for s, own in zip(shares, by_share, strict=True)},
        parts=[
            share(
                "diverges",
                "the rate is above 2/λ",
                "share of seeds that diverge at 1.05 of 2/λ and not at 0.95",
                [high > low for high, low in zip(above, below, strict=True)],
            ),
            paired(
                "slow",
                f"the rate is {shares[0]:g} of that",
                "steps to the minimum, as powers of ten, less those at the best share",
                np.log10(slowest).tolist(),
                np.log10(quickest).tolist(),
            ),
        ],
        plot={"shares": shares, "steps": by_share, "found": highest, "exact": exact, "most": most},
    )
