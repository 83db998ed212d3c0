"""What is watched of a deployed model: rows of a file or of the log, their answers and labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.core.folders import DataFolder, RunFolder
from handbook.data import arrow
from handbook.data.dataset import read
from handbook.deployment import reading
from handbook.deployment.chosen import Chosen
from handbook.monitoring.profile import text
from handbook.monitoring.reference import Reference, of_model
from handbook.monitoring.watch import Sequenced

__all__ = ["REFERENCE", "of_file", "of_log", "reference_of"]

#: A file beside a deployed model, with what windows are held against.
REFERENCE = "reference.json"

Array = npt.NDArray[Any]


def reference_of(chosen: Chosen, folder: Path = Path()) -> Reference:
    """Return what windows are held against: kept beside a deployed model, else of the results.

    Parameters
    ----------
    chosen : Chosen
    folder : Path
        The top of the project.

    Raises
    ------
    HandbookError
        The data set holds no table.
    """
    kept = chosen.folder / REFERENCE
    if kept.is_file():
        return Reference.parse(read_json(kept))
    if chosen.about.columns is None:
        raise HandbookError(f"{chosen.data}: holds no table; only rows with columns are watched")
    results = folder / "results"
    files = DataFolder(chosen.data, results)
    table, _ = arrow.read(RunFolder(chosen.run, results).predictions)
    return of_model(
        read(files.train),
        read(files.test),
        table.to_pandas(),
        run=chosen.run,
        job_key=chosen.job_key,
        task=chosen.about.task,
    )


def of_file(
    chosen: Chosen, reference: Reference, path: Path, time: str | None = None
) -> tuple[Sequenced, list[str]]:
    """Read the rows of a file, let the model answer them, and take labels from the file.

    Parameters
    ----------
    chosen : Chosen
    reference : Reference
    path : Path
        See :mod:`handbook.deployment.reading`. A column of the target's name holds labels.
    time : str, optional
        Column with the time of each row; without it, rows are in the order of time.

    Returns
    -------
    Sequenced
    list of str
        What was odd about the file.

    Raises
    ------
    HandbookError
        The file cannot be read, lacks a column, or has a time or a label that cannot be read.
    """
    form, names = chosen.form(), [column.name for column in reference.columns]
    parts = list(reading.tables(path, form, [*names, *filter(None, [time])]))
    rows = form.columns(pd.concat(parts), 1)
    _require(path, rows, [*names, *filter(None, [time])])
    remarks: list[str] = []
    times = None
    if time is not None:
        rows, times, remarks = _ordered(path, rows, time)
    model = chosen.open()
    answers = model.predict(_cleaned(reference, rows), {"policy": "pass"})
    y = None
    if reference.target in rows:
        y = _labels(path, rows[reference.target], reference)
    return Sequenced(rows[names], _coded(answers, reference), y, times), remarks


def of_log(
    chosen: Chosen, reference: Reference, served: pd.DataFrame
) -> tuple[Sequenced, list[str]]:
    """Take rows, answers and labels from the log of requests.

    Parameters
    ----------
    chosen : Chosen
    reference : Reference
    served : DataFrame
        As :func:`handbook.serving.requests.read` returns it, with a column ``label`` where labels
        have come. Rows that another model answered are watched without their answers.

    Raises
    ------
    HandbookError
        A column that the model has was never served.
    """
    where = Path("served", chosen.data)
    names = [column.name for column in reference.columns]
    if served.empty:
        word = f"nothing was served yet: `handbook serve {chosen.data}` keeps what it answers"
        return Sequenced(pd.DataFrame(columns=names)), [word]
    rows = served.filter(like="x:").rename(columns=lambda name: name.removeprefix("x:"))
    _require(where, rows, names)
    own = (served["job_key"] == chosen.job_key).to_numpy()
    remarks: list[str] = []
    if not own.all():
        remarks.append(
            f"{(~own).sum()} of {len(own)} rows were answered by another model than {chosen.run}: "
            "their answers are left out"
        )
    table = _coded(served, reference) if own.any() else None
    if table is not None:
        table = table[own].reindex(table.index)
    y = _labels(where, served["label"], reference) if "label" in served else None
    return Sequenced(rows[names], table, y, served["time"]), remarks


def _require(where: Path, rows: pd.DataFrame, names: Sequence[str]) -> None:
    absent = [name for name in names if name not in rows]
    if absent:
        raise HandbookError(
            f"{where}: lacks {len(absent)} of {len(names)} columns: {', '.join(absent)}; a column "
            "without values can stay empty, but has to be there"
        )


def _ordered(
    path: Path, rows: pd.DataFrame, time: str
) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """Return rows and their times in the order of time."""
    try:
        times = pd.to_datetime(rows[time], utc=True, format="ISO8601")
    except (ValueError, TypeError) as error:
        raise HandbookError(
            f"{path}: column {time!r}: {str(error).splitlines()[0]}; expected times such as "
            "2026-11-29 or 2026-11-29T16:30:00Z"
        ) from None
    if times.isna().any():
        first = int(np.flatnonzero(times.isna())[0])
        raise HandbookError(f"{path}: column {time!r}: no time in row {first + 1}")
    early = int((times.diff() < pd.Timedelta(0)).sum())
    if not early:
        return rows, times, []
    times = times.sort_values(kind="stable")
    remark = f"{early} rows are earlier than the row before: all were put in the order of {time!r}"
    return rows.loc[times.index], times, [remark]


def _cleaned(reference: Reference, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows that a model can answer: what cannot be read is missing."""
    columns: dict[str, Any] = {}
    for column in reference.columns:
        values = rows[column.name].astype(object)
        if column.kind == "number":
            numbers = pd.to_numeric(values, errors="coerce").astype(float)
            columns[column.name] = numbers.where(np.isfinite(numbers))
        else:
            columns[column.name] = values
    return pd.DataFrame(columns, index=rows.index)


def _coded(answers: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Return answers as tasks have them: classes by their codes."""
    codes = {name: code for code, name in enumerate(reference.classes)}
    table = {"predicted": answers["predicted"]}
    if codes:
        table["predicted"] = answers["predicted"].map(codes)
        table |= {
            f"p:{code}": answers[f"p:{name}"] for name, code in codes.items()
            if f"p:{name}" in answers
        }  # fmt: skip
    if "score" in answers:
        table["score"] = answers["score"]
    return pd.DataFrame({name: values.astype(float) for name, values in table.items()})


def _labels(where: Path, values: pd.Series, reference: Reference) -> Array:
    """Return labels as class codes or numbers, those that are missing as NaN."""
    empty = (values.isna() | (values.astype(str) == "")).to_numpy()
    if reference.classes:
        codes = {name: float(code) for code, name in enumerate(reference.classes)}
        y = values.map(lambda value: codes.get(text(value), np.nan)).to_numpy(dtype=float)
        expected = "one of " + ", ".join(reference.classes)
    else:
        y = pd.to_numeric(values.astype(object), errors="coerce").to_numpy(dtype=float)
        y[~np.isfinite(y)] = np.nan
        expected = "numbers"
    wrong = np.flatnonzero(np.isnan(y) & ~empty)
    if len(wrong):
        raise HandbookError(
            f"{where}: label {values.iloc[wrong[0]]!r} in row {wrong[0] + 1}; expected {expected}, "
            "or nothing where it has not come"
        )
    return y
