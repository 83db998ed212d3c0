"""Claim of section 8.4.4: the radius of a self-organizing map follows the scale of its data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.preprocessing import MinMaxScaler

from handbook.claims.finding import Finding, Part
from handbook.claims.maps import path_error
from handbook.claims.rows import Array, halves, overlap
from handbook.data.dataset import Dataset
from handbook.models.som import SelfOrganizingMap

__all__ = ["compute"]


def compute(
    data: Dataset,
    seeds: Sequence[int],
    check: float,
    side: int,
    passes: int,
    sigmas: list[float],
    standardised: float,
    unit: float,
    shrunk: float,
) -> Finding:
    """Train maps of one size on standardised columns and on the same ones in [0, 1].

    For each scale the radius that the book gives for it is held against the one it gives for the
    other, by the way from a new row to its best node and on along the map to its second best. The
    standardised rows times the number `shrunk` are a third scale: were it to matter, so would that.
    """
    names = ("standardised", "in [0, 1]", f"standardised, times {shrunk:g}")
    ways = {name: np.empty((len(sigmas), len(seeds))) for name in names}
    wrong = {name: np.empty((len(sigmas), len(seeds))) for name in names}
    for s, seed in enumerate(seeds):
        rows = halves(data, seed, check)
        scaler = MinMaxScaler().fit(rows.X)
        scaled: dict[str, tuple[Array, Array]] = {
            names[0]: (rows.X, rows.X_check),
            names[1]: (scaler.transform(rows.X), scaler.transform(rows.X_check)),
            names[2]: (rows.X * shrunk, rows.X_check * shrunk),
        }
        for name, (X, X_check) in scaled.items():
            for i, sigma in enumerate(sigmas):
                options: dict[str, Any] = {"init": "sample", "random_state": seed}
                steps = passes * len(X)
                model = SelfOrganizingMap(
                    side, side, training="online", n_steps=steps, sigma=sigma, **options
                ).fit(X)
                ways[name][i, s] = path_error(model, X_check)
                wrong[name][i, s] = model.topographic_error(X_check)
    wide, narrow = sigmas.index(standardised), sigmas.index(unit)
    saved = {
        "standardised": 1 - ways[names[0]][wide] / ways[names[0]][narrow],
        "unit": 1 - ways[names[1]][narrow] / ways[names[1]][wide],
        "shrunk": 1 - ways[names[2]][narrow] / ways[names[2]][wide],
    }
    effect = "share of the way along the map that the radius for this scale saves against the other"
    whens = {
        "standardised": f"sigma is {standardised:g} for standardised rows",
        "unit": f"sigma is {unit:g} for rows in [0, 1]",
        "shrunk": f"sigma is {unit:g} for standardised rows times {shrunk:g}",
    }
    return Finding(
        measured={
            f"{what}, {name}, sigma {sigma:g}": values[name][i].tolist()
            for what, values in (("way along the map", ways), ("topographic error", wrong))
            for name in names
            for i, sigma in enumerate(sigmas)
        },
        parts=[
            Part(name, when, effect, tuple(saved[name].tolist()), overlap=overlap(check))
            for name, when in whens.items()
        ],
        plot={
            "sigmas": sigmas,
            "ways": ways,
            "wrong": wrong,
            "book": {names[0]: standardised, names[1]: unit},
        },
    )
