"""Precision where the rare class is as rare as in all rows, not as in a subset of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from handbook.report.site.results import DataSet, Run
from handbook.report.site.site import Site
from handbook.tasks.shares import wilson

__all__ = ["Corrected", "Subset", "precision_at", "subsets"]

# Rows of the rare class, and all rows, of what a data set is a subset of: all rows of that class,
# and as many others as there is room for, drawn at random.
_WHOLE = {"credit-card": (492, 284_807)}
_LEVEL = 0.95


class Corrected(NamedTuple):
    """A run's precision on the test rows of the subset, and at the share of the whole.

    Parameters
    ----------
    run : Run
    here, whole : float or None
        None where the run flags nothing.
    interval : (float, float)
        Of `whole`: at the ends of the intervals of recall and specificity, each at such a level
        that both hold together with at least the level stated.
    """

    run: Run
    here: float | None
    whole: float | None
    interval: tuple[float, float]


@dataclass(frozen=True)
class Subset:
    """A data set in which the rare class is more frequent than in what it was taken from.

    Parameters
    ----------
    data : DataSet
    here, whole : float
        Share of the rare class among the test rows, and in all rows.
    rows : int
        All rows.
    runs : tuple of Corrected
        The highest precision at the share of the whole first.
    """

    data: DataSet
    here: float
    whole: float
    rows: int
    runs: tuple[Corrected, ...]
    level: float = _LEVEL


def precision_at(share: float, recall: float, specificity: float) -> float | None:
    """Return the precision where so large a share of rows is of the class, by Bayes' rule.

    Recall and specificity are each of one class's rows, and do not depend on the share.

    Examples
    --------
    >>> round(precision_at(0.01, recall=0.9, specificity=0.9), 4)
    0.0833
    """
    flagged = share * recall + (1 - share) * (1 - specificity)
    return share * recall / flagged if flagged else None


def subsets(site: Site) -> list[Subset]:
    """Find the data sets that are such subsets, with their finished runs."""
    return [
        subset
        for data in site.data
        if data.name in _WHOLE and (subset := _subset(site, data)) is not None
    ]


def _subset(site: Site, data: DataSet) -> Subset | None:
    classes = list(((data.profile or {}).get("classes") or {}).values())
    if len(classes) != 2 or data.sample:
        return None
    negative, positive = (int(rows["test"]) for rows in classes)
    of_class, every = _WHOLE[data.name]
    here, whole = positive / (negative + positive), of_class / every
    if sum(rows["train"] + rows["test"] for rows in classes) >= every:
        return None
    runs = [
        _corrected(run, whole, positive, negative)
        for run in site.runs
        if run.data == data.name
        and run.state == "finished"
        and run.metrics.get("recall") is not None
        and run.metrics.get("specificity") is not None
    ]
    runs.sort(key=lambda entry: (entry.whole is None, -(entry.whole or 0), entry.run.name))
    return Subset(data, here, whole, every, tuple(runs)) if runs else None


def _corrected(run: Run, share: float, positive: int, negative: int) -> Corrected:
    recall, specificity = run.metrics["recall"], run.metrics["specificity"]
    assert recall is not None
    assert specificity is not None
    level = 1 - (1 - _LEVEL) / 2
    recalls = wilson(round(recall * positive), positive, level)
    specificities = wilson(round(specificity * negative), negative, level)
    # It rises with both.
    low, high = (
        precision_at(share, *ends) or 0.0 for ends in zip(recalls, specificities, strict=True)
    )
    precision = precision_at(share, recall, specificity)
    return Corrected(run, run.metrics.get("precision"), precision, (low, high))
