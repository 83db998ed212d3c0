"""Paired tests of the difference between two runs on the same folds."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.records.run import Folds
from handbook.tasks.interval import mean_interval
from handbook.tasks.pairwise import corrected_t_test
from handbook.tasks.power import detectable

__all__ = ["pair", "unpaired"]


def unpaired(first: Folds, second: Folds) -> str:
    """Return why two cross-validations cannot be compared fold by fold; empty if they can.

    Parameters
    ----------
    first, second : Folds
        Empty where there is none.

    Examples
    --------
    >>> unpaired({}, {"split": "a"})
    'not both are cross-validated'
    """
    if not first or not second:
        return "not both are cross-validated"
    if first["data_digests"] != second["data_digests"]:
        return "cross-validated on other rows"
    if first["split"] != second["split"]:
        return "cross-validated on other folds"
    return ""


def pair(first: Folds, second: Folds, metric: str) -> dict[str, Any] | None:
    """Compare two runs by one metric on the folds that both have.

    Parameters
    ----------
    first, second : Folds
        For which :func:`unpaired` finds no fault.
    metric : str

    Returns
    -------
    dict or None
        ``difference``, the mean of `second` minus `first`; its ``interval`` at the level of the
        cross-validations, and ``p``, both by the corrected resampled t; ``detectable``, the true
        difference that this test alone finds with a chance of 80 %. None where a fold has no such
        score.

    References
    ----------
    Nadeau and Bengio (2003), "Inference for the generalization error", Machine Learning 52.

    Examples
    --------
    >>> folds = {"share": 0.0, "level": 0.95}
    >>> a = folds | {"scores": [{"f1": 0.5}, {"f1": 0.6}, {"f1": 0.7}]}
    >>> b = folds | {"scores": [{"f1": 0.6}, {"f1": 0.8}, {"f1": 1.0}]}
    >>> test = pair(a, b, "f1")
    >>> round(test["difference"], 4), round(test["p"], 4)
    (0.2, 0.0742)
    """
    scores = [[fold.get(metric) for fold in folds["scores"]] for folds in (first, second)]
    if None in scores[0] or None in scores[1]:
        return None
    differences = np.array(scores[1], dtype=float) - np.array(scores[0], dtype=float)
    mean, error, interval = mean_interval(differences.tolist(), first["share"], first["level"])
    limit = round(1 - first["level"], 9)
    return {
        "difference": mean,
        "interval": interval,
        "p": corrected_t_test(differences, first["share"]),
        "folds": len(differences),
        "detectable": error * detectable(len(differences), limit) if error else None,
    }
