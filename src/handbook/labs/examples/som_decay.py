"""Decay in a self-organizing map: radius, rate and influence (sections 8.4.3 to 8.4.5)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from handbook.core.numbers import listed
from handbook.labs.result import Result, against
from handbook.models.som.grid import Grid
from handbook.models.som.schedule import decayed

__all__ = ["compute", "plot"]


def compute(sigma: float, rate: float, steps: int, at: list[int], nodes: int) -> list[Result]:
    """Compute how a map's radius and learning rate shrink with its steps."""
    constant = steps / math.log(sigma)
    winner = nodes // 2
    return [
        against("closed form: sigma exp(−t / lambda), lambda = T / ln(sigma)")(
            f"radius at steps {listed(at)}",
            [_radius(sigma, steps, t) for t in at],
            [sigma * math.exp(-t / constant) for t in at],
        ),
        against("closed form: L exp(−t / lambda)")(
            f"learning rate at steps {listed(at)}",
            [_rate(sigma, rate, steps, t) for t in at],
            [rate * math.exp(-t / constant) for t in at],
        ),
        against("lambda is chosen so that only the winner's neighbours are left")(
            "radius after the last step", _radius(sigma, steps, steps), 1.0
        ),
        against("closed form: exp(−d² / (2 sigma(t)²))")(
            f"influence of node {winner} on a row of {nodes}, at steps {listed(at)}",
            [_influence(sigma, steps, t, nodes) for t in at],
            [
                [
                    math.exp(-((node - winner) ** 2) / (2 * (sigma * math.exp(-t / constant)) ** 2))
                    for node in range(nodes)
                ]
                for t in at
            ],
        ),
    ]


def plot(sigma: float, rate: float, steps: int, at: list[int], nodes: int) -> dict[str, Any]:
    """Return radius and rate over time, and the influence over distance at some steps."""
    times = np.linspace(0, steps, 61).tolist()
    return {
        "times": times,
        "radius": [_radius(sigma, steps, t) for t in times],
        "rate": [_rate(sigma, rate, steps, t) for t in times],
        "at": at,
        "distance": [node - nodes // 2 for node in range(nodes)],
        "influence": [_influence(sigma, steps, t, nodes) for t in at],
    }


def _radius(sigma: float, steps: int, t: float) -> float:
    return decayed(sigma, 1.0, t / steps, "exponential")


def _rate(sigma: float, rate: float, steps: int, t: float) -> float:
    # the same time constant: it falls by the same factor as the radius
    return decayed(rate, rate / sigma, t / steps, "exponential")


def _influence(sigma: float, steps: int, t: float, nodes: int) -> np.ndarray:
    reach = Grid(1, nodes).influence([nodes // 2], _radius(sigma, steps, t), "gaussian")
    return reach.ravel()
