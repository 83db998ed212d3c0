"""What the schema of a declared data set lets one expect of its rows."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.data.declared.declaration import Column, Declaration, Images, Table, Text
from handbook.data.declared.tables import days
from handbook.data.expectation import (
    Expectation,
    between,
    categories,
    columns,
    complete,
    count,
    counts,
    typed,
)

__all__ = ["REMEDY", "expectations", "storage"]

REMEDY = (
    "the declaration in params.yaml no longer describes the file in data/raw/{folder}: correct "
    "what it says there, or put the pinned file back"
)


def expectations(declared: Declaration, *, sample: bool) -> list[Expectation]:
    """Return the expectations of a declared data set; a sample has numbers of rows of its own."""
    expected: list[Expectation] = []
    if declared.rows and not sample and not declared.text:
        expected.append(count(declared.rows))
    if declared.table:
        expected += _table(declared.table, declared.target)
    elif declared.images:
        expected += _images(declared.images)
    elif declared.text:
        expected += _text(declared.text, sample=sample)
    if declared.classes:
        names = list(declared.classes)
        within = categories(declared.target, names)
        expected += within if sample else counts(declared.target, declared.classes)
    # those beyond the schema are of the real rows
    for own in () if sample else declared.expectations:
        expected.append(Expectation(own.kind, own.arguments, own.meaning))
    return [_remedied(expectation) for expectation in expected]


def _remedied(expectation: Expectation) -> Expectation:
    return Expectation(expectation.kind, expectation.arguments, expectation.meaning, REMEDY)


def storage(column: Column) -> str:
    """Return the type that a column is stored as."""
    if column.type == "category":
        return "category"
    return "int64" if column.type == "integer" and not column.missing else "float64"


def _table(table: Table, target: str) -> Iterator[Expectation]:
    features = {name: column for name, column in table.columns.items() if name != target}
    yield columns([*features, target])
    yield from typed({name: storage(column) for name, column in features.items()})
    for name, column in {**features, target: table.columns[target]}.items():
        if not column.missing or name == target:
            yield from complete([name])
        else:
            yield Expectation(
                "ExpectColumnValuesToNotBeNull",
                {"column": name, "mostly": 1 - column.missing},
                f"at most {100 * column.missing:g} % of {name} is missing",
            )
        if column.between:
            low, high = _numbers(column)
            yield between(
                name, low, high, f"{name} lies from {column.between[0]} to {column.between[1]}"
            )
        if column.values and name != target:
            yield from categories(name, column.values)


def _numbers(column: Column) -> list[int | float]:
    """Return the limits of a column as its values are stored."""
    assert column.between is not None
    if column.type != "date":
        return [limit for limit in column.between if not isinstance(limit, str)]
    import pandas as pd

    low, high = days(pd.Series(column.between)).tolist()
    return [low, high]


def _images(images: Images) -> Iterator[Expectation]:
    height, width, channels = (*images.shape, 1)[:3]
    yield from complete(["height", "width", "channels", "mean", "std", "digest"])
    yield between("height", height, height, f"every image is {height} pixels high")
    yield between("width", width, width, f"every image is {width} pixels wide")
    yield between("channels", channels, channels, f"every image has {channels} channel(s)")


def _text(text: Text, *, sample: bool) -> Iterator[Expectation]:
    if not sample:
        yield count(text.lines, meaning=f"{text.lines:,} lines")
    yield between("length", 0, text.longest, f"no line has more than {text.longest:,} characters")
