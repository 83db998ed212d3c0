"""What the catalogue should say of a table that nobody has described."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook.catalogue.declaring import targets
from handbook.catalogue.declaring.columns import Look, column_of, marks_of_missing
from handbook.catalogue.declaring.dialect import LOOKED_AT, dialect, is_number, marks
from handbook.catalogue.declaring.proposal import Proposal, Wishes
from handbook.core.errors import HandbookError, nearest
from handbook.data.declared.declaration import Table
from handbook.data.declared.tables import cells

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["propose"]

_ANY = {"any": {"type": "category"}}  # a table's form is read before its columns are known
_FEWEST_ROWS = 50


def propose(path: Path, name: str, wishes: Wishes) -> Proposal:
    """Look at a CSV or Parquet file and propose its schema.

    Parameters
    ----------
    path : Path
    name : str
        Of the file below ``data/raw``.
    wishes : Wishes

    Raises
    ------
    HandbookError
        It is no such table, or what the user says of it does not meet it.
    """
    parquet = path.suffix.lower() in (".parquet", ".pq")
    form, decisions = ({"reader": "parquet"}, []) if parquet else _form(path, wishes)
    table = Table.model_validate({**form, "columns": _ANY})
    frame = cells(path, table, LOOKED_AT)
    if not parquet:
        found = [*marks_of_missing(frame), *wishes.missing]
        frame = frame.mask(frame.isin(found))
        form |= _numbers(frame, wishes, decisions) | {"missing": list(dict.fromkeys(found))}
        if len(found) > 1:
            decisions.append(f"missing where it says {', '.join(map(repr, found))}")
        table = Table.model_validate({**form, "columns": _ANY})
    whole = parquet or path.stat().st_size <= LOOKED_AT
    if not whole:
        decisions.append(
            f"looked at the first {len(frame):,} rows: nothing is expected of ranges and counts"
        )
    _check_names(path, frame, wishes)
    target = targets.choose(path, frame, wishes)
    labelled = frame[frame[target].notna()].reset_index(drop=True)
    if dropped := len(frame) - len(labelled):
        decisions.append(f"{dropped:,} rows without {target} are left out")
    if len(labelled) < _FEWEST_ROWS:
        raise HandbookError(
            f"{path}: {len(labelled)} rows with a value of {target!r}; at least {_FEWEST_ROWS} are "
            "needed for folds and a test"
        )
    found_target = targets.propose(path, labelled[target], table, wishes, whole=whole)
    decisions += found_target.decisions
    looks = _looks(labelled.drop(columns=target), table, wishes, whole=whole)
    kept = {key: look for key, look in looks.items() if look.column is not None}
    if not kept:
        reasons = "; ".join(f"{key}: {look.why}" for key, look in looks.items())
        raise HandbookError(f"{path}: no column to learn from: {reasons}")
    decisions += [f"{key}: {look.why}" for key, look in kept.items()]
    ignored = {key: look.why for key, look in looks.items() if look.column is None}
    decisions += [f"{key}: left out, {why}" for key, why in ignored.items()]
    described = {
        **{key: look.column for key, look in kept.items()},
        target: found_target.column,
    }
    content: dict[str, Any] = {
        "tasks": found_target.tasks,
        "table": form | {"columns": _named(described, decisions)} | {"ignored": ignored},
        "target": _name(target),
        "classes": found_target.classes,
        "groups": wishes.groups,
    }
    if whole:
        content["rows"] = len(labelled)
        if repeated := int(labelled.duplicated().sum()):
            decisions.append(f"{repeated:,} rows repeat an earlier one; they are kept")
    return Proposal(
        {key: value for key, value in content.items() if value}, {name: path}, decisions
    )


def _form(path: Path, wishes: Wishes) -> tuple[dict[str, Any], list[str]]:
    """Return how a delimited file is read, but for its marks, and what was decided."""
    told = dialect(path, wishes.encoding, wishes.separator, wishes.skip)
    twice = [key for key in told.names if told.names.count(key) > 1]
    if twice:
        raise HandbookError(
            f"{path}: column {twice[0]!r} is there {told.names.count(twice[0])} times; give each "
            "column a name of its own"
        )
    form = {
        "reader": "csv",
        "separator": told.separator,
        "encoding": told.encoding,
        "skip": told.skip,
        "header": None if told.header else told.names,
    }
    return {key: value for key, value in form.items() if value not in (0, None)}, told.reasons


def _numbers(frame: pd.DataFrame, wishes: Wishes, decisions: list[str]) -> dict[str, str]:
    """Return the marks in numbers, found in the columns that hold nothing else."""
    numbers: list[str] = []
    for _, column in frame.items():
        words = [str(word) for word in column.dropna().unique()]
        numbers += words if all(is_number(word) for word in words) else []
    decimal, thousands = marks(numbers)
    decimal = wishes.decimal or decimal
    form = {}
    if decimal == ",":
        form["decimal"] = decimal
        decisions.append("fractions behind a comma")
    if thousands and thousands != decimal:
        form["thousands"] = thousands
        decisions.append(f"{thousands!r} between thousands")
    return form


def _check_names(path: Path, frame: pd.DataFrame, wishes: Wishes) -> None:
    """Refuse columns that the user names and that are not there."""
    for option, names in (
        ("--drop", wishes.ignored),
        ("--category", wishes.categories),
        ("--groups", [wishes.groups] if wishes.groups else []),
    ):
        for name in names:
            if name not in frame.columns:
                raise HandbookError(
                    f"{path}: {option} {name}: there is no such column; "
                    f"{nearest(name, list(frame.columns))}"
                )


def _looks(frame: pd.DataFrame, table: Table, wishes: Wishes, *, whole: bool) -> dict[str, Look]:
    """Tell of each column beside the target what it holds."""
    looks = {}
    for key, column in frame.items():
        name = str(key)
        if name == wishes.groups:
            continue
        if name in wishes.ignored:
            looks[name] = Look(None, "as asked")
        else:
            looks[name] = column_of(column, table, whole=whole, category=name in wishes.categories)
    return looks


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
