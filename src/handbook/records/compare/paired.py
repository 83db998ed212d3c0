"""Whether the difference between two runs is real: paired tests on the same folds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from handbook.tasks.interval import mean_interval
from handbook.tasks.pairwise import corrected_t_test

__all__ = ["Folds", "pair", "unpaired"]

Folds = Mapping[str, Any]


def unpaired(one: Folds, other: Folds) -> str:
    """Say why two cross-validations cannot be compared fold by fold; empty where they can.

    Parameters
    ----------
    one, other : mapping
        Content of their files; empty where there is none.

    Examples
    --------
    >>> unpaired({}, {"split": "a"})
    'not both are cross-validated'
    """
    if not one or not other:
        return "not both are cross-validated"
    if one["data_digests"] != other["data_digests"]:
        return "cross-validated on other rows"
    if one["split"] != other["split"]:
        return "cross-validated on other folds"
    return ""


def pair(one: Folds, other: Folds, metric: str) -> dict[str, Any] | None:
    """Compare two runs by one metric on the folds that both have.

    Parameters
    ----------
    one, other : mapping
        For which :func:`unpaired` finds no fault.
    metric : str

    Returns
    -------
    dict or None
        ``difference``, the mean of `other` minus `one`; its ``interval`` at the level of the
        cross-validations, and ``p``, both by the corrected resampled t. None where a fold has no
        such score.

    References
    ----------
    Nadeau and Bengio (2003), "Inference for the generalization error", Machine Learning 52.

    Examples
    --------
    >>> folds = {"share": 0.0, "level": 0.95}
    >>> a = folds | {"scores": [{"f1": 0.5}, {"f1": 0.6}, {"f1": 0.7}]}
    >>> b = folds | {"scores": [{"f1": 0.6}, {"f1": 0.8}, {"f1": 1.0}]}
    >>> found = pair(a, b, "f1")
    >>> round(found["difference"], 4), round(found["p"], 4)
    (0.2, 0.0742)
    """
    scores = [[fold.get(metric) for fold in folds["scores"]] for folds in (one, other)]
    if None in scores[0] or None in scores[1]:
        return None
    differences = np.array(scores[1], dtype=float) - np.array(scores[0], dtype=float)
    mean, _, interval = mean_interval(differences.tolist(), one["share"], one["level"])
    return {
        "difference": mean,
        "interval": interval,
        "p": corrected_t_test(differences, one["share"]),
        "folds": len(differences),
    }
