"""One toy with a fit too simple, one that fits and one too flexible (section 2.17.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.polynomial import Polynomial
from numpy.polynomial.legendre import legvander

from handbook.labs.result import Array, Result, against

__all__ = ["compute", "curve", "errors", "plot"]


def curve(x: Array) -> Array:
    """Return the curve behind the points, cos(1.5 pi x)."""
    return np.asarray(np.cos(1.5 * np.pi * x))


def errors(degree: int, rows: int, noise: float, draws: int, seed: int) -> tuple[Array, Array]:
    """Return the mean squared errors on the points and on as many fresh ones, (draws,) each."""
    on_points, on_fresh = [], []
    for number in range(draws):
        (x, y), (fresh, target) = (_points(rows, noise, [seed, number, part]) for part in (0, 1))
        fit = Polynomial.fit(x, y, degree, domain=[0, 1])
        on_points.append(np.mean((fit(x) - y) ** 2))
        on_fresh.append(np.mean((fit(fresh) - target) ** 2))
    return np.array(on_points), np.array(on_fresh)


def compute(degrees: list[int], rows: int, noise: float, draws: int, seed: int) -> list[Result]:
    """Fit polynomials of three degrees to noisy points, drawn many times."""
    x, y = _points(rows, noise, [seed, 0, 0])
    grid = np.linspace(x.min(), x.max(), 51)
    on_points, on_fresh = zip(
        *(errors(degree, rows, noise, draws, seed) for degree in degrees), strict=True
    )
    best = np.argmin(np.array(on_fresh), axis=0)
    return [
        *(
            against("the same least squares in Legendre's polynomials, by QR", 1e-6)(
                f"degree {degree}: curve at {len(grid)} points",
                Polynomial.fit(x, y, degree, domain=[0, 1])(grid),
                _by_legendre(x, y, degree, grid),
            )
            for degree in degrees
        ),
        against("each degree holds the lower ones: least squares cannot do worse")(
            f"drawings of {draws} in which the error on the points falls with the degree",
            np.sum(np.all(np.diff(on_points, axis=0) < 0, axis=0)),
            draws,
        ),
        Result(
            f"degree {degrees[1]}: mean error on the points, over the noise's variance",
            np.mean(on_points[1]) / noise**2,
            1 - (degrees[1] + 1) / rows,
            "closed form: 1 − p/n, with p coefficients for n points",
            # Five standard errors of a mean of squares with n − p degrees of freedom.
            tolerance=5 * (2 * (rows - degrees[1] - 1) / draws) ** 0.5 / rows,
        ),
        against("fresh points of the same curve")(
            "degree with the least error on fresh points, most often",
            degrees[np.bincount(best, minlength=len(degrees)).argmax()],
            degrees[1],
        ),
    ]


def plot(degrees: list[int], rows: int, noise: float, draws: int, seed: int) -> dict[str, Any]:
    """Return the points, the three fits, and the median errors of many drawings."""
    x, y = _points(rows, noise, [seed, 0, 0])
    grid = np.linspace(0, 1, 121)
    fits = []
    for degree in degrees:
        on_points, on_fresh = errors(degree, rows, noise, draws, seed)
        fits.append(
            {
                "degree": degree,
                "y": Polynomial.fit(x, y, degree, domain=[0, 1])(grid),
                "on_points": np.median(on_points),
                "on_fresh": np.median(on_fresh),
            }
        )
    return {"points": [x, y], "x": grid, "truth": curve(grid), "fits": fits, "draws": draws}


def _by_legendre(x: Array, y: Array, degree: int, at: Array) -> Array:
    q, r = np.linalg.qr(legvander(2 * x - 1, degree))
    return np.asarray(legvander(2 * at - 1, degree) @ np.linalg.solve(r, q.T @ y))


def _points(rows: int, noise: float, seed: list[int]) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0, 1, rows))
    return x, curve(x) + noise * rng.normal(size=rows)
