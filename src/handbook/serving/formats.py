"""Bodies of requests and answers, in the formats of MLflow's scoring server.

Rows become columns of plain values at once: that is what the log keeps, and what several requests
are joined by.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handbook.core.errors import HandbookError, nearest
from handbook.training.pyfunc import METHOD, POLICY

__all__ = ["IMAGES", "Query", "Rows", "Unsupported", "parse"]

#: The column of rows that have none: images, as nested lists.
IMAGES = "image"

#: Each column's values.
Rows = dict[str, list[Any]]

_JSON, _CSV = "application/json", "text/csv"
_PARAMS = "params"
_OPTIONS = dict([METHOD, POLICY])


class Unsupported(HandbookError):
    """The content type is none of those that can be read."""


@dataclass(frozen=True)
class Query:
    """What a request asks for.

    Parameters
    ----------
    rows : mapping of str to list
        Values by column, all of one length.
    method, policy : str
        See :meth:`handbook.training.pyfunc.SavedModel.predict`.
    """

    rows: Rows
    method: str = METHOD[1]
    policy: str = POLICY[1]

    def __len__(self) -> int:
        return len(next(iter(self.rows.values()), ()))


def parse(body: bytes, content_type: str, options: Mapping[str, str]) -> Query:
    """Read the body of a request.

    Parameters
    ----------
    body : bytes
    content_type : str
        ``application/json`` or ``text/csv``.
    options : mapping of str to str
        ``policy`` and ``method`` from the address, for a CSV, which has no room for them.

    Raises
    ------
    HandbookError
        It is malformed; the message says where and what was expected. :class:`Unsupported` is of
        the content type.
    """
    kind, _, parameters = content_type.partition(";")
    name, _, charset = parameters.strip().partition("=")
    if name and (name.lower() != "charset" or charset.strip('"').lower() != "utf-8"):
        raise Unsupported(f"content type {content_type!r}: only charset=utf-8 may follow it")
    readers: dict[str, Callable[[bytes], tuple[Rows, Any]]] = {_JSON: _json, _CSV: _csv}
    if kind.strip().lower() not in readers:
        raise Unsupported(f"content type {content_type!r}: send {' or '.join(readers)}")
    rows, params = readers[kind.strip().lower()](body)
    if not isinstance(params, dict):
        raise HandbookError(f"{_PARAMS}: {_kind(params)}; expected an object, as in {_OPTIONS}")
    params = dict(options) | params
    for name, value in params.items():
        if name not in _OPTIONS:
            raise HandbookError(f"{_PARAMS}: {name!r} is unknown; {nearest(name, _OPTIONS)}")
        if not isinstance(value, str):
            raise HandbookError(f"{_PARAMS}: {name} is {_kind(value)}; expected a string")
    _check(rows)
    return Query(rows, **params)


def _check(rows: Rows) -> None:
    """Refuse rows that are none, or not all of one length, and cells that hold no single value.

    Images, the one column of nested lists, are left to the model.
    """
    lengths = {name: len(values) for name, values in rows.items()}
    if not any(lengths.values()):
        raise HandbookError("no rows: expected at least one")
    if len(set(lengths.values())) > 1:
        raise HandbookError(f"columns differ in their number of rows: {lengths}")
    if rows.keys() == {IMAGES}:
        return
    for name, values in rows.items():
        if {list, dict} & set(map(type, values)):
            row = next(row for row, value in enumerate(values, 1) if type(value) in (list, dict))
            raise HandbookError(
                f"column {name!r}: {_kind(values[row - 1])} in row {row}; expected a number, a "
                "string or null"
            )
        try:
            "".join([name, *(value for value in values if isinstance(value, str))]).encode()
        except UnicodeEncodeError as error:
            raise HandbookError(f"column {name!r}: a string is no Unicode: {error}") from None


def _json(body: bytes) -> tuple[Rows, Any]:
    try:
        content = json.loads(body)
    except RecursionError:
        raise HandbookError("the body is nested too deeply") from None
    except ValueError as error:  # of syntax, of encoding, of numbers with thousands of digits
        raise HandbookError(f"the body is no JSON: {error}") from None
    if not isinstance(content, dict):
        raise HandbookError(f"the body is {_kind(content)}; expected an object with {_formats()}")
    params = content.pop(_PARAMS, None)
    named = [name for name in content if name in _FORMATS]
    if len(named) != 1 or len(content) != 1:
        names = ", ".join(content) or "nothing"
        raise HandbookError(f"the body holds {names}; expected {_formats()}, and maybe {_PARAMS}")
    return _FORMATS[named[0]](content[named[0]], named[0]), {} if params is None else params


def _split(content: Any, where: str) -> Rows:
    columns, data = (content.get(key) if isinstance(content, dict) else None
                     for key in ("columns", "data"))  # fmt: skip
    if not isinstance(columns, list) or not isinstance(data, list):
        raise HandbookError(f"{where}: expected an object with the lists columns and data")
    names = [str(name) for name in columns]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise HandbookError(f"{where}: column {double[0]!r} stands there {names.count(double[0])}x")
    for number, row in enumerate(data, 1):
        if not isinstance(row, list) or len(row) != len(names):
            size = f"{len(row)} values" if isinstance(row, list) else _kind(row)
            raise HandbookError(f"{where}: row {number} is {size}; expected {len(names)} values")
    return dict(zip(names, map(list, zip(*data, strict=True)), strict=True)) if data else {}


def _records(content: Any, where: str) -> Rows:
    if not isinstance(content, list):
        raise HandbookError(f"{where}: {_kind(content)}; expected a list of objects")
    for number, row in enumerate(content, 1):
        if not isinstance(row, dict):
            raise HandbookError(f"{where}: row {number} is {_kind(row)}; expected an object")
    names = dict.fromkeys(name for row in content for name in row)
    return {name: [row.get(name) for row in content] for name in names}


def _instances(content: Any, where: str) -> Rows:
    if isinstance(content, list) and any(isinstance(row, list) for row in content):
        return {IMAGES: content}
    return _records(content, where)


def _inputs(content: Any, where: str) -> Rows:
    if not isinstance(content, dict):
        return _instances(content, where)
    wrong = [name for name, values in content.items() if not isinstance(values, list)]
    if wrong and len(wrong) < len(content):
        value = content[wrong[0]]
        raise HandbookError(
            f"{where}: column {wrong[0]!r} is {_kind(value)}; expected a list, as of the others"
        )
    return _records([content], where) if wrong else content


_FORMATS: dict[str, Callable[[Any, str], Rows]] = {
    "dataframe_split": _split,
    "dataframe_records": _records,
    "inputs": _inputs,
    "instances": _instances,
}


def _formats() -> str:
    return f"one of {', '.join(_FORMATS)}"


def _csv(body: bytes) -> tuple[Rows, Any]:
    """Read a CSV with a head; an empty cell is a value that is missing."""
    try:
        reader = csv.reader(io.StringIO(body.decode("utf-8-sig")), strict=True)
        lines = [line for line in reader if line]
    except (csv.Error, UnicodeDecodeError) as error:
        raise HandbookError(f"the body is no CSV in UTF-8: {error}") from None
    data = [[value or None for value in line] for line in lines[1:]]
    return _split({"columns": lines[0] if lines else [], "data": data}, "CSV"), {}


def _kind(value: Any) -> str:
    """Name the type of a value of JSON, with its article."""
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else names.get(type(value), "a number")
