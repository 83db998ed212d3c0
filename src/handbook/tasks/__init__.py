"""The kinds of task: how each is split into folds, scored and compared with a dummy.

Every task is a module of this package with the same functions:

``baseline()``
    A dummy estimator that looks at no feature.
``folds(y, k, seed, groups)``
    Pairs of row positions, the same for every model of a data set; rows of one group stay
    together.
``predict(estimator, X, classes)``
    What a fitted estimator says, as a table; the columns are the task's own.
``score(y, predictions)``
    Every metric, and a reason for each that is undefined.
``primary(classes)``
    The metric that ranks models.
``scorer(classes)``
    The same as a function of a fitted estimator, rows and labels, for searches; higher is
    better, so that an error comes as its negative.

and the constant ``SCHEME``, the name of its folds. Those in :data:`UNLABELLED` need no labels;
where there are none, `y` is only as long as the rows are many. `predict` of those in
:data:`JUDGED` also takes a `judge`, a fitted classifier that looks at what was generated.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

from handbook.core.errors import HandbookError

if TYPE_CHECKING:
    import numpy.typing as npt

    from handbook.data.dataset import Dataset

__all__ = [
    "ESTIMATOR_TYPES",
    "JUDGED",
    "NAMES",
    "UNLABELLED",
    "module",
    "targets",
]

# What each task needs, in scikit-learn's words.
ESTIMATOR_TYPES = {
    "classification": "classifier",
    "regression": "regressor",
    "outliers": "outlier_detector",
    "language": "language_model",
    "generation": "generator",
}
UNLABELLED = ("language", "generation")
JUDGED = ("generation",)
NAMES = tuple(ESTIMATOR_TYPES)


def targets(rows: Dataset, task: str) -> npt.NDArray[Any]:
    """Return the labels of rows, or as many zeros where there are none and the task needs none.

    Raises
    ------
    HandbookError
        There are no labels, and the task needs some.
    """
    if rows.y is not None:
        return rows.y
    if task not in UNLABELLED:
        raise HandbookError(f"{rows.name}: has no labels for the task {task!r}")
    import numpy as np

    return np.zeros(len(rows))


def module(task: str) -> ModuleType:
    """Return the module of a task."""
    return importlib.import_module(f"handbook.tasks.{task}")
