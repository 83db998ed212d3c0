"""Claim of section 7.2: RBF networks converge faster than multilayer perceptrons."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from handbook.claims.finding import Finding, Part
from handbook.claims.waves import Array, wave
from handbook.models.rbf import RBFRegressor

__all__ = ["compute", "passes"]


def passes(losses: Array, target: float) -> int:
    """Return after how many passes the loss is at or below a target; all of them if it never is.

    Examples
    --------
    >>> passes(np.array([3.0, 2.0, 1.0]), 2.0), passes(np.array([3.0, 2.0, 1.0]), 0.5)
    (2, 3)
    """
    there = np.flatnonzero(losses <= target)
    return int(there[0]) + 1 if len(there) else len(losses)


def compute(
    seeds: Sequence[int],
    rows: int,
    noise: float,
    units: int,
    rates: dict[str, float],
    batch: int,
    excess: float,
    most: int,
) -> Finding:
    """Count passes over noisy points of a sine until the squared error is near that of the noise.

    Of the RBF network, passes of k-means that place its units come first. Its output weights are
    solved for, which takes one more, or learnt by batch gradient descent. The perceptron has as
    many hidden units and learns by Adam on small batches. Who never gets there counts as `most`.
    """
    target = (1 + excess) * noise**2 / 2
    counts: dict[str, list[int]] = {"RBF, solved": [], "RBF, descent": [], "perceptron": []}
    curves: dict[str, list[Array]] = {"RBF, descent": [], "perceptron": []}
    for seed in seeds:
        X, y = wave(rows, noise, np.random.default_rng(seed))
        solved = RBFRegressor(units, bias=True, random_state=seed).fit(X, y)
        reached = np.mean((solved.predict(X) - y) ** 2) / 2 <= target
        counts["RBF, solved"].append(solved.n_iter_ + 1 if reached else most)
        learnt = RBFRegressor(
            units, bias=True, output="gradient-descent", learning_rate=rates["descent"],
            epochs=most, random_state=seed,
        ).fit(X, y)  # fmt: skip
        perceptron = MLPRegressor(
            hidden_layer_sizes=(units,), activation="tanh", learning_rate_init=rates["adam"],
            batch_size=batch, alpha=0.0, max_iter=most, tol=0.0, n_iter_no_change=most,
            random_state=seed,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # all passes are wanted
            perceptron.fit(X, y)
        for name, losses in (
            ("RBF, descent", np.asarray(learnt.loss_curve_)),
            ("perceptron", np.asarray(perceptron.loss_curve_)),
        ):
            first = learnt.n_iter_ if name == "RBF, descent" else 0
            counts[name].append(min(first + passes(losses, target), most))
            curves[name].append(losses)
    drawn_at = np.unique(np.geomspace(1, most, 60).round().astype(int))
    effect = "powers of ten by which the perceptron needs more passes"
    fewer = {
        name: np.log10(np.array(counts["perceptron"]) / np.array(counts[name]))
        for name in ("RBF, solved", "RBF, descent")
    }
    return Finding(
        measured={f"passes of {name}": values for name, values in counts.items()},
        parts=[
            Part(
                "solved",
                "output weights are solved for",
                effect,
                tuple(fewer["RBF, solved"].tolist()),
            ),
            Part(
                "descent",
                "output weights are learnt by gradient descent",
                effect,
                tuple(fewer["RBF, descent"].tolist()),
            ),
        ],
        plot={
            "shown": drawn_at,
            "curves": {
                name: [own[drawn_at - 1] for own in values] for name, values in curves.items()
            },
            "counts": counts,
            "target": target,
            "most": most,
        },
    )
