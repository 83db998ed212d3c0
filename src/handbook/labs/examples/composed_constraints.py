"""Constraints composed of simple ones, each met by its own projection (section 3.5.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

from handbook.labs.result import Array, Result, against

__all__ = ["compute", "nearest", "plot", "projections"]

Projection = Callable[[Array], Array]


def projections(
    radius: float, normal: Sequence[float], level: float, upper: Sequence[float]
) -> dict[str, Projection]:
    """Return the way to the nearest point of a disc, of a half-plane and of a box, by name.

    The disc lies about the origin; the half-plane is normal · p >= level; the box goes from 0 to
    `upper`.
    """
    n = np.array(normal, float)

    def disc(point: Array) -> Array:
        return point * min(1.0, radius / max(float(np.linalg.norm(point)), 1e-300))

    def half_plane(point: Array) -> Array:
        return point + n * max(0.0, level - float(n @ point)) / float(n @ n)

    def box(point: Array) -> Array:
        return np.clip(point, 0.0, np.array(upper, float))

    return {"disc": disc, "half-plane": half_plane, "box": box}


def nearest(point: Sequence[float], sets: Mapping[str, Projection], rounds: int) -> Array:
    """Return the way of a point to the nearest that all sets hold, (rounds + 1, d).

    Each set is asked for its own nearest point alone; what a set has moved is taken back before it
    is asked again.

    References
    ----------
    Boyle and Dykstra (1986), "A method for finding projections onto the intersection of convex
    sets in Hilbert spaces".

    Examples
    --------
    >>> sets = {"right": lambda p: np.maximum(p, [1, -9]), "up": lambda p: np.maximum(p, [-9, 2])}
    >>> nearest([0.0, 0.0], sets, 1)[-1].tolist()
    [1.0, 2.0]
    """
    at = np.array(point, float)
    path, taken = [at], {name: np.zeros(len(at)) for name in sets}
    for _ in range(rounds):
        for name, project in sets.items():
            before = at + taken[name]
            at = project(before)
            taken[name] = before - at
        path.append(at)
    return np.array(path)


def compute(
    point: list[float], radius: float, normal: list[float], level: float, upper: list[float],
    rounds: int,
) -> list[Result]:  # fmt: skip
    """Find the nearest point that meets three constraints at once, then without one of them."""
    sets = projections(radius, normal, level, upper)
    kept = {name: project for name, project in sets.items() if name != "half-plane"}
    all_three, two = nearest(point, sets, rounds)[-1], nearest(point, kept, rounds)[-1]
    rng = np.random.default_rng(0)
    cloud = rng.uniform(-1, 1.5 * radius, (2000, 2))
    inside = cloud[[_shared(p, sets) for p in cloud]]
    middles = (inside[:, None] + inside) / 2
    by_slsqp = against("scipy.optimize.minimize, SLSQP on all constraints at once", 1e-5)
    return [
        by_slsqp(
            "nearest point that all three hold",
            all_three,
            _by_slsqp(point, radius, normal, level, upper, half_plane=True),
        ),
        by_slsqp(
            "the same without the half-plane",
            two,
            _by_slsqp(point, radius, normal, level, upper, half_plane=False),
        ),
        against("a set's own nearest point to one of its points is that point", 1e-5)(
            "what each of the three would still move it by",
            [_moved(all_three, project) for project in sets.values()],
            [0.0, 0.0, 0.0],
        ),
        against("what convex sets share is convex")(
            f"middles between two of {len(inside)} shared points that are shared",
            sum(_shared(p, sets) for p in middles[::7, ::7].reshape(-1, 2)),
            middles[::7, ::7].reshape(-1, 2).shape[0],
        ),
    ]


def plot(
    point: list[float], radius: float, normal: list[float], level: float, upper: list[float],
    rounds: int,
) -> dict[str, Any]:  # fmt: skip
    """Return the sets and the way of the point."""
    sets = projections(radius, normal, level, upper)
    kept = {name: project for name, project in sets.items() if name != "half-plane"}
    return {
        "radius": radius,
        "normal": normal,
        "level": level,
        "upper": upper,
        "path": nearest(point, sets, rounds),
        "without": nearest(point, kept, rounds)[-1],
    }


def _moved(point: Array, project: Projection) -> float:
    # Without the rounding that differs between machines
    return round(float(np.linalg.norm(project(point) - point)), 9)


def _shared(point: Array, sets: Mapping[str, Projection]) -> bool:
    return all(_moved(point, project) == 0 for project in sets.values())


def _by_slsqp(
    point: list[float], radius: float, normal: list[float], level: float, upper: list[float],
    half_plane: bool,
) -> Array:  # fmt: skip
    constraints = [{"type": "ineq", "fun": lambda p: radius**2 - p @ p}]
    if half_plane:
        constraints.append({"type": "ineq", "fun": lambda p: np.array(normal) @ p - level})
    least = minimize(
        lambda p: float(np.sum((p - np.array(point)) ** 2)), [0.5, 0.5],
        bounds=[(0, side) for side in upper], constraints=constraints, method="SLSQP",
        options={"ftol": 1e-14},
    )  # fmt: skip
    return np.asarray(least.x)
