"""The worked examples of the handbook, one module a lab.

A lab's module has one function, ``compute(**params) -> list[Result]``; its parameters stand in
`params.yaml`.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from handbook.errors import HandbookError

__all__ = ["Result", "run"]

Verdict = Literal["agrees", "book differs", "no figure printed"]


@dataclass(frozen=True)
class Result:
    """One number (or array of numbers) of a lab, and what it should be.

    Parameters
    ----------
    name : str
        What was computed.
    computed, expected : number or nested list of numbers
    source : str
        Where `expected` comes from: a closed form, another library.
    printed : number or nested list, optional
        What the book prints; None where it prints nothing.
    tolerance : float
        Largest absolute difference that counts as equal.
    reason : str
        Why the book differs, where it does.
    """

    name: str
    computed: Any
    expected: Any
    source: str
    printed: Any = None
    tolerance: float = 1e-9
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether the computed value is the expected one."""
        return _near(self.computed, self.expected, self.tolerance)

    @property
    def verdict(self) -> Verdict:
        """How the book's printed figure stands to the expected one."""
        if self.printed is None:
            return "no figure printed"
        return "agrees" if _near(self.printed, self.expected, self.tolerance) else "book differs"


def _near(left: Any, right: Any, tolerance: float) -> bool:
    a, b = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance))


def run(lab: str, title: str, section: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Compute a lab and return its record.

    Raises
    ------
    HandbookError
        Where a computed value misses the expected one: then this project is wrong.
    """
    module = importlib.import_module(f"handbook.labs.{lab.replace('-', '_')}")
    results: list[Result] = module.compute(**params)
    wrong = [result for result in results if not result.holds]
    if wrong:
        lines = "; ".join(
            f"{result.name}: computed {result.computed}, expected {result.expected} "
            f"({result.source})"
            for result in wrong
        )
        raise HandbookError(f"lab {lab}: {lines}; mend src/handbook/labs/ or its params")
    return {
        "lab": lab,
        "title": title,
        "section": section,
        "params": dict(params),
        "results": [_record(result) for result in results],
    }


def _record(result: Result) -> dict[str, Any]:
    record = {
        "name": result.name,
        "computed": result.computed,
        "expected": result.expected,
        "source": result.source,
        "printed": result.printed,
        "tolerance": result.tolerance,
        "verdict": result.verdict,
        "reason": result.reason,
    }
    return {key: _rounded(value) for key, value in record.items()}


def _rounded(value: Any) -> Any:
    """Drop the digits that differ between machines: 12 significant ones stay."""
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.12g}")
    return value
