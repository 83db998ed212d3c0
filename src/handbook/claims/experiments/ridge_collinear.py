"""Claim of section 2.6.5: ridge steadies coefficients of columns that say the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LinearRegression, RidgeCV

from handbook.claims.finding import Finding, Part, paired
from handbook.claims.rows import Array

__all__ = ["compute", "twins"]


def twins(
    rows: int, weights: Sequence[float], blur: float, noise: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Draw normal columns, the first of which stands twice, and a linear target with noise.

    The last column is the first one's twin, which differs by noise of the deviation `blur`. Its
    own weight is 0.

    Examples
    --------
    >>> X, y = twins(4, [1.0, 0.5], 0.0, 0.0, np.random.default_rng(0))
    >>> X.shape, bool(np.allclose(X[:, 0], X[:, 2])), bool(np.allclose(y, X[:, :2] @ [1.0, 0.5]))
    ((4, 3), True, True)
    """
    X = rng.standard_normal((rows, len(weights)))
    y = X @ np.asarray(weights) + noise * rng.standard_normal(rows)
    return np.column_stack([X, X[:, 0] + blur * rng.standard_normal(rows)]), y


def compute(
    seeds: Sequence[int],
    weights: list[float],
    blur: float,
    noise: float,
    sizes: list[int],
    samples: int,
    penalties: int,
) -> Finding:
    """Fit least squares and ridge to rows in which one column stands twice, nearly the same.

    For each seed both are fitted to many samples, of few rows and of more, drawn anew from the same
    truth. Ridge's penalty is chosen on each sample by leaving one row out at a time. R² is that on
    10,000 other rows.
    """
    models = {
        "least squares": LinearRegression(),
        "ridge": RidgeCV(alphas=np.geomspace(0.01, 1e4, penalties)),
    }
    spreads = {name: np.empty((len(sizes), len(seeds))) for name in models}
    scores = {name: np.empty((len(sizes), len(seeds))) for name in models}
    shown: dict[str, list[list[float]]] = {}
    for s, seed in enumerate(seeds):
        rng = np.random.default_rng(seed)
        X_check, y_check = twins(10_000, weights, blur, noise, rng)
        for i, size in enumerate(sizes):
            drawn = [twins(size, weights, blur, noise, rng) for _ in range(samples)]
            for name, model in models.items():
                pairs, right = [], []
                for X, y in drawn:
                    model.fit(X, y)
                    pairs.append(model.coef_[[0, -1]])
                    right.append(model.score(X_check, y_check))
                spreads[name][i, s] = np.std(pairs, axis=0, ddof=1).mean()
                scores[name][i, s] = np.mean(right)
                if s == 0 and i == 0:
                    shown[name] = np.array(pairs).tolist()
    steadier = np.log10(spreads["least squares"] / spreads["ridge"])
    plain, shrunk = (scores[name].tolist() for name in models)
    return Finding(
        measured={
            f"{what}, {name}, {size} rows": values[name][i].tolist()
            for what, values in (("spread of the twins' coefficients", spreads), ("R²", scores))
            for name in models
            for i, size in enumerate(sizes)
        },
        parts=[
            *(
                Part(
                    f"spread-{size}",
                    f"coefficients from {size} rows are looked at",
                    "powers of ten by which the twins' coefficients spread less with ridge",
                    tuple(steadier[i].tolist()),
                )
                for i, size in enumerate(sizes)
            ),
            *(
                paired(
                    f"score-{size}",
                    f"predictions from {size} rows are looked at",
                    "R² on other rows: ridge less least squares",
                    shrunk[i],
                    plain[i],
                )
                for i, size in enumerate(sizes)
            ),
        ],
        plot={"sizes": sizes, "shown": shown, "spreads": spreads, "scores": scores},
    )
