"""Claim of section 6.1: log(1 - D) teaches little against a discriminator far ahead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from handbook.claims.finding import Finding, Part
from handbook.claims.ring import Duel, Ring, Setting

__all__ = ["compute"]


def compute(
    seeds: Sequence[int], modes: int, deviation: float, setting: dict[str, Any], ahead: list[int]
) -> Finding:
    """Let a discriminator run ahead of a generator, and take the generator's slope of both losses.

    The discriminator alone is updated, on Gaussians in a ring and what the untrained generator
    makes. With no update it cannot tell real from made, as against a generator that is very good.
    The slope is the length of the gradient in all weights of the generator.
    """
    duel = Duel(Ring(modes, deviation), Setting(**setting), seeds)
    slopes: dict[str, list[list[float]]] = {"standard": [], "saturating": []}
    answers = []
    done = 0
    for count in ahead:
        for _ in range(count - done):
            duel.update_judge("standard")
        done = count
        for loss, own in slopes.items():
            own.append(duel.slopes(loss).tolist())
        made = duel.answers(duel.picture()).sigmoid()
        answers.append(made.view(len(seeds), -1).mean(dim=1).tolist())
    ratio = np.log10(np.array(slopes["standard"]) / np.array(slopes["saturating"]))
    effect = "powers of ten by which the slope of -log D is the steeper"
    return Finding(
        measured={
            f"slope of {name}, {count} updates ahead": own[i]
            for loss, name in (("standard", "-log D"), ("saturating", "log(1 - D)"))
            for own in (slopes[loss],)
            for i, count in enumerate(ahead)
        }
        | {
            f"mean answer to made points, {count} updates ahead": answers[i]
            for i, count in enumerate(ahead)
        },
        parts=[
            Part(
                "ahead",
                f"the discriminator is {ahead[-1]} updates ahead",
                effect,
                tuple(ratio[-1].tolist()),
            ),
            Part(
                "even",
                "it cannot tell real from made as against a very good generator",
                effect,
                tuple(ratio[0].tolist()),
            ),
        ],
        plot={"ahead": ahead, "slopes": slopes, "answers": answers},
    )
