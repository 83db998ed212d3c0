"""Expectations of data as plain values, which :mod:`handbook.data.validate` checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "REACQUIRE",
    "REINSTALL",
    "Expectation",
    "between",
    "categories",
    "columns",
    "complete",
    "count",
    "counts",
    "images",
    "missing",
    "table",
    "typed",
    "unique",
]

REACQUIRE = (
    "the raw file is not the pinned release or was loaded wrongly: "
    "delete data/raw/{folder} and run the workflow again to acquire it anew"
)
"""Remedy for data that was acquired."""
REINSTALL = "scikit-learn bundles other data than expected: install the version of the lock file"
"""Remedy for data that comes with scikit-learn."""


@dataclass(frozen=True)
class Expectation:
    """A statement about a data set that is checked before any model is trained on it."""

    #: Class of Great Expectations, e.g. ``ExpectColumnValuesToBeBetween``.
    kind: str
    #: Its arguments. `where`, a mapping of column to value, restricts it to rows that hold the
    #: value; ``None`` means missing, a pair such as ``(">", 0)`` compares.
    arguments: Mapping[str, Any] = field(default_factory=dict)
    #: The statement in words, for the page of the data set.
    meaning: str = ""
    #: What the user can do when it fails; ``{folder}`` stands for the folder of raw files.
    remedy: str = REACQUIRE


def table(
    types: Mapping[str, str],
    rows: int | Mapping[str, int],
    target: str = "",
    *,
    more: Mapping[str, str] | None = None,
    gaps: Sequence[str] = (),
) -> list[Expectation]:
    """Expect the form of a table: its columns, their types, its rows and classes.

    Parameters
    ----------
    types, more : mapping of str to str
        Storage types of the columns, as in :func:`typed`, and of those after `target`.
    rows : int or mapping of str to int
        Number of rows, or that of each class.
    target : str
        Column of the classes.
    gaps : sequence of str
        Columns that may have missing values.
    """
    names = [*types, *([target] if target else []), *(more or {})]
    numbers = {} if isinstance(rows, int) else rows
    return [
        columns(names),
        count(rows if isinstance(rows, int) else sum(rows.values())),
        *(counts(target, numbers) if numbers else []),
        *typed({**types, **(more or {})}),
        *complete([name for name in names if name not in gaps]),
    ]


def columns(names: Sequence[str]) -> Expectation:
    """Expect exactly these columns in this order."""
    return Expectation(
        "ExpectTableColumnsToMatchOrderedList",
        {"column_list": list(names)},
        f"{len(names)} columns in a fixed order",
    )


def count(rows: int, where: Mapping[str, Any] | None = None, meaning: str = "") -> Expectation:
    """Expect an exact number of rows, of all or of those that `where` picks."""
    return Expectation(
        "ExpectTableRowCountToEqual",
        {"value": rows} | ({"where": dict(where)} if where else {}),
        meaning or f"{rows:,} rows",
    )


def counts(column: str, numbers: Mapping[str, int]) -> list[Expectation]:
    """Expect an exact number of rows of each class and no class besides.

    Examples
    --------
    >>> [expected.meaning for expected in counts("y", {"no": 3, "yes": 1})]
    ['y is one of 2 values', '3 rows with y = no', '1 rows with y = yes']
    """
    return [
        *categories(column, numbers)[:1],
        *(
            count(number, {column: name}, f"{number:,} rows with {column} = {name}")
            for name, number in numbers.items()
        ),
    ]


def complete(names: Sequence[str]) -> list[Expectation]:
    """Expect no missing value in any of the columns."""
    return [
        Expectation("ExpectColumnValuesToNotBeNull", {"column": name}, f"{name} is never missing")
        for name in names
    ]


def missing(column: str, where: Mapping[str, Any], meaning: str) -> Expectation:
    """Expect a missing value in every row that `where` picks."""
    return Expectation("ExpectColumnValuesToBeNull", {"column": column, "where": where}, meaning)


def typed(types: Mapping[str, str]) -> list[Expectation]:
    """Expect the storage type of each column: ``int64``, ``float64``, ``bool``, ``category``."""
    # Great Expectations names this type by its class
    classes = {"category": "CategoricalDtypeType"}
    return [
        Expectation(
            "ExpectColumnValuesToBeOfType",
            {"column": name, "type_": classes.get(kind, kind)},
            f"{name} is stored as {kind}",
        )
        for name, kind in types.items()
    ]


def between(
    column: str,
    low: float | None,
    high: float | None,
    meaning: str = "",
    remedy: str = REACQUIRE,
    *,
    measure: Literal["Values", "Mean", "UniqueValueCount"] = "Values",
) -> Expectation:
    """Expect values, or a measure of the column, from `low` to `high`; None leaves a side open."""
    limits = f"from {low} to {high}"
    if low is None or high is None:
        limits = f"at or above {low}" if high is None else f"at or below {high}"
    return Expectation(
        f"ExpectColumn{measure}ToBeBetween",
        {"column": column, "min_value": low, "max_value": high},
        meaning or f"{column} lies {limits}",
        remedy,
    )


def categories(column: str, values: Sequence[str] | Mapping[str, Any]) -> list[Expectation]:
    """Expect values from this set, each of them at least once."""
    names = list(values)
    return [
        _within(column, names, f"{column} is one of {len(names)} values"),
        Expectation(
            "ExpectColumnDistinctValuesToContainSet",
            {"column": column, "value_set": names},
            f"{column} takes each of its {len(names)} values",
        ),
    ]


def unique(names: Sequence[str], meaning: str = "", mostly: float | None = None) -> Expectation:
    """Expect that no two rows, or `mostly` none, agree in all of these columns."""
    if len(names) == 1:
        meaning = meaning or f"{names[0]} is never repeated"
        return Expectation("ExpectColumnValuesToBeUnique", {"column": names[0]}, meaning)
    arguments = {"column_list": list(names)} | ({"mostly": mostly} if mostly else {})
    return Expectation(
        "ExpectCompoundColumnsToBeUnique", arguments, meaning or "no two rows are equal"
    )


def images(
    shape: tuple[int, ...], classes: Mapping[str, int] | None, rows: int | None
) -> list[Expectation]:
    """Expect images of one shape that are not empty, by the statistics of each image.

    The shape is height, width and, for colour, channels; `classes` are rows of each class, None
    where images have no label. `rows` is None where nobody says how many there are.
    """
    height, width, channels = (*shape, 1)[:3]
    bare = "a picture of one colour is an empty or a broken file: " + REACQUIRE
    return [
        *([] if rows is None else [count(rows)]),
        *complete(["height", "width", "channels", "mean", "std", "blank", "digest"]),
        between("height", height, height, f"every image is {height} pixels high"),
        between("width", width, width, f"every image is {width} pixels wide"),
        between("channels", channels, channels, f"every image has {channels} channel(s)"),
        between("mean", 1, 254, "no image is all black or all white"),
        between("std", 1, 127.5, "every image shows something", bare),
        between(
            "blank", 0, 0.99, "at most 99 % of an image has the colour of its top left pixel", bare
        ),
        _within("duplicate", [False], "no image is there twice"),
        *(counts("label", classes) if classes else []),
    ]


def _within(column: str, values: list[Any], meaning: str) -> Expectation:
    arguments = {"column": column, "value_set": values}
    return Expectation("ExpectColumnValuesToBeInSet", arguments, meaning)
