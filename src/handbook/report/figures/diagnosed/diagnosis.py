"""Rules that read learning and validation curves: overfitting, underfitting, or neither.

The rule that reads a learning curve, at its largest number of rows: a model that is not better on
new rows than the dummy by one standard deviation over splits is called that. It overfits where
more than a quarter of what it gains over the dummy on its own training rows is lost on new rows,
and that loss is more than one standard deviation. Else it underfits, or the rows are noisy, where
even on its training rows it comes less than half of the way from the dummy to a perfect score.

The rule that reads a validation curve: a value is worse than the best one where its mean lies more
than one standard deviation of the best below it. There the model overfits if it is better on its
training rows than at the best value, and underfits if it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from handbook.tasks.metric import Metric

__all__ = ["NOTHING", "Scores", "fits", "strays"]

Array = npt.NDArray[np.float64]

NOTHING = "no better than the dummy"
_LOST = 0.25
_LEARNT = 0.5


class Scores(NamedTuple):
    """Mean and standard deviation over splits, at every size or value; arrays of shape (k,)."""

    mean: Array
    spread: Array

    @classmethod
    def of(cls, scores: Sequence[Sequence[float | None]]) -> Scores:
        """Summarise a list of scores for each size; splits without a score are left out."""
        rows = [
            np.array([score for score in row if score is not None], dtype=float) for row in scores
        ]
        return cls(
            np.array([row.mean() if len(row) else np.nan for row in rows]),
            np.array([row.std(ddof=1) if len(row) > 1 else 0.0 for row in rows]),
        )


def fits(train: float, check: float, spread: float, dummy: float, metric: str) -> str:
    """Classify how well a model fits, by the rule above for learning curves.

    Parameters
    ----------
    train, check : float
        Mean scores on its own training rows and on rows that it never saw.
    spread : float
        Standard deviation of `check` over splits.
    dummy : float
        Score of the dummy.
    metric : str
        Says which way is better and what a perfect score is.

    Examples
    --------
    >>> fits(1.0, 0.8, 0.02, 0.5, "roc_auc"), fits(0.52, 0.51, 0.02, 0.5, "roc_auc")
    ('overfits', 'no better than the dummy')
    >>> fits(60.0, 61.0, 3.0, 77.0, "rmse"), fits(0.92, 0.91, 0.01, 0.5, "roc_auc")
    ('underfits, or noise', 'generalises')
    """
    sign = Metric.named(metric).sign
    gained, kept = sign * (train - dummy), sign * (check - dummy)
    lost = gained - kept > max(_LOST * gained, spread)
    if kept <= spread:
        return f"overfits, {NOTHING}" if lost else NOTHING
    if lost:
        return "overfits"
    perfect = abs(Metric.named(metric).perfect - dummy)
    return "underfits, or noise" if gained < _LEARNT * perfect else "generalises"


def strays(train: Scores, check: Scores, metric: str) -> list[str]:
    """Classify the fit at each value, by the rule above for validation curves.

    Returns
    -------
    list of str
        ``best``, ``as good``, ``underfits`` or ``overfits``.
    """
    sign = Metric.named(metric).sign
    best = int(np.nanargmax(sign * check.mean))
    verdicts = []
    for index in range(len(check.mean)):
        worse = sign * (check.mean[best] - check.mean[index]) > check.spread[best]
        over = sign * (train.mean[index] - train.mean[best]) > 0
        verdicts.append(
            "best" if index == best else "overfits" if worse and over else
            "underfits" if worse else "as good"
        )  # fmt: skip
    return verdicts
