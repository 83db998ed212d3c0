"""Two models on the same labelled rows: by how much one leads, and within which interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, rankdata

from handbook.core.errors import HandbookError
from handbook.tasks.calibration import reliability
from handbook.tasks.metric import METRICS
from handbook.tasks.resampling import Resampling, average_precision, ranked

__all__ = ["PAIRED", "Lead", "calibration_loss", "lead"]

Array = npt.NDArray[Any]

#: Metrics by which two models are compared row by row, by kind of task.
PAIRED = {
    "classification": ("roc_auc", "accuracy", "average_precision", "log_loss", "brier"),
    "outliers": ("roc_auc", "average_precision", "accuracy"),
    "regression": ("rmse", "mae"),
}


class Lead(NamedTuple):
    """The difference of two models' scores on the same rows.

    Parameters
    ----------
    first, second : float
        Their scores.
    value : float
        How much better the first is; its sign does not depend on which way the metric is better.
    interval : (float, float)
        Of that.
    method : str
        ``delong``, ``normal`` or ``bootstrap``.
    """

    first: float
    second: float
    value: float
    interval: tuple[float, float]
    method: str


def lead(
    metric: str, truth: Array, first: pd.DataFrame, second: pd.DataFrame, how: Resampling
) -> Lead:
    """Compare two models on the same rows.

    The areas under two ROC curves are compared by DeLong's test for correlated curves, means over
    rows by the normal interval of the rows' differences, and the rest by drawing rows again, the
    same ones for both models.

    Parameters
    ----------
    metric : str
        One of :data:`PAIRED`.
    truth : ndarray of shape (n,)
        Class codes, or numbers.
    first, second : DataFrame of n rows
        What `predict` of the task gives for each model.
    how : Resampling

    Raises
    ------
    HandbookError
        The metric needs what the rows or a model do not have; the message says which.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson (1988), "Comparing the areas under two or more correlated
    receiver operating characteristic curves", Biometrics 44.
    """
    if metric in ("roc_auc", "average_precision"):
        positive = truth == 1
        if len(np.unique(truth)) != 2:
            raise HandbookError(f"{metric} needs rows of both of two classes, and no others")
        scores = _ranking(metric, first), _ranking(metric, second)
        if metric == "roc_auc":
            return _areas(positive, *scores, how.level)
        return _precisions(positive, *scores, how)
    if metric == "rmse":
        return _root_mean_squares(truth, first, second, how)
    if metric not in _OF_ROWS:
        raise HandbookError(f"{metric}: not a metric by which two models are compared row by row")
    values = [_OF_ROWS[metric](truth, own) for own in (first, second)]
    sign = METRICS[metric].sign
    differences = sign * (values[0] - values[1])
    value = float(differences.mean())
    reach = _reach(how.level) * float(differences.std(ddof=1)) / math.sqrt(len(truth))
    means = float(values[0].mean()), float(values[1].mean())
    return Lead(*means, value, (value - reach, value + reach), "normal")


def calibration_loss(
    truth: Array, first: pd.DataFrame, second: pd.DataFrame, how: Resampling
) -> Lead | None:
    """Compare the calibration errors of the second of two classes; None where there are none.

    A lead below 0 says that the first model is calibrated worse. See
    :func:`handbook.tasks.calibration.reliability`.
    """
    if any("p:1" not in own or "p:2" in own for own in (first, second)):
        return None
    happened = truth == 1
    columns = [own["p:1"].to_numpy() for own in (first, second)]

    def errors(rows: Array) -> tuple[float, ...]:
        return tuple(reliability(column[rows], happened[rows]).error for column in columns)

    own = errors(np.arange(len(truth)))
    random = np.random.default_rng(how.seed)
    drawn = [errors(random.integers(0, len(truth), len(truth))) for _ in range(how.draws)]
    differences = [second - first for first, second in drawn]
    ends = np.quantile(differences, [(1 - how.level) / 2, (1 + how.level) / 2])
    value = own[1] - own[0]
    return Lead(own[0], own[1], value, (float(ends[0]), float(ends[1])), "bootstrap")


def _ranking(metric: str, table: pd.DataFrame) -> Array:
    name = "p:1" if "p:1" in table else "score"
    if name not in table:
        raise HandbookError(f"{metric} needs a score of each row, and one model gives none")
    return table[name].to_numpy(float)


def _areas(positive: Array, first: Array, second: Array, level: float) -> Lead:
    """Compare areas under ROC curves by the placement of each row among those of the other class.

    See :func:`handbook.tasks.delong.delong` for one curve alone.
    """
    above, below = zip(*(_placements(positive, own) for own in (first, second)), strict=True)
    areas = float(above[0].mean()), float(above[1].mean())
    m, n = len(above[0]), len(below[0])
    variance = (above[0] - above[1]).var(ddof=1) / m + (below[0] - below[1]).var(ddof=1) / n
    value, reach = areas[0] - areas[1], _reach(level) * math.sqrt(variance)
    return Lead(*areas, value, (value - reach, value + reach), "delong")


def _placements(positive: Array, scores: Array) -> tuple[Array, Array]:
    """Return the share of negative rows below each positive one, and of positive ones above."""
    up, down = scores[positive], scores[~positive]
    ranks = rankdata(np.concatenate([up, down]))
    above = (ranks[: len(up)] - rankdata(up)) / len(down)
    below = 1 - (ranks[len(up) :] - rankdata(down)) / len(up)
    return above, below


def _precisions(positive: Array, first: Array, second: Array, how: Resampling) -> Lead:
    places = [ranked(own, positive) for own in (first, second)]
    rows = [np.flatnonzero(positive), np.flatnonzero(~positive)]

    def both(up: Array, down: Array) -> list[Array]:
        return [average_precision(own[up], own[down]) for own in places]

    def difference(up: Array, down: Array, axis: int) -> Array:
        own = both(up, down)
        return np.asarray(own[0] - own[1])

    own = [float(part) for part in both(*rows)]
    value = own[0] - own[1]
    interval = how.interval(rows, difference) or (value, value)
    return Lead(own[0], own[1], value, interval, "bootstrap")


def _root_mean_squares(
    truth: Array, first: pd.DataFrame, second: pd.DataFrame, how: Resampling
) -> Lead:
    squares = [(own["predicted"].to_numpy() - truth) ** 2 for own in (first, second)]

    def difference(mine: Array, theirs: Array, axis: int) -> Array:
        return np.asarray(np.sqrt(theirs.mean(axis=axis)) - np.sqrt(mine.mean(axis=axis)))

    own = [float(np.sqrt(part.mean())) for part in squares]
    value = own[1] - own[0]
    interval = how.interval(squares, difference, paired=True) or (value, value)
    return Lead(own[0], own[1], value, interval, "bootstrap")


def _reach(level: float) -> float:
    return float(norm.ppf((1 + level) / 2))


def _probabilities(truth: Array, table: pd.DataFrame) -> Array:
    p = table.filter(like="p:").to_numpy()
    if not p.size:
        raise HandbookError("log_loss and brier need probabilities, and one model gives none")
    return p


def _right(truth: Array, table: pd.DataFrame) -> Array:
    return np.asarray(table["predicted"].to_numpy() == truth, float)


def _log_loss(truth: Array, table: pd.DataFrame) -> Array:
    p = _probabilities(truth, table)
    own = np.clip(p[np.arange(len(truth)), truth], np.finfo(p.dtype).eps, 1.0)
    return np.asarray(-np.log(own))


def _brier(truth: Array, table: pd.DataFrame) -> Array:
    p = _probabilities(truth, table)
    wrong = ((p - np.eye(p.shape[1])[truth]) ** 2).sum(axis=1)
    return np.asarray(wrong / 2 if p.shape[1] == 2 else wrong)


def _absolute(truth: Array, table: pd.DataFrame) -> Array:
    return np.asarray(np.abs(table["predicted"].to_numpy() - truth))


#: Metrics that are means over rows: the value of each row.
_OF_ROWS: dict[str, Callable[[Array, pd.DataFrame], Array]] = {
    "accuracy": _right,
    "log_loss": _log_loss,
    "brier": _brier,
    "mae": _absolute,
}
