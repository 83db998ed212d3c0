"""What every kind of task has: the functions of its module, and what they hand to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Array = npt.NDArray[Any]

__all__ = ["Judge", "Predictions", "Scores", "Task"]

#: Every metric, None where it is undefined; and why it is.
Scores = tuple[dict[str, float | None], dict[str, str]]


@dataclass(frozen=True)
class Predictions:
    """What a fitted model makes of n rows."""

    #: What is kept of each row (n rows); the columns are the task's own.
    table: pd.DataFrame
    #: Number of classes of the data set; 0 where only the table tells.
    classes: int = 0
    #: Number of columns that the model saw, before encoding.
    columns: int = 1
    #: ``real`` and ``made``: what a judge sees of real and of generated images, float (n, d).
    features: Mapping[str, Array] = field(default_factory=dict)


class Judge(Protocol):
    """A fitted classifier of images that shows what its last layer sees."""

    def features(self, X: Any) -> Array:
        """Return float features of shape (n, d)."""
        ...

    def predict(self, X: Any) -> Array:
        """Return a class code for each image."""
        ...


class Task(Protocol):
    """The module of a kind of task; `classes` is the number of classes of the data set."""

    #: Name of its folds.
    SCHEME: str

    def baseline(self) -> Any:
        """Return a dummy estimator that looks at no feature."""
        ...

    def folds(
        self, y: Array, k: int, seed: int, groups: Array | None = None
    ) -> Iterator[tuple[Array, Array]]:
        """Yield training and validation positions; rows of one group stay together.

        They are the same for every model of a data set.
        """
        ...

    def predict(
        self, estimator: Any, X: Any, classes: int, judge: Judge | None = None
    ) -> Predictions:
        """Return what a fitted estimator makes of rows.

        Tasks in :data:`handbook.tasks.JUDGED` need a judge, and the others pass it over.
        """
        ...

    def score(self, y: Any, predictions: Predictions) -> Scores:
        """Return every metric of predictions, and a reason for each that is undefined."""
        ...

    def primary(self, classes: int) -> str:
        """Name the metric that ranks models."""
        ...

    def scorer(self, classes: int) -> Callable[..., float]:
        """Return the primary metric as a function of a fitted estimator, rows and labels.

        Higher is better, so an error comes as its negative.
        """
        ...
