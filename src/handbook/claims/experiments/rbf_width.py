"""Claim of section 7.1.1: a sigma too small or too large spoils an RBF network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handbook.claims.finding import Finding, Part
from handbook.claims.waves import on_grid, wave
from handbook.models.rbf import RBFRegressor

__all__ = ["compute"]


def compute(
    seeds: Sequence[int],
    rows: int,
    noise: float,
    units: int,
    scales: list[float],
    narrow: float,
    wide: float,
    ridges: list[float],
) -> Finding:
    """Fit RBF networks to noisy points of a sine, with the rule's sigma times a number.

    The rule is the book's, the largest distance between centres divided by the root of twice their
    number; the units are exp(-d²/sigma²) as in its text. Output weights come by least squares,
    without a penalty and with one. The error is that from the sine itself, on a grid.
    """
    grid, truth = on_grid()
    errors = np.empty((len(ridges), len(scales), len(seeds)))
    shown: list[list[float]] = []
    points: list[list[float]] = []
    for s, seed in enumerate(seeds):
        X, y = wave(rows, noise, np.random.default_rng(seed))
        for r, ridge in enumerate(ridges):
            for i, scale in enumerate(scales):
                model = RBFRegressor(
                    units, width_scale=scale, activation="text", ridge=ridge, bias=True, n_init=5,
                    random_state=seed,
                ).fit(X, y)  # fmt: skip
                drawn = model.predict(grid)
                errors[r, i, s] = np.sqrt(np.mean((drawn - truth) ** 2))
                if s == 0 and r == 0 and scale in (narrow, 1, wide):
                    shown.append(drawn.tolist())
        if s == 0:
            points = [X[:, 0].tolist(), y.tolist()]
    rule = errors[:, scales.index(1)]
    parts = []
    for r, ridge in enumerate(ridges):
        penalty = f"with a penalty of {ridge:g}" if ridge else "without a penalty"
        for name, scale in (("narrow", narrow), ("wide", wide)):
            powers = np.log10(errors[r, scales.index(scale)] / rule[r])
            parts.append(
                Part(
                    f"{name}-{ridge:g}",
                    f"sigma is {scale:g} times the rule's {penalty}",
                    "powers of ten by which the error exceeds that of the rule's sigma",
                    tuple(powers.tolist()),
                )
            )
    return Finding(
        measured={
            f"error, sigma times {scale:g}, penalty {ridge:g}": errors[r, i].tolist()
            for r, ridge in enumerate(ridges)
            for i, scale in enumerate(scales)
        },
        parts=parts,
        plot={
            "grid": grid[:, 0],
            "truth": truth,
            "points": points,
            "shown": shown,
            "shown_at": [narrow, 1, wide],
            "scales": scales,
            "ridges": ridges,
            "errors": errors,
        },
    )
