"""Claim of section 7.2: RBF networks suit few, noisy rows, perceptrons many columns."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor

from handbook.claims.finding import Finding, Part
from handbook.claims.waves import Array, truth, wave
from handbook.models.rbf import RBFRegressor

__all__ = ["compute"]


def _chosen(estimator: Any, grid: dict[str, list[Any]], X: Array, y: Array) -> Any:
    """Fit with the setting that a cross-validation of the rows prefers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        search = GridSearchCV(estimator, grid, cv=3, scoring="neg_mean_squared_error")
        return search.fit(X, y)


def compute(
    seeds: Sequence[int],
    cases: dict[str, dict[str, Any]],
    units: list[int],
    ridges: list[float],
    hidden: list[list[int]],
    alphas: list[float],
    iterations: int,
) -> Finding:
    """Fit both to a sine of one column: of few rows, of noisy ones, and with columns of no use.

    Each network's size and penalty are chosen by cross-validation of the rows that it is fitted to,
    from as many settings. The error is that from the sine itself, on other rows.
    """
    errors: dict[str, dict[str, list[float]]] = {
        case: {"RBF network": [], "perceptron": []} for case in cases
    }
    for case, setting in cases.items():
        rows, noise, columns = setting["rows"], setting["noise"], setting["columns"]
        for seed in seeds:
            rng = np.random.default_rng(seed)
            X, y = wave(rows, noise, rng, columns)
            X_check, _ = wave(500, 0.0, rng, columns)
            networks = {
                "RBF network": _chosen(
                    RBFRegressor(bias=True, random_state=seed),
                    {"n_centers": units, "ridge": ridges}, X, y,
                ),
                "perceptron": _chosen(
                    MLPRegressor(solver="lbfgs", max_iter=iterations, random_state=seed),
                    {"hidden_layer_sizes": hidden, "alpha": alphas}, X, y,
                ),
            }  # fmt: skip
            for name, network in networks.items():
                off = network.predict(X_check) - truth(X_check)
                errors[case][name].append(float(np.sqrt(np.mean(off**2))))
    parts = []
    for case, setting in cases.items():
        powers = np.log10(
            np.array(errors[case]["perceptron"]) / np.array(errors[case]["RBF network"])
        )
        ahead, behind = "RBF network", "perceptron"
        if setting["ahead"] == "perceptron":
            powers, ahead, behind = -powers, behind, ahead
        parts.append(
            Part(
                case,
                setting["when"],
                f"powers of ten by which the {behind}'s error exceeds the {ahead}'s",
                tuple(powers.tolist()),
            )
        )
    return Finding(
        measured={
            f"error of {name}, {case}": values
            for case, own in errors.items()
            for name, values in own.items()
        },
        parts=parts,
        plot={
            "errors": errors,
            "cases": {case: setting["when"] for case, setting in cases.items()},
        },
    )
