"""Claim of section 6.5: the Wasserstein loss trains more steadily and covers more modes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from handbook.claims.finding import Finding, paired
from handbook.claims.ring import Ring, Setting, spread_over

__all__ = ["compute", "drift"]


def drift(shares: np.ndarray) -> np.ndarray:
    """Return how much of the made points changes its mode from one picture to the next, on average.

    Parameters
    ----------
    shares : ndarray of shape (pictures, seeds, modes)

    Examples
    --------
    >>> drift(np.array([[[1.0, 0.0]], [[0.0, 1.0]], [[0.0, 1.0]]])).tolist()
    [0.5]
    """
    return np.asarray(np.abs(np.diff(shares, axis=0)).sum(axis=-1).mean(axis=0) / 2)


def _updates(count: int) -> str:
    return f"{count} update{'s' * (count > 1)}"


def compute(
    seeds: Sequence[int],
    modes: int,
    deviation: float,
    setting: dict[str, Any],
    updates: list[int],
    pictures: int,
    least_share: float,
) -> Finding:
    """Train small networks on Gaussians in a ring, by the standard loss and by Wasserstein's.

    They are compared with as many updates of the discriminator for each of the generator, and as
    their papers have it: the fewer for the standard loss, the more for Wasserstein's, which has a
    gradient penalty. How steady a training is shows in its last half: what
    share of the made points changes its mode between two pictures.
    """
    ring, chosen = Ring(modes, deviation), Setting(**setting)
    losses = ("standard", "wasserstein")
    covered: dict[str, list[list[float]]] = {loss: [] for loss in losses}
    wander: dict[str, list[list[float]]] = {loss: [] for loss in losses}
    curves: dict[str, list[Any]] = {loss: [] for loss in losses}
    for loss in losses:
        for count in updates:
            shares, _ = spread_over(ring, chosen, seeds, loss, count, pictures)
            by_step = (shares >= least_share / modes).sum(dim=-1)
            covered[loss].append(by_step[-1].double().tolist())
            curves[loss].append(by_step.tolist())
            wander[loss].append(drift(shares[len(shares) // 2 :].double().numpy()).tolist())
    few, many = 0, len(updates) - 1
    cases = {
        "published": (many, few, "each has the updates of its paper"),
        "few": (few, few, f"both have {_updates(updates[few])}"),
        "many": (many, many, f"both have {_updates(updates[many])}"),
    }
    return Finding(
        measured={
            f"{what}, {loss}, updates {count}": values[loss][i]
            for what, values in (("modes covered", covered), ("drift", wander))
            for loss in losses
            for i, count in enumerate(updates)
        },
        parts=[
            *(
                paired(
                    f"modes-{case}",
                    f"modes are counted and {when}",
                    "modes covered: Wasserstein less standard",
                    covered["wasserstein"][own],
                    covered["standard"][other],
                )
                for case, (own, other, when) in cases.items()
            ),
            *(
                paired(
                    f"steady-{case}",
                    f"steadiness is meant and {when}",
                    "share of points that change modes: standard less Wasserstein",
                    wander["standard"][other],
                    wander["wasserstein"][own],
                )
                for case, (own, other, when) in cases.items()
            ),
        ],
        plot={
            "updates": updates,
            "covered": covered,
            "drift": wander,
            "curves": curves,
            "modes": modes,
            "every": chosen.steps // pictures,
        },
    )
