"""Support vectors on three points of a line, the middle one of another class (section 2.8)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog, minimize
from scipy.spatial.distance import cdist
from sklearn.svm import SVC, SVR

from handbook.core.numbers import listed
from handbook.labs.result import Array, Result, against

__all__ = ["compute", "dual", "plot", "separable"]

# Both solvers stop where a step no longer changes this digit.
_SOLVED = 2e-3


def separable(points: Array, labels: list[int]) -> bool:
    """Tell whether a line separates two classes, by linear programming.

    `points` are of shape (n, d), labels are 0 or 1.

    Examples
    --------
    >>> line = np.array([[1.0], [2.0], [3.0]])
    >>> separable(line, [0, 0, 1]), separable(line, [0, 1, 0])
    (True, False)
    """
    signs = 2 * np.array(labels) - 1
    # Wanted: w and b with sign (w x + b) >= 1 for each point.
    rows = -signs[:, None] * np.column_stack([points, np.ones(len(points))])
    program = linprog(
        np.zeros(rows.shape[1]), A_ub=rows, b_ub=-np.ones(len(rows)), bounds=(None, None)
    )
    return bool(program.status == 0)


def dual(gram: Array, labels: list[int], C: float) -> Array:
    """Return the decision values of a support vector machine by a general solver of its dual.

    `gram` is the kernel of each pair of points, (n, n); labels are 0 or 1; `C` is the price of a
    unit of slack. The values of the same points, (n,), are positive for class 1.

    References
    ----------
    Cortes and Vapnik (1995), "Support-vector networks".
    """
    signs = 2.0 * np.array(labels) - 1
    Q = gram * np.outer(signs, signs)
    solution = minimize(
        lambda a: 0.5 * a @ Q @ a - a.sum(),
        np.full(len(signs), C / 2),
        jac=lambda a: Q @ a - 1,
        bounds=[(0, C)] * len(signs),
        constraints={"type": "eq", "fun": lambda a: a @ signs, "jac": lambda a: signs},
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    values = gram @ (solution.x * signs)
    # On the margin lies every point whose price is neither nothing nor all.
    free = (solution.x > 1e-6 * C) & (solution.x < (1 - 1e-6) * C)
    offset: float = np.mean(signs[free] - values[free])
    return np.asarray(values + offset)


def compute(
    points: list[list[float]], labels: list[int], targets: list[float], C: float, epsilon: float
) -> list[Result]:
    """Classify three points by two kernels, and fit a line to their targets within a margin."""
    X = np.array(points)
    linear, curved = (SVC(kernel=kernel, C=C).fit(X, labels) for kernel in ("linear", "rbf"))
    regression = SVR(kernel="linear", C=C, epsilon=epsilon).fit(X, targets)
    squared = cdist(X, X, "sqeuclidean")
    values = {
        "linear": dual(X @ X.T, labels, C),
        "rbf": dual(np.exp(-squared / (X.shape[1] * X.var())), labels, C),
    }
    return [
        against("three points in a row: only where the middle one shares the class of an end")(
            "a line separates the classes (1 yes, 0 no)",
            int(separable(X, labels)),
            int(labels[1] in (labels[0], labels[2])),
        ),
        against("the dual by scipy.optimize.minimize")(
            "linear kernel, predicted classes",
            linear.predict(X),
            (values["linear"] > 0).astype(int),
        ),
        against("the dual by scipy.optimize.minimize", _SOLVED)(
            "linear kernel, decision values", linear.decision_function(X), values["linear"]
        ),
        against("the dual by scipy.optimize.minimize")(
            "RBF kernel, predicted classes", curved.predict(X), (values["rbf"] > 0).astype(int)
        ),
        against("the dual by scipy.optimize.minimize", _SOLVED)(
            "RBF kernel, decision values", curved.decision_function(X), values["rbf"]
        ),
        against("the flattest line whose tube of half width epsilon holds the targets", _SOLVED)(
            f"linear SVR, predictions for the targets {listed(targets)}",
            regression.predict(X),
            _tube(targets, epsilon),
        ),
    ]


def plot(
    points: list[list[float]], labels: list[int], targets: list[float], C: float, epsilon: float
) -> dict[str, Any]:
    """Return the decision values of both kernels on a grid around the points."""
    X = np.array(points)
    low, high = X.min(axis=0) - 1, X.max(axis=0) + 1
    across, up = np.linspace(low, high, 61).T
    grid = np.column_stack([axis.ravel() for axis in np.meshgrid(across, up)])  # (61 * 61, 2)
    panels = []
    for kernel in ("linear", "RBF"):
        model = SVC(kernel=kernel.lower(), C=C).fit(X, labels)
        values = model.decision_function(grid).reshape(len(up), len(across))
        panels.append(
            {
                "kernel": kernel,
                "C": C,
                # Far finer than a line is wide, and the same on every machine.
                "values": np.round(values, 3),
                "predicted": model.predict(X).tolist(),
                "support": sorted(model.support_.tolist()),
            }
        )
    return {"points": points, "labels": labels, "across": across, "up": up, "panels": panels}


def _tube(targets: list[float], epsilon: float) -> list[float]:
    """Flatten targets that rise evenly: the ends come nearer by epsilon, the middle stays."""
    middle = (targets[0] + targets[-1]) / 2
    half = (targets[-1] - targets[0]) / 2
    return [middle + (target - middle) * (half - epsilon) / half for target in targets]
