"""Claim of section 2.17.3: R² and adjusted R² lie between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handbook.claims.finding import Finding, Part
from handbook.claims.r_squared import NAMES, three
from handbook.claims.rows import halves, overlap
from handbook.data.dataset import Dataset

__all__ = ["compute"]


def compute(data: Dataset, seeds: Sequence[int], check: float, draws: int) -> Finding:
    """Fit linear regressions to the target and to the same target in random order.

    In random order no column has to do with it. R² is taken on the fitted rows, adjusted, and on
    the other rows.
    """
    real, mixed = [], []
    for seed in seeds:
        rows, rng = halves(data, seed, check), np.random.default_rng(seed)
        real.append([three(rows)])
        target = np.concatenate([rows.y, rows.y_check])
        orders = [rng.permutation(target) for _ in range(draws)]
        n = len(rows.y)
        mixed.append([three(rows._replace(y=y[:n], y_check=y[n:])) for y in orders])
    # an R² of 0 is inside, up to rounding
    kinds = {"columns that matter": np.array(real), "columns that do not": np.array(mixed)}
    inside = {
        kind: (np.abs(values - 0.5) <= 0.5 + 1e-12).mean(axis=1) for kind, values in kinds.items()
    }
    parts = [
        ("fitted", "columns that do not", 0, "it is R² of the fitted rows"),
        ("adjusted-useful", "columns that matter", 1, "it is adjusted and the columns matter"),
        (
            "adjusted-useless",
            "columns that do not",
            1,
            "it is adjusted and the columns do not matter",
        ),
        (
            "other-useless",
            "columns that do not",
            2,
            "it is R² of other rows and the columns do not matter",
        ),
    ]
    return Finding(
        measured={
            f"share of {name} from 0 to 1, {kind}": inside[kind][:, j].tolist()
            for kind in kinds
            for j, name in enumerate(NAMES)
        },
        parts=[
            Part(
                name,
                when,
                "share of values from 0 to 1",
                tuple(inside[kind][:, j].tolist()),
                overlap=overlap(check),
            )
            for name, kind, j, when in parts
        ],
        plot={
            "names": list(NAMES),
            "kinds": {kind: values[:, :10] for kind, values in kinds.items()},
        },
    )
