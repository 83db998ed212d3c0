"""The worked examples of the handbook, one module a lab.

A lab's module has a function ``compute(**params) -> list[Result]``; its parameters stand in
`params.yaml`. One that the catalogue gives a data set takes its training rows first:
``compute(data, **params)``. A lab with a figure also has ``plot``, which takes the same and returns
the figure's data as plain numbers, lists and text; the module of the same name in
`handbook.report.figures.lab` draws them.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from handbook.core.errors import HandbookError
from handbook.labs.registry import module_name

if TYPE_CHECKING:
    from handbook.data.dataset import Dataset

__all__ = ["Result", "outcome", "run"]

Verdict = Literal["agrees", "book differs", "no figure printed"]


@dataclass(frozen=True)
class Result:
    """One number, array of numbers or word of a lab, and what it should be.

    Parameters
    ----------
    name : str
        What was computed.
    computed, expected : number, nested list of numbers, or str
        What becomes of a procedure is said in words: see :func:`outcome`.
    source : str
        Where `expected` comes from: a closed form, another library.
    printed : number, nested list or str, optional
        What the book prints, or what its formula or text comes to; None where it says nothing.
    tolerance : float
        Largest absolute difference that counts as equal; words must be the same.
    reason : str
        Why the book differs, where it does.
    instead : str
        What this project does instead, where the book differs.
    """

    name: str
    computed: Any
    expected: Any
    source: str
    printed: Any = None
    tolerance: float = 1e-9
    reason: str = ""
    instead: str = ""

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


def outcome(procedure: Callable[[], Any]) -> str:
    """Say what becomes of a procedure when it is run.

    Examples
    --------
    >>> outcome(lambda: 1 / 0), outcome(lambda: 1 / 2)
    ('raises ZeroDivisionError', 'runs')
    """
    try:
        procedure()
    except Exception as error:  # whichever it is: that is the result
        return f"raises {type(error).__name__}"
    return "runs"


def _near(left: Any, right: Any, tolerance: float) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        return bool(left == right)
    a, b = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance))


def run(
    lab: str, title: str, section: str, params: Mapping[str, Any], data: Dataset | None = None
) -> dict[str, Any]:
    """Compute a lab and return its record, with the data of its figure where it has one.

    Parameters
    ----------
    lab, title, section : str
    params : mapping
        What the lab's functions take by name.
    data : Dataset, optional
        Training rows, which they take first where the catalogue names a data set.

    Raises
    ------
    HandbookError
        Where a computed value misses the expected one: then this project is wrong.
    """
    module = importlib.import_module(module_name(lab))
    given = () if data is None else (data,)
    results: list[Result] = module.compute(*given, **params)
    wrong = [result for result in results if not result.holds]
    if wrong:
        lines = "; ".join(
            f"{result.name}: computed {result.computed}, expected {result.expected} "
            f"({result.source})"
            for result in wrong
        )
        raise HandbookError(f"lab {lab}: {lines}; mend src/handbook/labs/examples/ or its params")
    record = {
        "lab": lab,
        "title": title,
        "section": section,
        "params": dict(params),
        "results": [_record(result) for result in results],
    }
    if hasattr(module, "plot"):
        record["plot"] = _rounded(module.plot(*given, **params))
    return record


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
        "instead": result.instead,
    }
    return {key: _rounded(value) for key, value in record.items()}


def _rounded(value: Any) -> Any:
    """Drop the digits that differ between machines: 12 significant ones stay."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.12g}")
    return value
