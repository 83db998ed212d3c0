"""A fitted run with its training and test rows, from its saved files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError
from handbook.data import dataset
from handbook.explain.features import Feature, features
from handbook.explain.spec import ExplainSpec
from handbook.training import saving
from handbook.training.build import last_step, whole

__all__ = ["Array", "Fitted", "load", "spaced"]

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Fitted:
    """A fitted run and its rows."""

    spec: ExplainSpec
    #: With its preprocessing: takes the columns of the table.
    estimator: Any
    train: dataset.Dataset
    test: dataset.Dataset
    #: Classifies the images that the model generates; None for other models.
    judge: Any = None
    _computed: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return what several displays need, computed by the first that asks for its name."""
        if name not in self._computed:
            self._computed[name] = compute()
        return self._computed[name]

    @property
    def model(self) -> Any:
        """The last step of the estimator, which takes encoded and scaled numbers."""
        return last_step(self.estimator)

    @cached_property
    def features(self) -> list[Feature]:
        """The inputs of the model, in its order."""
        self._require_table()
        return features(whole(self.estimator)[:-1])

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty for regression."""
        return self.train.classes

    def encoded(self, rows: dataset.Dataset) -> Array:
        """Return rows as the model takes them, float of shape (n, features)."""
        self._require_table()
        return np.asarray(whole(self.estimator)[:-1].transform(rows.X), dtype=float)

    @property
    def scaling(self) -> str:
        """How numeric columns were scaled."""
        self._require_table()
        assert self.spec.run.preprocess is not None
        return self.spec.run.preprocess.numeric

    def _require_table(self) -> None:
        if self.train.kind != "table":
            run = self.spec.run
            raise HandbookError(
                f"{run.model}: one of its `shows` is for tables, and {run.data} holds "
                f"{self.train.kind}; take it out of the model in params.yaml"
            )

    def refuse(self, show: str, models: str) -> HandbookError:
        """Return the error of a display that is for other `models`."""
        return HandbookError(
            f"{self.spec.run.model}: shows {show!r}, which {type(self.model).__name__} does not "
            f"have; it is for {models}: take it out of the model's `shows` in params.yaml"
        )

    def require(self, attribute: str, show: str, models: str) -> Any:
        """Return the model, which must have the attribute that a display is made from."""
        if not hasattr(self.model, attribute):
            raise self.refuse(show, models)
        return self.model


def load(
    spec: ExplainSpec,
    model_path: Path,
    train_path: Path,
    test_path: Path,
    judge_path: Path | None = None,
) -> Fitted:
    """Open a saved run."""
    train, test = dataset.read(train_path), dataset.read(test_path)
    judge = None if judge_path is None else saving.load(judge_path, spec.run.trusted)
    return Fitted(spec, saving.load(model_path, spec.run.trusted), train, test, judge)


def spaced(y: Array, count: int, seed: int) -> Array:
    """Draw `count` rows whose values of `y` are distributed as those of all rows.

    Rows in random order are sorted by `y` and taken in even steps, so that each class, and each
    range of a regression's target, keeps its share. Their positions come in rising order, fewer
    where there are fewer rows.

    Examples
    --------
    >>> spaced(np.array([0, 0, 0, 0, 1, 1]), 3, seed=0).tolist()
    [0, 3, 5]
    """
    n = len(y)
    count = min(n, count)
    order = np.random.default_rng(seed).permutation(n)
    order = order[np.argsort(y[order], kind="stable")]
    return np.sort(order[np.arange(count) * n // count])
