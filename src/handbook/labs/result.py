"""The worked examples of the handbook, one module a lab.

A lab's module has a function ``compute(**params) -> list[Result]``; its parameters stand in
`params.yaml`. One that the catalogue gives a data set takes its training rows first:
``compute(data, **params)``. A lab with a figure also has ``plot``, which takes the same and returns
the figure's data as numbers, arrays, lists and text; the function of the lab's name in
`handbook.report.figures.labs` draws them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from handbook.core.plain import plain
from handbook.labs.book import FAULTS, Book, Fault, How, implies, listing, prints

__all__ = [
    "FAULTS",
    "Array",
    "Book",
    "Fault",
    "How",
    "Result",
    "against",
    "implies",
    "listing",
    "outcome",
    "prints",
]

Array = npt.NDArray[np.float64]

Verdict = Literal["agrees", "book differs", "no figure printed"]


@dataclass(frozen=True)
class Result:
    """A number, array of numbers or word that a lab computes, and its expected value.

    Parameters
    ----------
    name : str
        What was computed.
    computed, expected : number, array, tensor, nested list of these, or str
        Kept as plain numbers and lists. Of a procedure, whether it runs: see :func:`outcome`.
    source : str
        Where `expected` comes from: a closed form, another library.
    book : Book, optional
        What the book prints, what its listing gives, or what its text comes to; None where it has
        nothing to compare.
    tolerance : float
        Largest absolute difference that counts as equal; words must be the same.
    reason : str
        Why the book differs, where it does.
    instead : str
        What this project does instead, where the book differs.
    fault : str
        What kind of fault it is, where the book differs: one of :data:`FAULTS`.
    """

    name: str
    computed: Any
    expected: Any
    source: str
    book: Book | None = None
    tolerance: float = 1e-9
    reason: str = ""
    instead: str = ""
    fault: Fault | Literal[""] = ""

    def __post_init__(self) -> None:
        for name in ("computed", "expected"):
            object.__setattr__(self, name, plain(getattr(self, name)))

    @property
    def holds(self) -> bool:
        """Whether the computed value is the expected one."""
        return _near(self.computed, self.expected, self.tolerance)

    @property
    def verdict(self) -> Verdict:
        """Whether the book's value is the expected one."""
        if self.book is None:
            return "no figure printed"
        same = _near(self.book.value, self.expected, self.tolerance)
        return "agrees" if same else "book differs"


def against(source: str, tolerance: float = 1e-9) -> partial[Result]:
    """Return a maker of results whose expected values come from one source.

    Examples
    --------
    >>> against("closed form")("sum of 1 to 4", sum([1, 2, 3, 4]), 4 * 5 / 2).holds
    True
    """
    return partial(Result, source=source, tolerance=tolerance)


def outcome(procedure: Callable[[], Any]) -> str:
    """Tell in words whether a procedure runs or which error it raises.

    Examples
    --------
    >>> outcome(lambda: 1 / 0), outcome(lambda: 1 / 2)
    ('raises ZeroDivisionError', 'runs')
    """
    try:
        procedure()
    except Exception as error:  # any error: its name is the result
        return f"raises {type(error).__name__}"
    return "runs"


def _near(left: Any, right: Any, tolerance: float) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        return bool(left == right)
    a, b = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance))
