"""Where a value of the book comes from, in words."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["lines_of", "origin"]

_FOLLOWS = {
    "printed": "printed",
    "listing": "given by its listing",
    "text": "follows from its text",
}


def origin(how: str, lines: Sequence[int], seed: int | None = None) -> str:
    """Say whether a value is printed, what a listing gives or what the text comes to, and where.

    Parameters
    ----------
    how : str
        As :data:`handbook.labs.book.How`.
    lines : sequence of int
        Of the book's text.
    seed : int, optional
        That a listing without a seed was given.

    Examples
    --------
    >>> origin("printed", [3880])
    'printed, line 3880'
    >>> origin("listing", [4640, 4646], seed=0)
    'given by its listing, which has no seed: ours is 0; lines 4640 and 4646'
    """
    numbers = lines_of(lines)
    if seed is not None:
        return f"{_FOLLOWS[how]}, which has no seed: ours is {seed}; {numbers}"
    return f"{_FOLLOWS[how]}, {numbers}"


def lines_of(lines: Sequence[int]) -> str:
    """Name lines of the book's text.

    Examples
    --------
    >>> lines_of([7]), lines_of([7, 9, 11])
    ('line 7', 'lines 7, 9 and 11')
    """
    *first, last = map(str, lines)
    return f"lines {', '.join(first)} and {last}" if first else f"line {last}"
