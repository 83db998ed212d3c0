"""Claim of section 6.4: a discriminator too powerful makes a generator drop modes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handbook.claims.finding import Finding, paired
from handbook.claims.ring import Ring, Setting, spread_over

__all__ = ["compute"]


def compute(
    seeds: Sequence[int],
    modes: int,
    deviation: float,
    setting: dict[str, Any],
    losses: list[str],
    updates: list[int],
    pictures: int,
    least_share: float,
) -> Finding:
    """Train small networks on Gaussians in a ring, with one or more updates of the discriminator.

    More updates for each of the generator make it more powerful. A mode counts as covered that has
    at least a part, `least_share`, of its share of the made points. Seeds have the same weights and
    draws in all trainings.
    """
    ring, own = Ring(modes, deviation), Setting(**setting)
    covered: dict[str, dict[int, list[float]]] = {}
    curves: dict[str, dict[int, Any]] = {}
    points: dict[str, Any] = {}
    for loss in losses:
        covered[loss], curves[loss] = {}, {}
        for count in updates:
            shares, made = spread_over(ring, own, seeds, loss, count, pictures)
            by_step = (shares >= least_share / modes).sum(dim=-1)  # (pictures, S)
            covered[loss][count] = by_step[-1].double().tolist()
            curves[loss][count] = by_step.tolist()
            points[f"{loss}, {count}"] = made[0, :300].tolist()
    few, many = updates
    effect = f"modes covered with {few} update{'s' * (few > 1)} less those with {many}"
    names = {
        "standard": "the generator's loss is -log D",
        "saturating": "it is log(1 - D)",
        "wasserstein": "it is Wasserstein's",
    }
    return Finding(
        measured={
            f"modes covered, {loss}, updates {count}": covered[loss][count]
            for loss in losses
            for count in updates
        },
        parts=[
            paired(loss, names[loss], effect, covered[loss][few], covered[loss][many])
            for loss in losses
        ],
        plot={
            "losses": losses,
            "updates": updates,
            "covered": [[covered[loss][c] for c in updates] for loss in losses],
            "curves": [[curves[loss][c] for c in updates] for loss in losses],
            "points": points,
            "centers": ring.centers().tolist(),
            "modes": modes,
            "every": own.steps // pictures,
        },
    )
