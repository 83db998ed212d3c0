"""Claim of section 3.9: AdaGrad is quick where columns are rare, and its steps become too small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.claims.finding import Finding, paired
from handbook.optim.adaptive import AdaGrad, RMSprop
from handbook.optim.descent import GradientDescent
from handbook.optim.rule import Rule

__all__ = ["compute", "logistic_loss", "rare_rows", "steep_start", "train"]

Array = npt.NDArray[np.float64]

_RULES: dict[str, Callable[[Any], Rule]] = {
    "descent": GradientDescent,
    "AdaGrad": AdaGrad,
    "RMSprop": RMSprop,
}


def rare_rows(seed: int, rows: int, columns: int, rarest: float) -> tuple[Array, Array]:
    """Return rows of zeros and ones, and labels of -1 and 1 that follow from them.

    The share of rows in which a column is 1 falls geometrically from one half to the rarest; each
    column matters equally where it is 1.
    """
    rng = np.random.default_rng(seed)
    frequency = np.geomspace(0.5, rarest, columns)
    X = (rng.random((rows, columns)) < frequency).astype(float)
    weights = 3.0 * rng.choice([-1.0, 1.0], columns)
    y = np.where(rng.random(rows) < 1 / (1 + np.exp(-X @ weights)), 1.0, -1.0)
    return X, y


def logistic_loss(X: Array, y: Array, weights: Array) -> Array:
    """Return the mean logistic loss of each set of weights, (rates, columns)."""
    loss: Array = np.logaddexp(0, -y * (weights @ X.T)).mean(axis=1)
    return loss


def train(
    rule: Callable[[Any], Rule], rates: Array, X: Array, y: Array, steps: int, seed: int
) -> Array:
    """Return the loss after training on one random row a step, at each rate side by side."""
    weights = np.zeros((len(rates), X.shape[1]))
    made = rule(rates[:, None])
    for row in np.random.default_rng(seed).integers(len(X), size=steps):
        margin = y[row] * (weights @ X[row])
        slope = -y[row] / (1 + np.exp(np.clip(margin, -50, 50)))
        weights = made.step(weights, slope[:, None] * X[row])
    return logistic_loss(X, y, weights)


def steep_start(rule: Callable[[Any], Rule], rate: float, start: float, steps: int) -> Array:
    """Return x² by step from a start where it is steep, with a rule at a rate."""
    made, x, losses = rule(rate), np.array([start]), [start**2]
    for _ in range(steps):
        x = made.step(x, 2 * x)
        losses.append(float(x[0] ** 2))
    return np.array(losses)


def compute(
    seeds: Sequence[int],
    rows: int,
    columns: int,
    rarest: float,
    rates: list[float],
    steps: int,
    starts: list[float],
    rate: float,
    descent_steps: int,
) -> Finding:
    """Fit a logistic regression one random row a step, of columns that are 1 often or rarely.

    Descent and AdaGrad each get the best of the same rates, by the loss on all rows after the last
    step; the same is done where no column is rare. Then AdaGrad and RMSprop descend on x² at one
    rate, from a start that the seed draws.
    """
    losses: dict[str, list[float]] = {}
    tails, stalls = [], []
    for seed in seeds:
        for kind, least in (("rare", rarest), ("none rare", 0.5)):
            X, y = rare_rows(seed, rows, columns, least)
            for name in ("descent", "AdaGrad"):
                reached = train(_RULES[name], np.array(rates), X, y, steps, seed)
                losses.setdefault(f"{name}, {kind}", []).append(float(np.nanmin(reached)))
        start = float(np.random.default_rng(seed).uniform(starts[0], starts[1]))
        paths = {
            name: steep_start(_RULES[name], rate, start, descent_steps)
            for name in ("AdaGrad", "RMSprop")
        }
        tails.append({name: path.tolist() for name, path in paths.items()})
        stalls.append([float(np.log10(path[-1] + 1e-12)) for path in paths.values()])
    ended = np.transpose(stalls).tolist()
    effect = "loss of descent less that of AdaGrad, each at its best rate"
    return Finding(
        measured=losses | {"log10 x² with AdaGrad": ended[0], "log10 x² with RMSprop": ended[1]},
        parts=[
            paired(
                "rare",
                "columns are rare",
                effect,
                losses["descent, rare"],
                losses["AdaGrad, rare"],
            ),
            paired(
                "rather",
                "columns are rare rather than common",
                "the same, less what it is where no column is rare",
                np.subtract(losses["descent, rare"], losses["AdaGrad, rare"]).tolist(),
                np.subtract(losses["descent, none rare"], losses["AdaGrad, none rare"]).tolist(),
            ),
            paired(
                "stalls",
                "the start is steep and far away",
                "log10 of x² after the last step, AdaGrad's less RMSprop's",
                ended[0],
                ended[1],
            ),
        ],
        plot={
            "losses": losses,
            "paths": {name: [own[name] for own in tails] for name in ("AdaGrad", "RMSprop")},
        },
    )
