"""Claim of section 8.4.4: a radius of half the map's side is effective."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handbook.claims.finding import Finding, Part
from handbook.claims.maps import path_error
from handbook.claims.rows import halves, overlap
from handbook.data.dataset import Dataset
from handbook.models.som import SelfOrganizingMap

__all__ = ["compute"]


def compute(
    data: Dataset,
    seeds: Sequence[int],
    check: float,
    sides: list[int],
    passes: int,
    shares: list[float],
    rule: float,
    narrow: float,
) -> Finding:
    """Train maps of several sizes with radii that are shares of their side.

    The rule's share is held against a narrow radius, by the way from a new row to its best node
    and on along the map to its second best. Weights start as rows drawn at random.
    """
    ways, wrong, coarse = (np.empty((len(sides), len(shares), len(seeds))) for _ in range(3))
    for s, seed in enumerate(seeds):
        rows = halves(data, seed, check)
        for a, side in enumerate(sides):
            for b, share in enumerate(shares):
                model = SelfOrganizingMap(
                    side, side, training="online", n_steps=passes * len(rows.X),
                    sigma=share * side, init="sample", random_state=seed,
                ).fit(rows.X)  # fmt: skip
                ways[a, b, s] = path_error(model, rows.X_check)
                wrong[a, b, s] = model.topographic_error(rows.X_check)
                coarse[a, b, s] = model.quantization_error(rows.X_check)
    saved = 1 - ways[:, shares.index(rule)] / ways[:, shares.index(narrow)]
    effect = f"share of the way along the map that {rule:g} sides save against {narrow:g}"
    return Finding(
        measured={
            f"{what}, {side} by {side}, sigma {share * side:g}": values[a, b].tolist()
            for what, values in (
                ("way along the map", ways),
                ("topographic error", wrong),
                ("quantisation error", coarse),
            )
            for a, side in enumerate(sides)
            for b, share in enumerate(shares)
        },
        parts=[
            Part(
                f"side-{side}",
                f"the map is {side} by {side}",
                effect,
                tuple(saved[a].tolist()),
                overlap=overlap(check),
            )
            for a, side in enumerate(sides)
        ],
        plot={
            "sides": sides,
            "shares": shares,
            "ways": ways,
            "wrong": wrong,
            "coarse": coarse,
            "rule": rule,
        },
    )
