"""Later rows of a declared table: one more pinned file, and with it a new release."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook.catalogue import reading
from handbook.catalogue.declaring import placing
from handbook.catalogue.declaring.files import file_name
from handbook.catalogue.insertion import with_entries
from handbook.catalogue.params import Params
from handbook.core.errors import HandbookError
from handbook.core.files import sha256
from handbook.data import raw, registry
from handbook.data.declared import tables
from handbook.data.declared.data_set import DeclaredDataSet
from handbook.data.declared.declaration import Column, Declaration, PinnedFile

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NewRows", "add"]

_MOST_MISSING = 0.999


@dataclass(frozen=True)
class NewRows:
    """Rows to add to a data set of one's own.

    Parameters
    ----------
    data : str
    path : Path
        A table of the same form as the first.
    release : str
        What all files together are called; empty to count on from the one before.
    widen : bool
        Whether what is declared is made to hold of them.
    """

    data: str
    path: Path
    release: str = ""
    widen: bool = False


def add(new: NewRows, path: Path) -> Iterator[str]:
    """Pin a file beside those of a declared table, and count it in.

    Parameters
    ----------
    new : NewRows
    path : Path
        The catalogue; ``data/raw`` lies beside it.

    Yields
    ------
    str
        What has changed, and what to do next.

    Raises
    ------
    HandbookError
        The rows cannot be used as they are; nothing is changed.
    """
    reading.read(path)
    before = reading.parse(path.read_text(encoding="utf-8"))
    declared = _declared(new, before)
    folder = path.parent / raw.FOLDER / (declared.folder or new.data)
    if not new.path.is_file():
        raise HandbookError(f"{new.path}: there is no such file")
    digest = sha256(new.path)
    for file in declared.files:
        if file.sha256 == digest:
            raise HandbookError(f"{new.path}: its rows are there already, as {file.name}")
    release = new.release or _next(before.data[new.data].release)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{new.data}-") as staged:
        shutil.copytree(folder, staged, dirs_exist_ok=True)
        file = _file(new.path, declared, digest)
        shutil.copyfile(new.path, Path(staged) / file.name)
        files = [*declared.files, file]
        own, wider = _counted(declared.model_copy(update={"files": files}), Path(staged))
        if wider and not new.widen:
            raise HandbookError(
                f"{new.path}: not as {new.data} is declared: {'; '.join(wider)}; correct the file, "
                "or --widen declares it so"
            )
        _check(new.data, release, own, Path(staged))
        text = _edited(path, before, new.data, release, own)
        placing.put(Path(staged), folder, path, text)
    yield from wider
    rows = sum(own.classes.values()) or own.rows
    were = sum(declared.classes.values()) or declared.rows
    yield (
        f"{new.data}: release {release}, {rows:,} rows instead of {were:,}"
        if rows and were
        else (f"{new.data}: release {release}")
    )
    yield f"next: handbook run {new.data}"


def _declared(new: NewRows, before: Params) -> Declaration:
    declared = before.data_set(new.data).declared
    if declared is None or declared.table is None:
        raise HandbookError(
            f"{new.data}: rows are added to tables that `handbook new data` declared; this is "
            f"{'a module of the project' if declared is None else declared.kind}: write its rows "
            "to a file and declare that"
        )
    return declared


def _next(release: str) -> str:
    """Return the name of the next release.

    Examples
    --------
    >>> _next("v1"), _next("spring")
    ('v2', 'spring-2')
    """
    number = re.search(r"\d+$", release)
    if number is None:
        return f"{release}-2"
    return release[: number.start()] + str(int(number[0]) + 1)


def _file(path: Path, declared: Declaration, digest: str) -> PinnedFile:
    """Pin a file under a name that no other has."""
    name, taken = file_name(path), {file.name for file in declared.files}
    stem, dot, suffix = name.partition(".")
    number = 2
    while name in taken:
        name, number = f"{stem}-{number}{dot}{suffix}", number + 1
    return PinnedFile(name=name, size=path.stat().st_size, sha256=digest, urls=[])


def _counted(declared: Declaration, staged: Path) -> tuple[Declaration, list[str]]:
    """Return the declaration of all rows, and where it is wider than the one before."""
    table, target = declared.table, declared.target
    assert table is not None
    bare = {
        name: column.model_copy(
            update={"values": None, "between": None}
            | ({} if column.type == "category" else {"missing": _MOST_MISSING})
        )
        for name, column in table.columns.items()
    }
    every = declared.model_copy(update={"table": table.model_copy(update={"columns": bare})})
    rows, _ = tables.read(staged, every)
    wider: list[str] = []
    columns = {
        name: _wide(name, column, rows[name], wider) for name, column in table.columns.items()
    }
    update: dict[str, Any] = {"table": table.model_copy(update={"columns": columns})}
    if declared.classes:
        counts = rows[target].astype(str).value_counts()
        if strangers := sorted(set(counts.index) - set(declared.classes)):
            raise HandbookError(
                f"{target}: {strangers[0]!r} is none of the classes {', '.join(declared.classes)}; "
                "with another class it is another task: `handbook new data --replace`"
            )
        update["classes"] = {name: int(counts.get(name, 0)) for name in declared.classes}
    if declared.rows is not None:
        update["rows"] = len(rows)
    return declared.model_copy(update=update), wider


def _wide(name: str, column: Column, values: pd.Series[Any], wider: list[str]) -> Column:
    """Return a column as it holds of all values; say where that is more than was declared."""
    update: dict[str, Any] = {}
    if column.values is not None and (new := sorted(set(values.astype(str)) - set(column.values))):
        update["values"] = [*column.values, *new]
        wider.append(f"{name}: new values {', '.join(map(repr, new))}")
    if column.between is not None:
        limits = [_written(values.min(), column), _written(values.max(), column)]
        low, high = min(column.between[0], limits[0]), max(column.between[1], limits[1])
        if [low, high] != list(column.between):
            update["between"] = [low, high]
            wider.append(
                f"{name}: {limits[0]} to {limits[1]}, declared {column.between[0]} to "
                f"{column.between[1]}"
            )
    share = float(values.isna().mean())
    if column.type != "category" and share > column.missing:
        update["missing"] = min(_MOST_MISSING, -(-share * 1000 // 1) / 1000)
        wider.append(f"{name}: {100 * share:.1f} % missing, declared {100 * column.missing:g} %")
    return column.model_copy(update=update)


def _written(value: Any, column: Column) -> Any:
    """Return a value as the catalogue writes it."""
    if column.type == "date":
        return (date(1970, 1, 1) + timedelta(days=int(value))).isoformat()
    return int(value) if column.type == "integer" else float(value)


def _check(name: str, release: str, declared: Declaration, staged: Path) -> None:
    """Load and check all rows as the workflow will."""
    from handbook.data.prepare import prepare
    from handbook.data.validate import validate

    own = DeclaredDataSet(name, release, declared)
    registry.declare({name: own})
    train, test, _ = prepare(own.load(staged, release), 0, 0.2)
    failed = [
        f"{entry['meaning']} ({entry['observed']})"
        for entry in validate(name, release, train, test)["expectations"]
        if not entry["success"]
    ]
    if failed:
        raise HandbookError(f"{name}: does not hold of all rows: {'; '.join(failed)}")


def _edited(path: Path, before: Params, name: str, release: str, declared: Declaration) -> str:
    """Return the text of the catalogue with the new release, checked as every command will."""
    entry = before.data[name].model_dump(mode="json", exclude_defaults=True, exclude={"declared"})
    entry["release"] = release
    entry["declared"] = declared.model_dump(mode="json", exclude_defaults=True)
    edited = with_entries(path.read_text(encoding="utf-8"), {("data",): {name: entry}}, depth=3)
    reading.parse(edited)
    return edited
