"""The kinds of task: how each is split into folds, scored and compared with a dummy.

Every task is a module of this package with the functions of :class:`handbook.tasks.task.Task`.
Those in :data:`UNLABELLED` need no labels; where there are none, `y` is only as long as the rows
are many. Those in :data:`JUDGED` need a judge to predict, which looks at what was generated.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, cast

from handbook.core.errors import HandbookError

if TYPE_CHECKING:
    import numpy.typing as npt

    from handbook.data.dataset import Dataset
    from handbook.tasks import classification, generation, language, outliers, regression
    from handbook.tasks.task import Task

    # mypy holds each module against the protocol here.
    _TASKS: tuple[Task, ...] = (classification, generation, language, outliers, regression)

__all__ = ["ESTIMATOR_TYPES", "JUDGED", "NAMES", "UNLABELLED", "module", "targets"]

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


def module(task: str) -> Task:
    """Return the module of a task."""
    return cast("Task", importlib.import_module(f"handbook.tasks.{task}"))
