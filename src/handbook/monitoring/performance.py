"""Scores, precision of alerts and calibration of answers whose labels have come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from handbook import tasks
from handbook.tasks.calibration import reliability
from handbook.tasks.metric import Metric
from handbook.tasks.resampling import Resampling
from handbook.tasks.score_intervals import score_intervals
from handbook.tasks.task import Predictions

__all__ = ["LEVEL", "Calibration", "Performance", "compare", "measure"]

#: Level of all intervals of scores over time.
LEVEL = 0.95

_DRAWS, _SEED = 400, 0  # of the intervals that have no closed form
_CHANCE_DRAWS = 100  # of labels, for the calibration error that chance makes

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Calibration:
    """What answers promised and what happened.

    Parameters
    ----------
    promised, observed : float
        The mean probability and the share of rows of which it was true; of numbers, the mean
        answer and the mean label.
    gap, deviation : float
        Mean of what was observed less what was promised, and its standard error.
    error : float or None
        The expected calibration error, see :func:`handbook.tasks.calibration.reliability`; of
        numbers None.
    chance : float or None
        Its mean, were every probability right.
    """

    promised: float
    observed: float
    gap: float
    deviation: float
    error: float | None = None
    chance: float | None = None


@dataclass(frozen=True)
class Performance:
    """Scores of answers.

    Parameters
    ----------
    rows : int
    primary : str
        The metric that ranks models.
    scores : mapping of str to float
    intervals : mapping of str to (float, float)
        At :data:`LEVEL`; of the metrics that have one.
    calibration : Calibration or None
        None where answers promise nothing, as scores of a detector.
    undefined : mapping of str to str
        Why a metric is not defined.
    """

    rows: int
    primary: str
    scores: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    calibration: Calibration | None
    undefined: Mapping[str, str]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Performance:
        """Return it from what :meth:`plain` returned."""
        own = content["calibration"]
        intervals = {name: (low, high) for name, (low, high) in content["intervals"].items()}
        calibration = None if own is None else Calibration(**own)
        return cls(**{**content, "intervals": intervals, "calibration": calibration})

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"intervals": {n: list(ends) for n, ends in self.intervals.items()}}


def measure(
    task: str, table: pd.DataFrame, truth: Array, classes: int, columns: int = 1
) -> Performance:
    """Score answers against labels.

    Parameters
    ----------
    task : {"classification", "outliers", "regression"}
    table : DataFrame of n rows
        As `predict` of the task gives it.
    truth : ndarray of shape (n,)
        Class codes, or numbers.
    classes : int
    columns : int
        That the model saw.
    """
    module = tasks.module(task)
    scores, undefined = module.score(truth, Predictions(table, classes=classes, columns=columns))
    how = Resampling(LEVEL, _DRAWS, _SEED)
    intervals = score_intervals(task, table, truth, classes, scores, how)
    ends = {name: entry.get("interval") for name, entry in intervals.items()}
    return Performance(
        rows=len(truth),
        primary=module.primary(classes),
        scores={name: value for name, value in scores.items() if value is not None},
        intervals={name: (own[0], own[1]) for name, own in ends.items() if own is not None},
        calibration=_calibration(task, table, truth, classes),
        undefined=undefined,
    )


def _calibration(task: str, table: pd.DataFrame, truth: Array, classes: int) -> Calibration | None:
    """Compare probabilities with what happened; of several classes, that of the one answered."""
    if task == "regression":
        promised, observed = table["predicted"].to_numpy(), truth
        return Calibration(*_gap(promised, observed))
    p = table.filter(like="p:").to_numpy()
    if not p.size or task != "classification":
        return None
    promised, observed = p[:, -1], truth == classes - 1
    if classes > 2:
        predicted = table["predicted"].to_numpy()
        promised, observed = p[np.arange(len(truth)), predicted], predicted == truth
    rng = np.random.default_rng(_SEED)
    drawn = rng.random((_CHANCE_DRAWS, len(truth))) < promised
    chance = float(np.mean([reliability(promised, happened).error for happened in drawn]))
    error = reliability(promised, observed).error
    return Calibration(*_gap(promised, observed.astype(float)), error, chance)


def _gap(promised: Array, observed: Array) -> tuple[float, float, float, float]:
    beyond = observed - promised
    deviation = float(beyond.std(ddof=1)) / math.sqrt(len(beyond)) if len(beyond) > 1 else 0.0
    return float(promised.mean()), float(observed.mean()), float(beyond.mean()), deviation


def compare(reference: Performance, window: Performance) -> dict[str, float]:
    """Return the p-value of each way in which answers may have become worse.

    Of the primary metric and of the precision of alerts it is one-sided; of calibration, that the
    gap between what was promised and what happened has changed. A difference of scores has the
    interval that follows from those of both (the method of variance estimates recovery).

    References
    ----------
    Zou and Donner (2008), "Construction of confidence intervals about effect measures: a general
    approach", Statistics in Medicine 27.
    """
    p = {}
    for name in dict.fromkeys([window.primary, *(["precision"] if _alerts(reference) else [])]):
        if (own := _worse(name, reference, window)) is not None:
            p[name] = own
    before, after = reference.calibration, window.calibration
    if before is not None and after is not None:
        deviation = math.hypot(before.deviation, after.deviation)
        if deviation > 0 and after.deviation > 0:
            p["calibration"] = float(2 * norm.sf(abs(after.gap - before.gap) / deviation))
    return p


def _alerts(reference: Performance) -> bool:
    """Whether some of the answers are alerts, whose precision is that of one class."""
    return reference.primary in ("roc_auc", "average_precision")


def _worse(name: str, reference: Performance, window: Performance) -> float | None:
    if name not in window.intervals or name not in reference.intervals:
        return None
    sign = Metric.named(name).sign  # higher is better from here on
    before, after = sign * reference.scores[name], sign * window.scores[name]
    least = min(sign * end for end in reference.intervals[name])
    most = max(sign * end for end in window.intervals[name])
    reach = math.hypot(most - after, before - least)
    if reach <= 0:
        return None
    return float(norm.sf(norm.ppf((1 + LEVEL) / 2) * (before - after) / reach))
