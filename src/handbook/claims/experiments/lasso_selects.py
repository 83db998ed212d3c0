"""Claim of section 2.6.4: lasso drops useless columns, which pays where there are many."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LassoCV, LinearRegression, RidgeCV

from handbook.claims.finding import Finding, Part, paired
from handbook.claims.rows import halves, overlap, with_noise
from handbook.data.dataset import Dataset

__all__ = ["compute"]


def compute(
    data: Dataset, seeds: Sequence[int], check: float, useless: list[int], penalties: int
) -> Finding:
    """Fit least squares, lasso and ridge with more and more columns of noise.

    Penalties are chosen by cross-validation of the fitted rows.
    """
    models = {
        "least squares": LinearRegression(),
        "lasso": LassoCV(alphas=penalties, cv=5),
        "ridge": RidgeCV(alphas=np.geomspace(0.1, 1e4, penalties)),
    }
    scores = {name: np.empty((len(useless), len(seeds))) for name in models}
    zeros = {name: np.empty((2, len(useless), len(seeds))) for name in models}
    for s, seed in enumerate(seeds):
        rows, rng = halves(data, seed, check), np.random.default_rng(seed)
        n, own = rows.X.shape
        wide = with_noise(np.vstack([rows.X, rows.X_check]), max(useless), rng)
        for i, count in enumerate(useless):
            X = wide[:, : own + count]
            for name, model in models.items():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ConvergenceWarning)
                    fit = model.fit(X[:n], rows.y)
                scores[name][i, s] = fit.score(X[n:], rows.y_check)
                zero = fit.coef_ == 0
                zeros[name][0, i, s] = zero[:own].mean()
                zeros[name][1, i, s] = zero[own:].mean() if count else 0.0
    shared, last = overlap(check), len(useless) - 1
    gain = [(scores["lasso"][i]).tolist() for i in range(len(useless))]
    plain = [(scores["least squares"][i]).tolist() for i in range(len(useless))]
    effect = "R² on other rows: lasso less least squares"
    return Finding(
        measured={
            f"R² of {name}, {k} useless": scores[name][i].tolist()
            for name in models
            for i, k in enumerate(useless)
        }
        | {
            f"share of {k} useless columns at 0, {name}": zeros[name][1, i].tolist()
            for name in models
            for i, k in enumerate(useless)
            if k
        },
        parts=[
            Part(
                "zeros",
                "useless columns are counted",
                f"share of the {useless[-1]} useless columns with a coefficient of 0",
                tuple(zeros["lasso"][1, last].tolist()),
                overlap=shared,
            ),
            paired(
                "many",
                f"there are {useless[-1]} useless columns",
                effect,
                gain[-1],
                plain[-1],
                shared,
            ),
            paired("none", "there is no useless column", effect, gain[0], plain[0], shared),
        ],
        plot={"useless": useless, "scores": scores, "zeros": zeros},
    )
