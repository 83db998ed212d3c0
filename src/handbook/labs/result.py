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
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

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

#: Where a value of the book comes from: it stands in the text, running the book's listing gives it,
#: or it follows from what the text or a formula says.
How = Literal["printed", "listing", "text"]

#: What kind of fault an erratum is, in the order in which they are told.
Fault = Literal[
    "crashes when run",
    "gives another number",
    "contradicts itself",
    "wrong claim",
    "cannot be checked",
    "announced and missing",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)


@dataclass(frozen=True)
class Book:
    """What the book has for a result; made by :func:`prints`, :func:`listing`, :func:`implies`.

    Parameters
    ----------
    value : number, array, nested list or str
        As :class:`Result` keeps it.
    how : str
        Whether it is printed, what the book's listing gives, or what its text comes to.
    lines : tuple of int
        Where in the book's text, by line.
    seed : int, optional
        Of a listing that draws without one: the seed that we gave it.
    """

    value: Any
    how: How
    lines: tuple[int, ...]
    seed: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _plain(self.value))


def prints(value: Any, line: int | tuple[int, ...]) -> Book:
    """Return a value that stands so in the book's text, digit by digit, at some lines of it.

    Examples
    --------
    >>> prints(0.5, 3880)
    Book(value=0.5, how='printed', lines=(3880,), seed=None)
    """
    return Book(value, "printed", _lines(line))


def listing(value: Any, line: int | tuple[int, ...], seed: int | None = None) -> Book:
    """Return what a listing of the book gives when it is run; it stands at some lines.

    Examples
    --------
    >>> listing(128, (7448, 7462)).how
    'listing'
    """
    return Book(value, "listing", _lines(line), seed)


def implies(value: Any, line: int | tuple[int, ...]) -> Book:
    """Return what follows from the book's text or a formula of it at some lines.

    Of a listing, that it runs follows from its being shown.

    Examples
    --------
    >>> implies("runs", 5251).how
    'text'
    """
    return Book(value, "text", _lines(line))


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
            object.__setattr__(self, name, _plain(getattr(self, name)))

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


def _lines(line: int | tuple[int, ...]) -> tuple[int, ...]:
    return (line,) if isinstance(line, int) else line


def _plain(value: Any) -> Any:
    """Return arrays, tensors and their numbers as lists and numbers of Python."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _near(left: Any, right: Any, tolerance: float) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        return bool(left == right)
    a, b = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance))
