"""How k-fold, stratified k-fold and leave-one-out divide rows (section 2.17.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import KFold, LeaveOneOut, StratifiedKFold

from handbook.labs.result import Result, against
from handbook.tasks import classification

__all__ = ["compute"]

Array = npt.NDArray[Any]


def compute(zeros: int, ones: int, folds: int, seed: int) -> list[Result]:
    """Divide sorted rows of two classes by k-fold, stratified k-fold and leave-one-out."""
    y = np.repeat([0, 1], [zeros, ones])
    n = len(y)
    plain = [held for _, held in KFold(folds).split(y)]
    stratified = [held for _, held in StratifiedKFold(folds).split(y, y)]
    single = list(LeaveOneOut().split(y))
    own = [held for _, held in classification.folds(y, folds, seed)]
    of_ones = _dealt(ones, folds, first=zeros)
    dealt = list(zip(_dealt(zeros, folds), of_ones, strict=True))
    return [
        against(f"{n} rows dealt in turn to {folds} folds")(
            f"{folds}-fold: rows of each validation fold",
            [len(held) for held in plain],
            _dealt(n, folds),
        ),
        against("folds are blocks of neighbours, and class 1 stands at the end")(
            f"{folds}-fold without shuffling: rows of class 0 and of class 1 in each",
            _counts(y, plain),
            _in_blocks(zeros, n, folds),
        ),
        against("dealt in turn, class 1 going on where class 0 ended")(
            f"stratified {folds}-fold: rows of class 0 and of class 1 in each",
            _counts(y, stratified),
            [list(pair) for pair in dealt],
        ),
        against("the same counts, as shares")(
            f"stratified {folds}-fold: share of class 1 in each",
            [y[held].mean() for held in stratified],
            [of_one / (of_zero + of_one) for of_zero, of_one in dealt],
        ),
        against("counting")(
            "leave-one-out: folds, most rows held out, fewest rows trained on",
            [
                len(single),
                max(len(held) for _, held in single),
                min(len(kept) for kept, _ in single),
            ],
            [n, 1, n - 1],
        ),
        against("every row is validated once")(
            "folds of this project: how often each row is held out",
            np.bincount(np.concatenate(own), minlength=n),
            [1] * n,
        ),
        against("shuffled, and stratified all the same")(
            "folds of this project: rows of class 1 in each, fewest first",
            sorted(int(y[held].sum()) for held in own),
            sorted(of_ones),
        ),
    ]


def _dealt(rows: int, folds: int, first: int = 0) -> list[int]:
    """Count the rows of each fold when they are dealt out like cards, beginning at fold `first`."""
    turns = [row % folds for row in range(first, first + rows)]
    return [turns.count(fold) for fold in range(folds)]


def _in_blocks(zeros: int, n: int, folds: int) -> list[list[int]]:
    """Count the classes in blocks of neighbours, where class 0 ends at row `zeros`."""
    counts, start = [], 0
    for size in _dealt(n, folds):
        of_zero = min(max(zeros - start, 0), size)
        counts.append([of_zero, size - of_zero])
        start += size
    return counts


def _counts(y: Array, held: list[Array]) -> list[list[int]]:
    return [np.bincount(y[rows], minlength=2).tolist() for rows in held]
