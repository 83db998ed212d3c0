"""What a model's rows, answers and scores were like when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from handbook.data.dataset import Dataset
from handbook.monitoring.performance import Performance, measure
from handbook.monitoring.profile import ColumnProfile, profile

__all__ = ["Reference", "answers", "labels", "of_model"]


@dataclass(frozen=True)
class Reference:
    """What windows are held against.

    Parameters
    ----------
    data, run, job_key, task : str
    classes : tuple of str
        Names of the class codes; empty for numbers.
    target : str
        Name of what is predicted.
    columns : list of ColumnProfile
        Of the training rows.
    answers : list of ColumnProfile
        Of the held-out rows: a model answers the rows that it learnt from as no others.
    label : ColumnProfile or None
        Of the training rows; None where there are no labels.
    performance : Performance or None
        On the held-out rows.
    """

    data: str
    run: str
    job_key: str
    task: str
    classes: tuple[str, ...]
    target: str
    columns: list[ColumnProfile]
    answers: list[ColumnProfile]
    label: ColumnProfile | None
    performance: Performance | None

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Reference:
        """Return it from what :meth:`plain` returned."""
        columns, answered = (
            list(map(ColumnProfile.parse, content[name])) for name in ("columns", "answers")
        )
        label, performance = content["label"], content["performance"]
        return cls(
            **{name: content[name] for name in ("data", "run", "job_key", "task", "target")},
            classes=tuple(content["classes"]),
            columns=columns,
            answers=answered,
            label=None if label is None else ColumnProfile.parse(label),
            performance=None if performance is None else Performance.parse(performance),
        )

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            **{name: getattr(self, name) for name in ("data", "run", "job_key", "task", "target")},
            "classes": list(self.classes),
            "columns": [column.plain() for column in self.columns],
            "answers": [column.plain() for column in self.answers],
            "label": None if self.label is None else self.label.plain(),
            "performance": None if self.performance is None else self.performance.plain(),
        }


def of_model(
    train: Dataset, test: Dataset, table: pd.DataFrame, *, run: str, job_key: str, task: str
) -> Reference:
    """Describe the rows of a data set, and how a model answers those held out.

    Parameters
    ----------
    train, test : Dataset
        Tables.
    table : DataFrame
        What the model predicts of the test rows, as `predict` of its task gives it.
    run, job_key, task : str
    """
    label, performance = None, None
    if train.y is not None and test.y is not None:
        (label,) = profile(labels(train.y, train.classes))
        performance = measure(task, table, test.y, len(test.classes), test.X.shape[1])
    return Reference(
        data=train.name,
        run=run,
        job_key=job_key,
        task=task,
        classes=train.classes,
        target=train.target,
        columns=profile(train.X),
        answers=profile(answers(table, train.classes)),
        label=label,
        performance=performance,
    )


def answers(table: pd.DataFrame, classes: tuple[str, ...]) -> pd.DataFrame:
    """Return the columns of answers whose drift is watched.

    What was predicted, and one number that says how surely: the probability of the last of two
    classes, that of the class predicted where there are more, or a score.

    Examples
    --------
    >>> table = pd.DataFrame({"predicted": [0, 1], "p:0": [0.8, 0.3], "p:1": [0.2, 0.7]})
    >>> answers(table, ("no", "yes")).to_dict("list")
    {'predicted': ['no', 'yes'], 'p:yes': [0.2, 0.7]}
    """
    predicted = table["predicted"]
    if not classes:
        return pd.DataFrame({"predicted": predicted.astype(float)})
    named = {"predicted": np.asarray(classes, dtype=object)[predicted.to_numpy()]}
    p = table.filter(like="p:")
    if len(classes) == 2 and p.size:
        return pd.DataFrame(named | {f"p:{classes[-1]}": p.to_numpy()[:, -1]})
    if p.size:
        return pd.DataFrame(named | {"confidence": p.to_numpy().max(axis=1)})
    return pd.DataFrame(named | ({"score": table["score"]} if "score" in table else {}))


def labels(y: Any, classes: tuple[str, ...]) -> pd.DataFrame:
    """Return labels as a column, classes by their names.

    Examples
    --------
    >>> labels(np.array([1, 0]), ("no", "yes"))["label"].tolist()
    ['yes', 'no']
    """
    return pd.DataFrame({"label": np.asarray(classes, dtype=object)[y] if classes else y})
