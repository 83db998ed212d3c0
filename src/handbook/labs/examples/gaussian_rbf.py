"""The Gaussian of text and program, and widths from k-means centres (section 7.1.1)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from handbook.core.numbers import listed
from handbook.labs.result import Array, Result, against, implies
from handbook.models.rbf import activation, dmax_width
from handbook.models.rbf.centers import place_centers

__all__ = ["compute", "plot"]


def compute(
    distances: list[float],
    widths: list[float],
    groups: list[list[float]],
    spread: float,
    size: int,
    seed: int,
) -> list[Result]:
    """Compare the Gaussian of the book's text with its program's, and set widths from centres."""
    points, means = _points(groups, spread, size, seed)
    centers = _centers(points, len(groups), seed)
    largest = max(math.dist(a, b) for a in means for b in means)
    return [
        against("closed form: exp(−d² / sigma²)")(
            f"activation, form of the text, at distances {listed(distances)} for widths "
            f"{listed(widths)}",
            [activation(np.square(distances), s, "text") for s in widths],
            [[math.exp(-((d / s) ** 2)) for d in distances] for s in widths],
        ),
        against("closed form: exp(−d² / (2 sigma)²)")(
            "activation, form of the program, at the same",
            [activation(np.square(distances), s, "code") for s in widths],
            [[math.exp(-((d / (2 * s)) ** 2)) for d in distances] for s in widths],
        ),
        against("closed form: exp(−1/4)")(
            "activation at a distance of one width, as the program has it",
            activation(1.0, 1.0, "code"),
            math.exp(-1 / 4),
            book=implies(math.exp(-1), (7805, 7885, 8106)),
            fault="contradicts itself",
            reason="the text divides the squared distance by sigma², the program by (2 sigma)²: "
            "the same bell, twice as wide",
            instead="has both by name, activation='text' and activation='code'",
        ),
        against("closed form: exp(−1/4)")(
            "the same, beside what is said of that program",
            activation(1.0, 1.0, "code"),
            math.exp(-1 / 4),
            book=implies(math.exp(-1 / 2), (8106, 8177)),
            fault="contradicts itself",
            reason="the line is explained as a division by twice the square of sigma, and computes "
            "the square of twice sigma; that makes a third form",
            instead="has the two forms that are written out",
        ),
        against("means of the groups that the points were drawn in, which lie far apart")(
            f"centres of {len(groups)} groups by k-means", centers, sorted(means.tolist())
        ),
        against("closed form: largest distance of two centres / sqrt(2 M)")(
            "width of the units", dmax_width(centers), largest / math.sqrt(2 * len(groups))
        ),
    ]


def plot(
    distances: list[float],
    widths: list[float],
    groups: list[list[float]],
    spread: float,
    size: int,
    seed: int,
) -> dict[str, Any]:
    """Return both bells for each width, and points, centres and width."""
    points, _ = _points(groups, spread, size, seed)
    centers = _centers(points, len(groups), seed)
    reach = np.linspace(0, max(distances), 61)
    return {
        "distance": reach,
        "widths": widths,
        "text": [activation(reach**2, s, "text") for s in widths],
        "code": [activation(reach**2, s, "code") for s in widths],
        "points": points.round(3),
        "centers": centers.round(3),
        "width": dmax_width(centers),
    }


def _points(groups: list[list[float]], spread: float, size: int, seed: int) -> tuple[Array, Array]:
    """Return points around the centre of each group, (groups * size, 2), and each group's mean."""
    rng = np.random.default_rng(seed)
    drawn = np.array(groups)[:, None] + spread * rng.normal(size=(len(groups), size, 2))
    return drawn.reshape(-1, 2), drawn.mean(axis=1)


def _centers(points: Array, count: int, seed: int) -> Array:
    return place_centers(points, "kmeans", count, n_init=10, random_state=seed)[0]
