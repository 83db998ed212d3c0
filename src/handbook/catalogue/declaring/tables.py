"""What the catalogue should say of a table that nobody has described."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook.catalogue.declaring import targets
from handbook.catalogue.declaring.columns import InferredColumn, infer_column, marks_of_missing
from handbook.catalogue.declaring.dialect import BYTES_READ, dialect, is_number, marks
from handbook.catalogue.declaring.proposal import Options, Proposal
from handbook.core.errors import HandbookError, nearest
from handbook.data.declared.declaration import Table
from handbook.data.declared.tables import cells

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["propose"]

_FEWEST_ROWS = 50


def propose(path: Path, name: str, options: Options) -> Proposal:
    """Look at a CSV or Parquet file and propose its schema.

    Parameters
    ----------
    path : Path
    name : str
        Of the file below ``data/raw``.
    options : Options

    Raises
    ------
    HandbookError
        It is no such table, or what the user says of it does not meet it.
    """
    parquet = path.suffix.lower() in (".parquet", ".pq")
    form, decisions = ({"reader": "parquet"}, []) if parquet else _form(path, options)
    frame = cells(path, _table(form), BYTES_READ)
    if not parquet:
        missing = [*marks_of_missing(frame), *options.missing]
        frame = frame.mask(frame.isin(missing))
        form |= _numbers(frame, options, decisions) | {"missing": list(dict.fromkeys(missing))}
        if len(missing) > 1:
            decisions.append(f"missing where it says {', '.join(map(repr, missing))}")
    whole = parquet or path.stat().st_size <= BYTES_READ
    if not whole:
        decisions.append(
            f"looked at the first {len(frame):,} rows: nothing is expected of ranges and counts"
        )
    _check_names(path, frame, options)
    content = _content(path, frame, form, options, decisions, whole=whole)
    return Proposal(
        {key: value for key, value in content.items() if value}, {name: path}, decisions
    )


def _table(form: Mapping[str, Any]) -> Table:
    """Return a table of which only the form is known yet."""
    return Table.model_validate({**form, "columns": {"any": {"type": "category"}}})


def _content(
    path: Path,
    frame: pd.DataFrame,
    form: Mapping[str, Any],
    options: Options,
    decisions: list[str],
    *,
    whole: bool,
) -> dict[str, Any]:
    """Return what the catalogue should say, and add to the decisions."""
    target = targets.choose(path, frame, options)
    labelled = frame[frame[target].notna()].reset_index(drop=True)
    if dropped := len(frame) - len(labelled):
        decisions.append(f"{dropped:,} rows without {target} are left out")
    if len(labelled) < _FEWEST_ROWS:
        raise HandbookError(
            f"{path}: {len(labelled)} rows with a value of {target!r}; at least {_FEWEST_ROWS} are "
            "needed for folds and a test"
        )
    table = _table(form)
    prediction = targets.propose(path, labelled[target], table, options, whole=whole)
    features = _features(labelled.drop(columns=target), table, options, whole=whole)
    kept = {name: inferred for name, inferred in features.items() if inferred.column}
    ignored = {name: inferred.why for name, inferred in features.items() if not inferred.column}
    if not kept:
        reasons = "; ".join(f"{name}: {why}" for name, why in ignored.items())
        raise HandbookError(f"{path}: no column to learn from: {reasons}")
    decisions += prediction.decisions
    decisions += [f"{name}: {inferred.why}" for name, inferred in kept.items()]
    decisions += [f"{name}: left out, {why}" for name, why in ignored.items()]
    columns = {name: inferred.column for name, inferred in kept.items()}
    columns[target] = prediction.column
    content: dict[str, Any] = {
        "tasks": prediction.tasks,
        "table": {**form, "columns": _named(columns, decisions), "ignored": ignored},
        "target": _name(target),
        "classes": prediction.classes,
        "groups": options.groups,
    }
    if whole:
        content["rows"] = len(labelled)
        if repeated := int(labelled.duplicated().sum()):
            decisions.append(f"{repeated:,} rows repeat an earlier one; they are kept")
    return content


def _form(path: Path, options: Options) -> tuple[dict[str, Any], list[str]]:
    """Return how a delimited file is read, but for its marks, and what was decided."""
    written = dialect(path, options.encoding, options.separator, options.skip)
    twice = [key for key in written.names if written.names.count(key) > 1]
    if twice:
        raise HandbookError(
            f"{path}: column {twice[0]!r} is there {written.names.count(twice[0])} times; give "
            "each column a name of its own"
        )
    form = {
        "reader": "csv",
        "separator": written.separator,
        "encoding": written.encoding,
        "skip": written.skip,
        "header": None if written.header else written.names,
    }
    return {key: value for key, value in form.items() if value not in (0, None)}, written.reasons


def _numbers(frame: pd.DataFrame, options: Options, decisions: list[str]) -> dict[str, str]:
    """Return the marks in numbers, found in the columns that hold nothing else."""
    numbers: list[str] = []
    for _, column in frame.items():
        words = [str(word) for word in column.dropna().unique()]
        numbers += words if all(is_number(word) for word in words) else []
    decimal, thousands = marks(numbers)
    decimal = options.decimal or decimal
    form = {}
    if decimal == ",":
        form["decimal"] = decimal
        decisions.append("fractions behind a comma")
    if thousands and thousands != decimal:
        form["thousands"] = thousands
        decisions.append(f"{thousands!r} between thousands")
    return form


def _check_names(path: Path, frame: pd.DataFrame, options: Options) -> None:
    """Refuse columns that the user names and that are not there."""
    for option, names in (
        ("--drop", options.ignored),
        ("--category", options.categories),
        ("--groups", [options.groups] if options.groups else []),
    ):
        for name in names:
            if name not in frame.columns:
                raise HandbookError(
                    f"{path}: {option} {name}: there is no such column; "
                    f"{nearest(name, list(frame.columns))}"
                )


def _features(
    frame: pd.DataFrame, table: Table, options: Options, *, whole: bool
) -> dict[str, InferredColumn]:
    """Tell of each column beside the target what it holds."""
    features = {}
    for key, column in frame.items():
        name = str(key)
        if name == options.groups:
            continue
        if name in options.ignored:
            features[name] = InferredColumn(None, "as asked")
        else:
            features[name] = infer_column(
                column, table, whole=whole, category=name in options.categories
            )
    return features


def _named(described: dict[str, Any], decisions: list[str]) -> dict[str, Any]:
    """Return columns by names that can be used, as plain data."""
    columns: dict[str, Any] = {}
    for header, column in described.items():
        name = _name(header)
        content = column.model_dump(mode="json", exclude_defaults=True)
        if name != header:
            decisions.append(f"{header!r} is called {name!r}: names hold no colon")
            content |= {"header": header}
        columns[name] = content
    return columns


def _name(header: str) -> str:
    """Return the name of a column of the file.

    Examples
    --------
    >>> _name("size:cm"), _name("")
    ('size-cm', 'unnamed')
    """
    return header.replace(":", "-") or "unnamed"
