"""Every optimizer on the same problems, each with a learning rate chosen in the same way (3.14).

Work is counted in gradient evaluations, those of line searches included. Seconds differ from run
to run and are measured by `benchmarks/optimizer_race.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from handbook import optim
from handbook.data.dataset import Dataset
from handbook.labs.result import Array, Result, against
from handbook.training.preprocess import pipeline
from handbook.training.spec import Preprocess

__all__ = ["RULES", "Problem", "compute", "plot", "problems", "race"]

#: By name: a rule that takes its learning rate.
RULES: dict[str, Callable[[Any], optim.Rule]] = {
    "gradient descent": optim.GradientDescent,
    "momentum": optim.Momentum,
    "Nesterov": optim.Nesterov,
    "AdaGrad": optim.AdaGrad,
    "RMSprop": optim.RMSprop,
    "Adam": optim.Adam,
    "Adadelta": optim.Adadelta,
}
_LBFGS = "L-BFGS"
# An excess of loss below this counts as none.
_NOTHING = 1e-12
# The quadratic's axes are turned, so that rates of single parameters gain nothing from them.
_TURN = np.radians(30)
_RECIPE = Preprocess()
# Of half the squared weights: the minimum is one point and finite.
_PENALTY = 1e-3


class Problem(NamedTuple):
    """A function to minimise, for several points at once.

    Parameters
    ----------
    value, gradient : callable
        Of points of shape (m, d): shapes (m,) and (m, d).
    start : ndarray of shape (d,)
    least : float
        Its least value.
    """

    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    start: Array
    least: float = 0.0


class Lane(NamedTuple):
    """Course of an optimizer on a problem: its rate; gradient evaluations, excess and points."""

    rate: float | None
    evaluations: npt.NDArray[np.int_]
    excess: Array
    path: Array


def quadratic(condition: float) -> Problem:
    """Return a quadratic with curvatures 1 and `condition`, its axes turned by 30 degrees."""
    c, s = np.cos(_TURN), np.sin(_TURN)
    axes = np.array([[c, -s], [s, c]])
    A = axes @ np.diag([1.0, condition]) @ axes.T
    return Problem(
        lambda x: 0.5 * np.einsum("mi,ij,mj->m", x, A, x), lambda x: x @ A, axes @ [1.0, 1.0]
    )


def rosenbrock() -> Problem:
    """Return Rosenbrock's curved valley, least at (1, 1)."""

    def gradient(x: Array) -> Array:
        bend = x[:, 1] - x[:, 0] ** 2
        return np.column_stack([-400 * x[:, 0] * bend - 2 * (1 - x[:, 0]), 200 * bend])

    return Problem(
        lambda x: 100 * (x[:, 1] - x[:, 0] ** 2) ** 2 + (1 - x[:, 0]) ** 2,
        gradient,
        np.array([-1.2, 1.0]),
    )


def beale() -> Problem:
    """Return Beale's function: flat, with steep walls, least at (3, 1/2)."""
    levels, powers = np.array([1.5, 2.25, 2.625]), np.array([1, 2, 3])

    def left(x: Array) -> Array:  # (m, 3)
        return np.asarray(levels - x[:, :1] * (1 - x[:, 1:] ** powers))

    def gradient(x: Array) -> Array:
        by_x = -(1 - x[:, 1:] ** powers)
        by_y = x[:, :1] * powers * x[:, 1:] ** (powers - 1)
        return 2 * np.column_stack([(left(x) * by_x).sum(axis=1), (left(x) * by_y).sum(axis=1)])

    return Problem(lambda x: (left(x) ** 2).sum(axis=1), gradient, np.array([1.0, 1.0]))


def logistic(X: Array, y: Array) -> Problem:
    """Return the log loss of a linear model with a small penalty on its weights.

    X is of shape (n, d), y holds n classes, 0 and 1.
    """
    sign = 2.0 * y - 1

    def value(w: Array) -> Array:
        margins = (w @ X.T) * sign  # (m, n)
        return np.asarray(
            np.logaddexp(0, -margins).mean(axis=1) + _PENALTY / 2 * (w**2).sum(axis=1)
        )

    def gradient(w: Array) -> Array:
        margins = (w @ X.T) * sign
        pull = -sign * np.exp(-np.logaddexp(0, margins))
        return pull @ X / len(y) + _PENALTY * w

    fitted = LogisticRegression(
        C=1 / (len(y) * _PENALTY), fit_intercept=False, solver="newton-cholesky", tol=1e-12
    ).fit(X, y)
    return Problem(value, gradient, np.zeros(X.shape[1]), float(value(fitted.coef_)[0]))


def problems(data: Dataset, conditions: list[float], rows: int, seed: int) -> dict[str, Problem]:
    """Return the problems by name; `rows` training rows, drawn at random, make the last."""
    drawn = np.random.default_rng(seed).permutation(len(data))[:rows]
    part = data.rows(drawn)
    columns = pipeline("passthrough", _RECIPE, part.X)
    X = np.asarray(columns.fit_transform(part.X), float)
    assert part.y is not None
    label = f"{data.name}, generated rows" if data.variant == "sample" else data.name
    return {
        **{f"quadratic, condition {condition:g}": quadratic(condition) for condition in conditions},
        "Rosenbrock": rosenbrock(),
        "Beale": beale(),
        f"logistic regression, {label}": logistic(np.column_stack([np.ones(len(X)), X]), part.y),
    }


def race(problem: Problem, rates: list[float], budget: int) -> dict[str, Lane]:
    """Run every optimizer for `budget` gradient evaluations.

    A rule runs once with each rate, all at the same time, and keeps the one whose excess loss has
    the lowest mean logarithm over all steps. L-BFGS has a line search instead.
    """
    each = np.array(rates)[:, None]
    lanes = {}
    for name, make in RULES.items():
        # A rate that is too high may lead out of the numbers: it has lost, no more.
        with np.errstate(all="ignore"):
            starts = np.tile(problem.start, (len(rates), 1))
            # (budget + 1, rates, d)
            paths = optim.minimise(make(each), problem.gradient, starts, budget)
            losses = np.array([problem.value(at) for at in paths])
        excess = np.where(np.isfinite(losses), losses - problem.least, np.inf)
        best = int(np.log10(np.maximum(excess, _NOTHING)).mean(axis=0).argmin())
        lanes[name] = Lane(rates[best], np.arange(budget + 1), excess[:, best], paths[:, best])
    minimum = optim.lbfgs(partial(_at_point, problem), problem.start, steps=budget)
    evaluations = np.array(minimum.evaluations)
    within = evaluations <= budget
    path = minimum.trajectory[within]
    lanes[_LBFGS] = Lane(None, evaluations[within], problem.value(path) - problem.least, path)
    return lanes


def compute(
    data: Dataset, conditions: list[float], rates: list[float], budget: int, rows: int, seed: int
) -> list[Result]:
    """Race every optimizer on the same problems, each at its best rate, for as many gradients."""
    by_name = problems(data, conditions, rows, seed)
    ends = {
        name: optim.lbfgs(partial(_at_point, problem), problem.start, steps=500).value
        for name, problem in by_name.items()
    }
    peers = {name: _scipy(problem) for name, problem in by_name.items()}
    results = [
        Result(
            f"least value: {name}",
            ends[name],
            problem.least,
            "closed form 0"
            if not problem.least
            else "scikit-learn's LogisticRegression (newton-cholesky)",
            tolerance=1e-8,
        )
        for name, problem in by_name.items()
    ]
    results.append(
        against("scipy.optimize.minimize (L-BFGS-B)", 1e-8)(
            "the same for all problems in their order", list(ends.values()), list(peers.values())
        )
    )
    for condition in conditions:
        problem = quadratic(condition)
        lane = race(problem, rates, budget)["gradient descent"]
        assert lane.rate is not None
        shrunk = (1 - lane.rate * np.array([1.0, condition])) ** (2 * budget)
        results.append(
            against("closed form: along each axis the error shrinks by 1 - rate * curvature")(
                f"gradient descent on condition {condition:g}, loss after {budget} steps of "
                f"rate {lane.rate:g}",
                lane.excess[-1],
                0.5 * shrunk @ [1.0, condition],
            )
        )
    return results


def plot(
    data: Dataset, conditions: list[float], rates: list[float], budget: int, rows: int, seed: int
) -> dict[str, Any]:
    """Return losses by gradient evaluations, chosen rates, and paths on contours."""
    by_name = problems(data, conditions, rows, seed)
    lanes = {name: race(problem, rates, budget) for name, problem in by_name.items()}
    counts = np.unique(np.geomspace(1, budget, 40).round().astype(int))
    return {
        "budget": budget,
        "rates": rates,
        "rows": min(rows, len(data)),
        "nothing": _NOTHING,
        "losses": {
            name: {rule: [counts, _excess_at(lane, counts)] for rule, lane in by_rule.items()}
            for name, by_rule in lanes.items()
        },
        "chosen": {
            name: {rule: lane.rate for rule, lane in by_rule.items()}
            for name, by_rule in lanes.items()
        },
        "paths": [
            _contoured(name, by_name[name], lanes[name], reach)
            for name, reach in (
                (f"quadratic, condition {conditions[len(conditions) // 2]:g}", [-1.6, 1.6] * 2),
                ("Rosenbrock", [-1.8, 1.8, -0.6, 2.2]),
                ("Beale", [0.4, 3.8, -0.8, 1.5]),
            )
        ],
    }


def _excess_at(lane: Lane, counts: npt.NDArray[np.int_]) -> Array:
    """Return the excess after so many gradient evaluations, at least :data:`_NOTHING`."""
    positions = np.searchsorted(lane.evaluations, counts, side="right") - 1
    return np.asarray(np.clip(lane.excess[np.maximum(positions, 0)], _NOTHING, 1e6))


def _contoured(name: str, problem: Problem, lanes: dict[str, Lane], reach: list[float]) -> Any:
    across, up = np.linspace(reach[0], reach[1], 51), np.linspace(reach[2], reach[3], 51)
    grid = np.array([[x, y] for y in up for x in across])
    heights = np.log10(problem.value(grid) + 1e-3).round(3)
    return {
        "name": name,
        "across": across,
        "up": up,
        "values": heights.reshape(51, 51),
        "paths": {rule: _thinned(lane.path) for rule, lane in lanes.items()},
    }


def _thinned(path: Array) -> Array:
    """Keep some 40 points, close together at the start where steps are long."""
    counts = np.unique(np.geomspace(1, len(path), 40).round().astype(int)) - 1
    kept: Array = np.nan_to_num(path[counts], nan=1e3, posinf=1e3, neginf=-1e3).clip(-1e3, 1e3)
    return kept.round(4)


def _at_point(problem: Problem, x: Array) -> tuple[float, Array]:
    return float(problem.value(x[None])[0]), problem.gradient(x[None])[0]


def _scipy(problem: Problem) -> float:
    minimum = minimize(
        partial(_at_point, problem),
        problem.start,
        jac=True,
        method="L-BFGS-B",
        options={"gtol": 1e-10, "ftol": 0.0, "maxiter": 1000},
    )
    return float(minimum.fun)
