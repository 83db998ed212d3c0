"""What the column to predict is: numbers, or classes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from handbook.catalogue.declaring.columns import infer_column
from handbook.catalogue.declaring.proposal import Options
from handbook.core.columns import shortened
from handbook.core.errors import HandbookError, nearest
from handbook.data.declared.declaration import Column, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ProposedTarget", "choose", "ordered", "propose"]

_MANY_CLASSES = 50
_NUMBERED_CLASSES = 10  # different whole numbers that are taken for classes
_FEW_ROWS = 10
#: Words for the class that is looked for, where there are two.
_POSITIVE = ("1", "yes", "true", "ja", "si", "oui", "positive", "pos", "bad", "fraud")


class ProposedTarget(NamedTuple):
    """A column to predict.

    Parameters
    ----------
    column : Column
    tasks : list of str
    classes : dict of str to int
        Rows of each, the positive one last where there are two; empty for numbers.
    decisions : list of str
    """

    column: Column
    tasks: list[str]
    classes: dict[str, int]
    decisions: list[str]


def choose(path: Path, frame: pd.DataFrame, options: Options) -> str:
    """Return the name of the column to predict: as the user says, else ask."""
    names = [str(name) for name in frame.columns]
    target = options.target
    if not target and options.ask is not None:
        target = options.ask(f"which column is to be predicted ({', '.join(names)})? ").strip()
    if not target:
        raise HandbookError(
            f"{path}: say which column is to be predicted: --target NAME, one of "
            f"{shortened(names, 20)}"
        )
    if target not in names:
        raise HandbookError(f"{path}: there is no column {target!r}; {nearest(target, names)}")
    return target


def propose(
    path: Path, labels: pd.Series[Any], table: Table, options: Options, *, whole: bool
) -> ProposedTarget:
    """Tell whether a target is of numbers or of classes, as the task that is asked for has it."""
    inferred = infer_column(labels, table, whole=whole)
    kind = inferred.column.type if inferred.column else "category"
    distinct = int(labels.nunique())
    if distinct < 2:
        raise HandbookError(
            f"{path}: {labels.name} is {labels.iloc[0]!r} in every row: nothing to predict"
        )
    regression = options.task == "regression"
    if regression and kind not in ("integer", "number"):
        raise HandbookError(
            f"{path}: {labels.name} holds no numbers ({inferred.why}), which regression needs; "
            "leave --task out"
        )
    if kind == "date":
        raise HandbookError(
            f"{path}: {labels.name} holds dates; make a number or classes of them, in the file"
        )
    if options.task not in ("classification", "outliers") and (
        regression or kind == "number" or (kind == "integer" and distinct > _NUMBERED_CLASSES)
    ):
        numbers = _as_number(labels, table, whole=whole)
        return ProposedTarget(numbers, ["regression"], {}, [f"{labels.name} is to be predicted: "
                              f"regression, {_range(numbers)}"])  # fmt: skip
    return _classes(path, labels, kind, options)


def _as_number(labels: pd.Series[Any], table: Table, *, whole: bool) -> Column:
    """Return the column of a target, also where each row has a number of its own."""
    from handbook.data.declared.tables import typed

    wide = Column.model_validate({"type": "number", "missing": 0.999})
    values = typed(labels, wide, table, str(labels.name))
    limits = [float(values.min()), float(values.max())] if whole else None
    return Column.model_validate({"type": "number", "between": limits})


def _range(column: Column) -> str:
    return f"{column.between[0]:g} to {column.between[1]:g}" if column.between else "numbers"


def _classes(path: Path, labels: pd.Series[Any], kind: str, options: Options) -> ProposedTarget:
    if labels.dtype.kind == "f":
        labels = labels.astype("Int64")
    counts = {str(name): int(number) for name, number in labels.value_counts().items()}
    _check(path, labels, counts, options)
    classes = ordered(path, counts, options.positive)
    decisions = [
        f"{labels.name} is to be predicted: {options.task or 'classification'}, "
        + ", ".join(f"{name} ({number:,} rows)" for name, number in list(classes.items())[:6])
        + (", ..." if len(classes) > 6 else "")
    ]
    if kind == "integer" and not options.task:
        decisions.append(f"its {len(classes)} whole numbers are classes; --task regression, if not")
    if len(classes) == 2:
        decisions.append(f"{list(classes)[-1]!r} is the class to look for (--positive sets it)")
    tasks = ["classification", "outliers"] if options.task == "outliers" else ["classification"]
    return ProposedTarget(Column.model_validate({"type": "category"}), tasks, classes, decisions)


def _check(path: Path, labels: pd.Series[Any], counts: dict[str, int], options: Options) -> None:
    """Refuse classes that no model could learn, or that are none."""
    if len(counts) > _MANY_CLASSES and options.task != "classification":
        question = f"{labels.name} has {len(counts):,} classes; is it classification (yes or no)? "
        if options.ask is None or not options.ask(question).strip().lower().startswith("y"):
            raise HandbookError(
                f"{path}: {labels.name} has {len(counts):,} classes ({shortened(list(counts))}); "
                "name another --target, or say --task classification if so many are meant"
            )
    if options.task == "outliers" and len(counts) != 2:
        raise HandbookError(f"{path}: outliers need two classes, {labels.name} has {len(counts)}")
    rare = [name for name, number in counts.items() if number < _FEW_ROWS]
    if rare:
        raise HandbookError(
            f"{path}: {labels.name}: too few rows to be split into folds and a test, fewer than "
            f"{_FEW_ROWS}: {shortened([f'{name} ({counts[name]})' for name in rare])}; join such "
            "classes, or take their rows out"
        )


def ordered(path: Path, counts: dict[str, int], positive: str) -> dict[str, int]:
    """Return classes in order; of two the positive one last: as is said, by its name, the rarer."""
    if positive and positive not in counts:
        raise HandbookError(f"{path}: --positive {positive}: {nearest(positive, counts)}")
    try:
        names = sorted(counts, key=float)
    except ValueError:
        names = sorted(counts)
    if len(names) == 2:
        named = [name for name in names if name.lower() in _POSITIVE]
        rarer = min(reversed(names), key=lambda name: counts[name])
        last = positive or (named[0] if len(named) == 1 else rarer)
        names.sort(key=lambda name: name == last)
    return {name: counts[name] for name in names}
