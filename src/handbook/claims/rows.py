"""The rows of a claim's experiment: parts of a data set's training rows, drawn for each seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset
from handbook.training.preprocess import pipeline
from handbook.training.spec import Preprocess

__all__ = ["Halves", "drawn", "flipped", "halves", "overlap", "with_noise"]

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class Halves(NamedTuple):
    """Rows to fit on and rows to check on, all columns numbers."""

    X: Array
    y: Array
    X_check: Array
    y_check: Array


def halves(data: Dataset, seed: int, check: float, columns: list[str] | None = None) -> Halves:
    """Split rows at random; numeric columns are standardised.

    Parameters
    ----------
    data : Dataset
        A table; classes keep their shares in both parts.
    check : float
        Share of the rows to check on.
    columns : list of str or None
        Which columns to take; all without it.
    """
    fit_on, check_on = train_test_split(
        np.arange(len(data)),
        test_size=check,
        random_state=seed,
        stratify=data.labels if data.classes else None,
    )
    return _encoded(data, fit_on, check_on, "standard", columns)


def drawn(
    data: Dataset,
    seeds: Sequence[int],
    fitted: int,
    check: int,
    *,
    numeric: Literal["standard", "none"] = "standard",
    columns: list[str] | None = None,
) -> Iterator[tuple[int, Halves]]:
    """Yield each seed with rows of its own, as many of either class: no two seeds share a row.

    Parameters
    ----------
    data : Dataset
        A table of two classes.
    fitted, check : int
        Rows of a seed to fit on and to check on.
    numeric : {"standard", "none"}
        Scaling of numeric columns.
    columns : list of str or None
        Which columns to take; all without it.

    Raises
    ------
    HandbookError
        If a class has too few rows.
    """
    rng = np.random.default_rng(min(seeds))
    each = (fitted + check) // 2
    orders = [rng.permutation(np.flatnonzero(data.labels == code)) for code in (0, 1)]
    fewest = min(len(order) for order in orders)
    if fewest < each * len(seeds):
        raise HandbookError(
            f"{data.name}: {fewest} rows of a class for {len(seeds)} seeds of {each}; lower "
            "fitted, check or seeds of the claim in params.yaml"
        )
    for number, seed in enumerate(seeds):
        own = [order[number * each : (number + 1) * each] for order in orders]
        fit_on = np.concatenate([rows[: fitted // 2] for rows in own])
        check_on = np.concatenate([rows[fitted // 2 :] for rows in own])
        yield seed, _encoded(data, fit_on, check_on, numeric, columns)


def _encoded(
    data: Dataset,
    fit_on: Numbers,
    check_on: Numbers,
    numeric: Literal["standard", "none"],
    columns: list[str] | None,
) -> Halves:
    """Encode the columns of two parts of the rows as fitted on the first alone."""
    X, labels = data.X if columns is None else data.X[columns], data.labels.astype(float)
    encoder = pipeline("passthrough", Preprocess(numeric=numeric), X).fit(X.iloc[fit_on])
    first, second = (
        np.asarray(encoder.transform(X.iloc[rows]), float) for rows in (fit_on, check_on)
    )
    return Halves(first, labels[fit_on], second, labels[check_on])


def overlap(check: float) -> float:
    """Return what widens intervals over splits of the same rows: rows checked on by the others.

    References
    ----------
    Nadeau and Bengio (2003), "Inference for the generalization error", Machine Learning 52.

    Examples
    --------
    >>> overlap(0.2)
    0.25
    """
    return check / (1 - check)


def with_noise(X: Array, columns: int, rng: np.random.Generator) -> Array:
    """Append columns of standard normal numbers that have nothing to do with anything.

    Examples
    --------
    >>> with_noise(np.zeros((3, 2)), 4, np.random.default_rng(0)).shape
    (3, 6)
    """
    return np.hstack([X, rng.standard_normal((len(X), columns))])


def flipped(y: Array, share: float, order: Numbers) -> Array:
    """Give a share of the rows, the first ones of an order, the other one of classes 0 and 1.

    Examples
    --------
    >>> flipped(np.array([0.0, 0.0, 1.0, 1.0]), 0.5, np.array([3, 0, 1, 2])).tolist()
    [1.0, 0.0, 1.0, 0.0]
    """
    wrong = order[: round(share * len(y))]
    other = y.copy()
    other[wrong] = 1 - other[wrong]
    return other
