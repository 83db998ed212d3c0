"""What the book has for a result of a lab, where it stands, and what kind of fault it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from handbook.core.plain import plain

__all__ = ["FAULTS", "Book", "Fault", "How", "implies", "listing", "prints"]

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
        object.__setattr__(self, "value", plain(self.value))


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


def _lines(line: int | tuple[int, ...]) -> tuple[int, ...]:
    return (line,) if isinstance(line, int) else line
