"""Compare the models of one data set with each other, fold by fold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from handbook.core.errors import HandbookError
from handbook.tasks.metric import METRICS

__all__ = ["compare", "corrected_t_test", "holm"]

Array = npt.NDArray[np.float64]


def corrected_t_test(differences: Array, share: float) -> float | None:
    """Return the two-sided p of the corrected resampled t-test.

    The plain paired t-test takes folds for independent; their training sets overlap, so it finds
    differences where there are none.

    Parameters
    ----------
    differences : ndarray of shape (folds,)
        Score of a model minus that of another on the same fold.
    share : float
        Validation rows divided by training rows of a fold.

    Returns
    -------
    float or None
        None where every fold shows the same lead: few rows a fold make such ties, and a spread
        of nothing would count as certainty.

    References
    ----------
    Nadeau and Bengio (2003), "Inference for the generalization error", Machine Learning 52.

    Examples
    --------
    >>> round(corrected_t_test(np.array([0.1, 0.2, 0.3]), share=0.0), 4)  # the plain t-test
    0.0742
    """
    p = float(_corrected_t_tests(np.asarray(differences, float)[np.newaxis], share)[0])
    return None if math.isnan(p) else p


def _corrected_t_tests(differences: Array, share: float) -> Array:
    """Test each row of differences, not a number where it has no spread."""
    k = differences.shape[1]  # (pairs, folds)
    mean, spread = differences.mean(axis=1), differences.std(axis=1, ddof=1)
    varied = spread > 1e-12 * np.abs(mean)
    p = np.where(mean == 0, 1.0, np.nan)
    tested = varied & (mean != 0)
    statistic = mean[tested] / (spread[tested] * math.sqrt(1 / k + share))
    p[tested] = 2 * student.sf(np.abs(statistic), k - 1)
    return p


def holm(p: Sequence[float]) -> list[float]:
    """Adjust p-values for their number, so that any false finding at all is as rare as stated.

    References
    ----------
    Holm (1979), "A simple sequentially rejective multiple test procedure".

    Examples
    --------
    >>> [round(value, 4) for value in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    scaled = np.minimum(1.0, np.arange(len(p), 0, -1) * np.asarray(p)[order])
    adjusted = np.empty(len(p))
    adjusted[order] = np.maximum.accumulate(scaled)
    return [float(value) for value in adjusted]


def compare(runs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """Compare every pair of runs on one data set by their primary metric.

    Parameters
    ----------
    runs : mapping of str to mapping
        ``model/variant`` to the content of its cross-validation's file.

    Returns
    -------
    dict or None
        ``runs`` from best to worst, ``difference[i][j]`` (mean of i minus mean of j) and
        ``p[i][j]`` by :func:`corrected_t_test`, Holm-adjusted over all pairs that have one; None
        where fewer than two runs have a defined score on every fold.

    Raises
    ------
    HandbookError
        If two runs were not folded alike.
    """
    scores = {
        name: [fold[folds["primary"]] for fold in folds["scores"]] for name, folds in runs.items()
    }
    defined = {name: np.array(own, float) for name, own in scores.items() if None not in own}
    if len(defined) < 2:
        return None
    first = next(iter(runs.values()))
    for name, folds in runs.items():
        if folds["split"] != first["split"]:
            raise HandbookError(
                f"{name}: cross-validated on other folds than the other models of {first['data']}; "
                "delete results/cv and run the workflow again"
            )
    primary = first["primary"]
    metric = METRICS[primary]
    names = sorted(defined, key=lambda name: metric.standing(float(defined[name].mean()), name))
    table = np.array([defined[name] for name in names])  # (runs, folds)
    # All pairs of the lower triangle, row by row.
    rows = [_corrected_t_tests(table[i] - table[:i], first["share"]) for i in range(1, len(names))]
    values = np.concatenate(rows)
    has_one = ~np.isnan(values)
    values[has_one] = holm(values[has_one].tolist())
    p = np.full((len(names), len(names)), np.nan)
    lower = np.tril_indices(len(names), -1)
    p[lower] = p.T[lower] = values
    differences = [(own - table).mean(axis=1) for own in table]
    return {
        "task": first["task"],
        "metric": primary,
        "level": first["level"],
        "folds": first["folds"],
        "runs": names,
        "difference": [row.tolist() for row in differences],
        "p": [[None if math.isnan(x) else x for x in row] for row in p.tolist()],
    }
