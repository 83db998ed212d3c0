"""L-BFGS on Rosenbrock's function, beside SciPy's (section 3.12)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize, rosen, rosen_der

from handbook.labs.result import Array, Result, against
from handbook.optim import GradientDescent, lbfgs, minimise

__all__ = ["compute", "plot", "valley"]


def valley(x: Array) -> tuple[float, Array]:
    """Return Rosenbrock's function and its gradient.

    The sum of ``100 (x[i+1] - x[i]²)² + (1 - x[i])²``; least, 0, where every entry is 1.

    Examples
    --------
    >>> value, slope = valley(np.array([0.0, 0.0]))
    >>> value, slope.tolist()
    (1.0, [-2.0, 0.0])
    """
    bend, rest = x[1:] - x[:-1] ** 2, 1 - x[:-1]
    slope = np.zeros_like(x)
    slope[:-1] = -400 * x[:-1] * bend - 2 * rest
    slope[1:] += 200 * bend
    return float(100 * bend @ bend + rest @ rest), slope


def compute(
    start: list[float], memory: int, tolerance: float, steps: int, rate: float
) -> list[Result]:
    """Minimise Rosenbrock's function with L-BFGS from the book's start, beside SciPy's."""
    minimum = lbfgs(valley, start, steps, memory, tolerance)
    peer = minimize(
        rosen, start, jac=rosen_der, method="L-BFGS-B", options={"gtol": tolerance, "ftol": 0.0}
    )
    value, slope = valley(np.array(start))
    return [
        against(
            "chosen here, as the book leaves it to the reader: its minimum is known, hard to reach"
        )(
            "the objective, minimised from the book's start",
            "Rosenbrock's function" if minimum.converged else "not minimised",
            "Rosenbrock's function",
        ),
        against("scipy.optimize.rosen and rosen_der")(
            "value and gradient at the start",
            [value, *slope.tolist()],
            [rosen(start), *np.asarray(rosen_der(start)).tolist()],
        ),
        against("scipy.optimize.minimize (L-BFGS-B); closed form: all ones", 1e-5)(
            "where it ends", minimum.x, peer.x
        ),
        against("scipy.optimize.minimize (L-BFGS-B); closed form 0")(
            "value there", minimum.value, peer.fun
        ),
    ]


def plot(
    start: list[float], memory: int, tolerance: float, steps: int, rate: float
) -> dict[str, Any]:
    """Return the value by gradient evaluations, of L-BFGS and of plain descent, in 2 and 3 D."""
    minimum = lbfgs(valley, start, steps, memory, tolerance)
    plain = minimise(GradientDescent(rate), lambda x: valley(x)[1], start, steps)
    flat = lbfgs(valley, start[:2], steps, memory, tolerance)
    # Below this nothing but rounding is left.
    floor = 1e-16
    values = [max(valley(x)[0], floor) for x in minimum.trajectory]
    return {
        "evaluations": {
            "L-BFGS": [minimum.evaluations, values],
            f"gradient descent, rate {rate:g}": [
                list(range(1, len(plain) + 1)),
                [max(valley(x)[0], floor) for x in plain],
            ],
        },
        "distance": np.maximum(np.linalg.norm(minimum.trajectory - 1, axis=1), floor),
        "path": flat.trajectory,
    }
