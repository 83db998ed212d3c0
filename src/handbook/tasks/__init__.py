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
import math
from types import ModuleType
from typing import TYPE_CHECKING, Any

from handbook.core.errors import HandbookError

if TYPE_CHECKING:
    import numpy.typing as npt

    from handbook.data.dataset import Dataset

__all__ = [
    "ESTIMATOR_TYPES",
    "HIGHER_IS_BETTER",
    "JUDGED",
    "METRICS",
    "NAMES",
    "UNLABELLED",
    "bounds",
    "module",
    "sign",
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

HIGHER_IS_BETTER = {
    "accuracy": True,
    "balanced_accuracy": True,
    "precision": True,
    "recall": True,
    "specificity": True,
    "f1": True,
    "roc_auc": True,
    "average_precision": True,
    "log_loss": False,
    "brier": False,
    "mse": False,
    "rmse": False,
    "mae": False,
    "r2": True,
    "adjusted_r2": True,
    "bits_per_character": False,
    "perplexity": False,
    "next_character_accuracy": True,
    "frechet_distance": False,
    "sample_precision": True,
    "sample_recall": True,
    "class_distance": False,
    "quantization_error": False,
    "topographic_error": False,
}
METRICS = tuple(HIGHER_IS_BETTER)


def bounds(metric: str) -> tuple[float, float]:
    """Return the least and the largest value that a metric can take.

    Examples
    --------
    >>> bounds("roc_auc"), bounds("rmse"), bounds("r2")
    ((0.0, 1.0), (0.0, inf), (-inf, 1.0))
    """
    if metric in ("r2", "adjusted_r2"):
        return -math.inf, 1.0
    if metric == "perplexity":
        return 1.0, math.inf
    shares = HIGHER_IS_BETTER[metric] or metric in ("topographic_error", "class_distance")
    return 0.0, 1.0 if shares else math.inf


def sign(metric: str) -> float:
    """Return what a metric is multiplied by so that higher is better: 1 or -1."""
    return 1.0 if HIGHER_IS_BETTER[metric] else -1.0


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
