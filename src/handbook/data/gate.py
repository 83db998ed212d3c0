"""Stop what depends on a data set that fails an expectation."""

from __future__ import annotations

from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.core.files import read_json, write_json
from handbook.data.verdict import Check, Verdict

__all__ = ["gate"]


def gate(name: str, validation: Path, output: Path) -> None:
    """Write `output` only where every expectation recorded in `validation` holds.

    Raises
    ------
    HandbookError
        Names each failed expectation with its column, rows and remedy.
    """
    verdict: Verdict = read_json(validation)
    checks = verdict["expectations"]
    failed = [check for check in checks if not check["success"]]
    if failed or not verdict["success"]:
        lines = "\n".join(f"  {_fault(check)}" for check in failed)
        raise HandbookError(
            f"{name}: {len(failed)} of {len(checks)} expectations fail, so nothing "
            f"is trained on it\n{lines}\n"
            "Rows count from 0 through the training rows, then the test rows. "
            f"All results of the checks: {validation}"
        )
    about = {"data": name, "variant": verdict["variant"], "rows": verdict["rows"]}
    write_json(output, about | {"expectations": len(checks)})


def _fault(check: Check) -> str:
    column = f"column {check['column']!r}: " if check["column"] else ""
    observed = ""
    if check["unexpected_count"]:
        pairs = zip(check["unexpected_rows"], check["unexpected_values"], strict=False)
        examples = ", ".join(f"row {row}: {value!r}" for row, value in list(pairs)[:5])
        observed = f"; {check['unexpected_count']} rows do not ({examples})"
    elif check["observed"] is not None:
        observed = f"; observed {check['observed']}"
    return f"{column}{check['meaning']}{observed}; {check['remedy']}"
