"""Names of the worked examples, one per module of ``labs.examples``, and their computation."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from handbook.core.errors import HandbookError
from handbook.core.members import member, members
from handbook.core.plain import rounded
from handbook.labs import examples
from handbook.labs.book import FAULTS

if TYPE_CHECKING:
    from handbook.data.dataset import Dataset
    from handbook.labs.result import Result

__all__ = ["module_name", "names", "run"]

_KEYS = (
    "name", "computed", "expected", "source", "tolerance", "verdict", "reason", "instead",
    "fault",
)  # fmt: skip


def names() -> tuple[str, ...]:
    """Names of all labs, sorted.

    Examples
    --------
    >>> "som-step" in names()
    True
    """
    return members(examples)


def module_name(lab: str) -> str:
    """Return the import path of a lab's module.

    Examples
    --------
    >>> module_name("som-step")
    'handbook.labs.examples.som_step'
    """
    return member(examples, lab)


def run(
    lab: str, title: str, section: str, params: Mapping[str, Any], data: Dataset | None = None
) -> dict[str, Any]:
    """Compute a lab and return its record, with the data of its figure where it has one.

    The lab's functions take `params` as keywords; where the catalogue names a data set, its
    training rows, `data`, come first.

    Raises
    ------
    HandbookError
        If a computed value is not the expected one: then this project is wrong. If the book
        differs and the lab does not say what kind of fault that is.
    """
    module = importlib.import_module(module_name(lab))
    rows = () if data is None else (data,)
    results: list[Result] = module.compute(*rows, **params)
    wrong = [result for result in results if not result.holds]
    if wrong:
        lines = "; ".join(
            f"{result.name}: computed {result.computed}, expected {result.expected} "
            f"({result.source})"
            for result in wrong
        )
        raise HandbookError(f"lab {lab}: {lines}; mend src/handbook/labs/examples/ or its params")
    for result in results:
        if result.verdict == "book differs" and not result.fault:
            raise HandbookError(
                f"lab {lab}: {result.name}: the book differs, and no kind of fault is given; "
                f"add fault=, one of {', '.join(FAULTS)}"
            )
    record = {
        "lab": lab,
        "title": title,
        "section": section,
        "params": dict(params),
        "results": [_record(result) for result in results],
    }
    if hasattr(module, "plot"):
        record["plot"] = rounded(module.plot(*rows, **params))
    return record


def _record(result: Result) -> dict[str, Any]:
    record = {key: rounded(getattr(result, key)) for key in _KEYS}
    book = result.book
    record["book"] = book and {
        # What is printed keeps its own digits.
        "value": book.value if book.how == "printed" else rounded(book.value),
        "how": book.how,
        "lines": list(book.lines),
        "seed": book.seed,
    }
    return record
