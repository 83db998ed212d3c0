"""What files of one's own are, and how they are called in the project."""

from __future__ import annotations

import re
from pathlib import Path

from handbook.catalogue.names import LONGEST
from handbook.core.errors import HandbookError

__all__ = ["data_set_name", "file_name", "kind_of"]

_KINDS = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".data", ".parquet", ".pq"), "table"),
    **dict.fromkeys((".txt", ".md"), "text"),
    ".zip": "zip",
    ".npz": "npz",
}
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".7z", ".tar", ".tgz")
_SHEETS = (".xls", ".xlsx", ".ods")
_PLAIN = str.maketrans(dict(zip("äöüß", ("ae", "oe", "ue", "ss"), strict=True)))


def data_set_name(path: Path) -> str:
    """Return a name of a data set, made of that of its file.

    Examples
    --------
    >>> data_set_name(Path("My data (2024).csv"))
    'my-data-2024'
    """
    stem = path.resolve().name if path.is_dir() else path.name.split(".")[0]
    plain = stem.lower().translate(_PLAIN)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST] or "data"


def file_name(path: Path) -> str:
    """Return the name of a file below ``data/raw``, of letters that commands take as they are.

    Examples
    --------
    >>> file_name(Path("My data (2024).csv")), file_name(Path("häuser.csv"))
    ('My-data-2024.csv', 'h-user.csv')
    """
    stem, dot, suffix = path.name.partition(".")
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", stem).strip("-_") or "data"
    return plain + dot + re.sub(r"[^A-Za-z0-9._-]+", "-", suffix)


def kind_of(path: Path, *, table: bool) -> str:
    """Tell by its name whether a file is a ``table``, ``text``, ``zip``, ``npz`` or ``idx``.

    Parameters
    ----------
    path : Path
    table : bool
        Whether it has a column to predict: then it is a table, whatever its name ends in.

    Raises
    ------
    HandbookError
        Its name ends in something else; the message says what can be read.

    Examples
    --------
    >>> kind_of(Path("a.txt"), table=False), kind_of(Path("a.txt"), table=True)
    ('text', 'table')
    """
    end = path.suffix.lower()
    if re.search(r"idx\d-ubyte", path.name) or end == ".idx":
        return "idx"
    if end in _PACKED:
        raise HandbookError(f"{path}: packed; unpack it, and give the file that is in it")
    if end in _SHEETS:
        raise HandbookError(f"{path}: a workbook; save its sheet as CSV in UTF-8, and give that")
    if table and end not in _KINDS:
        return "table"
    if end not in _KINDS:
        raise HandbookError(
            f"{path}: what is a file that ends in {end}? Known are {', '.join(sorted(_KINDS))} and "
            "IDX; for a table of another name, say --target"
        )
    return "table" if table and _KINDS[end] == "text" else _KINDS[end]
