"""A saved estimator as MLflow's generic Python model: answers with names, not codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from handbook import tasks
from handbook.core.errors import HandbookError
from handbook.data import row_rules
from handbook.data.dataset import Dataset
from handbook.data.intake import POLICIES, Column, admit, columns_of
from handbook.data.row_rules import RowRule
from handbook.training.saving import load

__all__ = ["METHOD", "POLICY", "About", "SavedModel", "named"]

#: Parameters of a prediction, and what they are unless given.
METHOD, POLICY = ("method", "predict"), ("policy", POLICIES[0])

_CONTINUED = 200  # characters that a model of text adds
_RAW = ("predict_proba", "decision_function", "score_samples")


@dataclass(frozen=True)
class About:
    """What a saved estimator does not know of itself.

    Parameters
    ----------
    task : str
        One of :data:`handbook.tasks.NAMES`.
    classes : tuple of str
        Names of the class codes; empty where there are none.
    columns : list of Column or None
        What its training rows have; None for images and text.
    trusted : tuple of str
        What its file may hold, see :func:`handbook.training.saving.load`.
    rules : tuple of RowRule
        What is expected of each row beyond its columns.
    shape : tuple of int
        Of an image; empty where rows are no images.
    """

    task: str
    classes: tuple[str, ...]
    columns: list[Column] | None
    trusted: tuple[str, ...] = ()
    rules: tuple[RowRule, ...] = ()
    shape: tuple[int, ...] = ()

    @classmethod
    def of(cls, task: str, train: Dataset, verdict: Path, trusted: tuple[str, ...] = ()) -> About:
        """Return it from training rows and from the verdict on their data set."""
        if train.kind != "table":
            shape = train.X.shape[1:] if train.kind == "images" else ()
            return cls(task, train.classes, None, trusted, shape=tuple(shape))
        columns = columns_of(train.X)
        texts = [column.name for column in columns if column.categories is not None]
        rules = row_rules.read(verdict, [column.name for column in columns], texts)
        return cls(task, train.classes, columns, trusted, tuple(rules))

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> About:
        """Return it from what :meth:`plain` returned."""
        columns = content["columns"]
        return cls(
            content["task"],
            tuple(content["classes"]),
            None if columns is None else [Column.parse(column) for column in columns],
            tuple(content.get("trusted", ())),
            tuple(RowRule.parse(rule) for rule in content.get("rules", ())),
            tuple(content.get("shape", ())),
        )

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        columns = None if self.columns is None else [column.plain() for column in self.columns]
        more = {
            "trusted": list(self.trusted),
            "rules": [rule.plain() for rule in self.rules],
            "shape": list(self.shape),
        }
        content = {"task": self.task, "classes": list(self.classes), "columns": columns}
        return content | {key: value for key, value in more.items() if value}


class SavedModel:
    """A saved estimator, as :func:`handbook.training.saving.load` returns it, and what it answers.

    Parameters
    ----------
    estimator : fitted
    about : About
    """

    def __init__(self, estimator: Any, about: About) -> None:
        self.estimator = estimator
        self.about = about

    def predict(self, data: Any, params: Mapping[str, Any] | None = None, *, first: int = 1) -> Any:
        """Answer rows, images, or texts to continue.

        Parameters
        ----------
        data : DataFrame of shape (n, columns), or uint8 array of n images
            A generator draws as many pictures as there are rows; a model of text continues each
            text in the column ``text`` of a table.
        params : mapping, optional
            ``policy`` is what to do with values that training never met, see
            :func:`handbook.data.intake.admit`. ``method`` names a method of the estimator whose
            answer is returned as it is: ``predict_proba``, ``decision_function`` or
            ``score_samples``.
        first : int
            Number of the first row, for messages.

        Returns
        -------
        DataFrame of n rows
            ``predicted``: the class, by the model's own threshold where it has one, or the number.
            Of a classifier, ``p:<class>`` with the probability of each class; where it has none,
            and of a detector, ``score``. For the policy ``flag`` also ``unfamiliar``: what of the
            row training never met. A generator returns an array, a model of text a list.

        Raises
        ------
        HandbookError
            The rows do not fit, or the estimator has no such method; the message says which column
            or which methods.
        """
        options = dict([METHOD, POLICY]) | dict(params or {})
        if self.about.task == "generation":
            return self.estimator.sample(len(data))
        if self.about.task == "language":
            return [self.estimator.generate(_CONTINUED, text) for text in data["text"]]
        remarks = None
        if self.about.columns is not None:
            data, remarks = admit(
                data,
                self.about.columns,
                options["policy"],
                rules=self.about.rules,
                first=first,
            )
        elif self.about.shape:
            _check_images(data, self.about.shape)
        if options["method"] != METHOD[1]:
            return self._method(options["method"])(data)
        classes = self.about.classes
        answers = tasks.module(self.about.task).predict(self.estimator, data, len(classes)).table
        answers = answers.rename(columns=lambda column: named(column, classes))
        if classes:
            answers["predicted"] = np.asarray(classes, dtype=object)[answers["predicted"]]
        if isinstance(data, pd.DataFrame):
            answers.index = data.index
        if remarks is not None and options["policy"] == "flag":
            answers["unfamiliar"] = remarks
        return answers

    def _method(self, name: str) -> Any:
        allowed = [method for method in _RAW if hasattr(self.estimator, method)]
        if name not in allowed:
            raise HandbookError(
                f"method {name!r} is not one of {type(self.estimator).__name__}'s; "
                f"use one of {', '.join([METHOD[1], *allowed])}"
            )
        return getattr(self.estimator, name)


def _check_images(X: Any, shape: tuple[int, ...]) -> None:
    """Refuse what are no images of one shape."""
    own = getattr(X, "shape", ())
    if own[1:] != shape or getattr(X, "dtype", None) != np.uint8:
        raise HandbookError(
            f"images: a {type(X).__name__} of shape {own} and type {getattr(X, 'dtype', 'none')}; "
            f"expected uint8, pixels from 0 to 255, of shape (n, {', '.join(map(str, shape))})"
        )


def named(column: str, classes: tuple[str, ...]) -> str:
    """Return a column of predictions by the name of its class instead of the class's code.

    Examples
    --------
    >>> [named(column, ("no", "yes")) for column in ("predicted", "p:0", "p:1")]
    ['predicted', 'p:no', 'p:yes']
    """
    code = column.removeprefix("p:")
    return f"p:{classes[int(code)]}" if code != column else column


def _load_pyfunc(path: str, model_config: Mapping[str, Any]) -> SavedModel:
    """Open a model for ``mlflow.pyfunc.load_model``, which looks for this name."""
    about = About.parse(model_config)
    return SavedModel(load(Path(path), about.trusted), about)
