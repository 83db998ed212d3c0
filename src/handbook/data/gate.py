"""Stop everything downstream of a data set that failed an expectation, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError
from handbook.core.files import read_json, write_json

__all__ = ["gate"]


def gate(name: str, validation: Path, output: Path) -> None:
    """Write `output` only where every expectation recorded in `validation` holds.

    Raises
    ------
    HandbookError
        Names each failed expectation with its column, rows and remedy.
    """
    record = read_json(validation)
    failed = [one for one in record["expectations"] if not one["success"]]
    if failed or not record["success"]:
        lines = "\n".join(f"  {_fault(one)}" for one in failed)
        raise HandbookError(
            f"{name}: {len(failed)} of {len(record['expectations'])} expectations fail, so nothing "
            f"is trained on it\n{lines}\n"
            "Rows count from 0 through the training rows, then the test rows. "
            f"All of what was found: {validation}"
        )
    write_json(
        output,
        {
            "data": name,
            "variant": record["variant"],
            "rows": record["rows"],
            "expectations": len(record["expectations"]),
        },
    )


def _fault(one: Mapping[str, Any]) -> str:
    column = f"column {one['column']!r}: " if one.get("column") else ""
    found = ""
    if one.get("unexpected_count"):
        pairs = zip(one["unexpected_rows"], one["unexpected_values"], strict=False)
        shown = ", ".join(f"row {row}: {value!r}" for row, value in list(pairs)[:5])
        found = f"; {one['unexpected_count']} rows do not ({shown})"
    elif one.get("observed") is not None:
        found = f"; observed {one['observed']}"
    return f"{column}{one['meaning']}{found}; {one['remedy']}"
