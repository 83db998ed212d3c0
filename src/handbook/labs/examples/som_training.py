"""The book's nine nodes trained whole, with their neighbours (section 8.4)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr

from handbook.labs.result import Array, Result, against, implies
from handbook.models.som import SelfOrganizingMap

__all__ = ["compute", "plot", "trained"]

_SIDE = 3


def trained(
    nodes: npt.ArrayLike, X: npt.ArrayLike, steps: int, sigma: float, rate: float
) -> SelfOrganizingMap:
    """Train a map of 3 x 3 nodes, row after row, from given weights.

    Radius and rate fall with the number of steps as time constant: to their e-th part.
    """
    weights = np.array(nodes, float)
    side = math.isqrt(len(weights))
    return SelfOrganizingMap(
        side, side, training="online", order="sequential", n_steps=steps, sigma=sigma,
        sigma_end=sigma / math.e, learning_rate=rate, init=weights.reshape(side, side, -1),
    ).fit(X)  # fmt: skip


def compute(
    nodes: list[list[float]], x: list[float], steps: int, sigma: float, rate: float, rows: int,
    seed: int,
) -> list[Result]:  # fmt: skip
    """Train a map of the book's nine nodes on its one input, then on many."""
    start, point = np.array(nodes), np.array(x)
    alone = trained(nodes, [x] * steps, steps, sigma, rate)
    winner = int(np.argmin(np.linalg.norm(start - point, axis=1)))
    left = _left_over(winner, steps, sigma, rate)
    cloud = _cloud(rows, seed)
    many = trained(nodes, cloud, steps * 10, sigma, rate)
    by_hand = _by_hand(start, cloud, steps * 10, sigma, rate)
    stretched = trained(2 * start, 2 * cloud, steps * 10, sigma, rate)
    return [
        against("the rule of 8.2 written out, a loop for each node")(
            "weights after the first step, neighbours too",
            trained(nodes, [x], 1, sigma, rate).weights_.reshape(9, -1),
            _by_hand(start, point[None], 1, sigma, rate),
        ),
        against("closed form: each node keeps the product of 1 − L(t) theta(t) of its distance")(
            f"weights after {steps} steps with the book's input alone",
            alone.weights_.reshape(9, -1),
            point + left[:, None] * (start - point),
        ),
        against("each node moves towards the input, none past it")(
            "nodes nearer to the input than before",
            np.sum(_distances(alone, point) < np.linalg.norm(start - point, axis=1)),
            len(start),
        ),
        against("the rule of 8.2 written out, a loop for each node", 1e-8)(
            f"weights after {10 * steps} steps through {rows} inputs in the unit cube",
            many.weights_.reshape(9, -1),
            by_hand,
        ),
        against("scipy.stats.spearmanr: near on the grid, near in the cube")(
            "whether distances between nodes go with those on the grid better than before",
            "yes" if _order(many.weights_) > _order(start.reshape(_SIDE, _SIDE, -1)) else "no",
            "yes",
        ),
        against("the radius counts nodes of the grid, and all distances of inputs double")(
            "whether the scale of the inputs, all of them doubled, matters to the radius",
            "no" if np.array_equal(stretched.predict(2 * cloud), many.predict(cloud)) else "yes",
            "no",
            book=implies("yes", (8553, 8557)),
            fault="wrong claim",
            reason="the text counts range and scale of the inputs among what the radius depends "
            "on, and calls its figures a guide. The radius is a width of the lattice, as 8.4.3 has "
            "it: inputs on another scale give the same map on that scale, with the same winners",
            instead="begins with half the longer side of the grid, whatever the inputs",
        ),
    ]


def plot(
    nodes: list[list[float]], x: list[float], steps: int, sigma: float, rate: float, rows: int,
    seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Return the nodes before, after the one input, and after many."""
    cloud = _cloud(rows, seed)
    alone = trained(nodes, [x] * steps, steps, sigma, rate)
    many = trained(nodes, cloud, steps * 10, sigma, rate)
    grid = [(i, i + 1) for i in range(9) if i % 3 < 2] + [(i, i + 3) for i in range(6)]
    return {
        "x": x,
        "steps": steps,
        "inputs": cloud,
        "edges": grid,
        "stages": {
            "as the book begins": np.array(nodes),
            f"after {steps} steps with its one input": alone.weights_.reshape(9, -1),
            f"after {10 * steps} steps through {rows} inputs": many.weights_.reshape(9, -1),
        },
    }


def _cloud(rows: int, seed: int) -> Array:
    return np.random.default_rng(seed).uniform(0, 1, (rows, 3))


def _schedule(t: int, steps: int, sigma: float, rate: float) -> tuple[float, float]:
    """Return radius and rate at a step, from the book's formulas."""
    return sigma * math.exp(-t / steps), rate * math.exp(-t / steps)


def _left_over(winner: int, steps: int, sigma: float, rate: float) -> Array:
    """Return the share of its distance to a constant input that each node keeps."""
    row, column = np.divmod(np.arange(9), _SIDE)
    squared = (row - row[winner]) ** 2 + (column - column[winner]) ** 2
    kept = np.ones(9)
    for t in range(steps):
        radius, speed = _schedule(t, steps, sigma, rate)
        kept *= 1 - speed * np.exp(-squared / (2 * radius**2))
    return kept


def _by_hand(start: Array, X: Array, steps: int, sigma: float, rate: float) -> Array:
    """Return the weights after a training by the rule of 8.2, node after node."""
    weights = [list(map(float, node)) for node in start]
    for t in range(steps):
        x = X[t % len(X)]
        radius, speed = _schedule(t, steps, sigma, rate)
        best = min(range(9), key=lambda node: math.dist(weights[node], x))
        for node in range(9):
            down, across = node // 3 - best // 3, node % 3 - best % 3
            influence = math.exp(-(down**2 + across**2) / (2 * radius**2))
            weights[node] = [
                w + speed * influence * (v - w) for w, v in zip(weights[node], x, strict=True)
            ]
    return np.array(weights)


def _distances(model: SelfOrganizingMap, point: Array) -> Array:
    return np.asarray(np.linalg.norm(model.weights_.reshape(9, -1) - point, axis=1))


def _order(weights: Array) -> float:
    """Return the rank correlation of distances between nodes and on the grid."""
    grid = np.indices(weights.shape[:2]).reshape(2, -1).T
    return float(spearmanr(pdist(weights.reshape(len(grid), -1)), pdist(grid)).statistic)
