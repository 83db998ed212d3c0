"""Claim of section 2.17.3: adjusted R² punishes useless columns, and so compares models better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handbook.claims.finding import Finding, Part, paired
from handbook.claims.r_squared import NAMES, three
from handbook.claims.rows import halves, overlap, with_noise
from handbook.data.dataset import Dataset

__all__ = ["compute"]


def _columns(count: int) -> str:
    return f"{count} useless column{'s' * (count > 1)}"


def compute(
    data: Dataset, seeds: Sequence[int], check: float, useless: list[int], draws: int
) -> Finding:
    """Add columns of noise to a linear regression, and ask who prefers the model without them.

    Of two models the better one is the one without: R² on the fitted rows, adjusted R², and R² on
    other rows are asked in turn, over many draws of the columns.
    """
    own, kept = [], []
    for seed in seeds:
        rows, rng = halves(data, seed, check), np.random.default_rng(seed)
        n, columns = rows.X.shape
        scores = np.empty((draws, len(useless), len(NAMES)))
        for draw in range(draws):
            wide = with_noise(np.vstack([rows.X, rows.X_check]), max(useless), rng)
            for i, count in enumerate(useless):
                X = wide[:, : columns + count]
                scores[draw, i] = three(rows._replace(X=X[:n], X_check=X[n:]))
        own.append(scores.mean(axis=0))
        kept.append((three(rows) > scores).mean(axis=0))
    means = np.stack(own, axis=-1)  # (useless, 3, seeds)
    shares = np.stack(kept, axis=-1)
    prefers = {name: shares[:, i] for i, name in enumerate(NAMES)}
    steps = [(i, k) for i, k in enumerate(useless) if k]
    return Finding(
        measured={
            f"{name} prefers none to {k}": values[i].tolist()
            for name, values in prefers.items()
            for i, k in steps
        }
        | {
            f"{name}, {k} useless": means[i, j].tolist()
            for j, name in enumerate(prefers)
            for i, k in enumerate(useless)
        },
        parts=[
            *(
                Part(
                    f"punished-{k}",
                    f"it is to punish {_columns(k)}",
                    "share of draws in which adjusted R² is lower with them",
                    tuple(prefers["adjusted R²"][i].tolist()),
                    overlap=overlap(check),
                )
                for i, k in steps
            ),
            *(
                paired(
                    f"better-{k}",
                    f"its rival is R² with {_columns(k)}",
                    f"share of draws in which adjusted R² prefers none to {k}, less that of R²",
                    prefers["adjusted R²"][i].tolist(),
                    prefers["R²"][i].tolist(),
                    overlap(check),
                )
                for i, k in steps
            ),
        ],
        plot={"useless": useless, "means": means, "prefers": prefers},
    )
