"""Claim of section 8.1: a self-organizing map keeps alike what is alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handbook.claims.finding import Finding, paired
from handbook.claims.maps import closeness
from handbook.claims.rows import halves, overlap
from handbook.data.dataset import Dataset
from handbook.models.som import SelfOrganizingMap

__all__ = ["compute"]


def compute(
    data: Dataset, seeds: Sequence[int], check: float, side: int, passes: int, sigmas: list[float]
) -> Finding:
    """Train maps row by row from random weights, with a wide neighbourhood down to none at all.

    The smallest radius reaches no neighbour: what learns then is only the best node, as in
    k-means, and the grid means nothing. Held against it: whether the two best nodes of a new row
    are neighbours, and how much nearer to each other neighbours are than any two nodes.
    """
    wrong, close, coarse = (np.empty((len(sigmas), len(seeds))) for _ in range(3))
    distance_maps = []
    for s, seed in enumerate(seeds):
        rows = halves(data, seed, check)
        for i, sigma in enumerate(sigmas):
            model = SelfOrganizingMap(
                side, side, training="online", n_steps=passes * len(rows.X), sigma=sigma,
                init="sample", random_state=seed,
            ).fit(rows.X)  # fmt: skip
            wrong[i, s] = model.topographic_error(rows.X_check)
            close[i, s] = closeness(model)
            coarse[i, s] = model.quantization_error(rows.X_check)
            if s == 0 and i in (0, len(sigmas) - 1):
                distance_maps.append(model.distance_map())
    none, most = 0, len(sigmas) - 1
    return Finding(
        measured={
            f"{name}, sigma {sigma:g}": values[i].tolist()
            for name, values in (
                ("topographic error", wrong),
                ("closeness of neighbours", close),
                ("quantisation error", coarse),
            )
            for i, sigma in enumerate(sigmas)
        },
        parts=[
            paired(
                "rows",
                "rows are looked at",
                "rows whose best nodes are no neighbours: without a neighbourhood less with it",
                wrong[none].tolist(),
                wrong[most].tolist(),
                overlap(check),
            ),
            paired(
                "nodes",
                "nodes are looked at",
                "how much nearer neighbours are: with a neighbourhood less without it",
                close[most].tolist(),
                close[none].tolist(),
                overlap(check),
            ),
        ],
        plot={
            "sigmas": sigmas,
            "wrong": wrong,
            "close": close,
            "coarse": coarse,
            "shown": distance_maps,
        },
    )
