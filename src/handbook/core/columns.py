"""Tables in plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["columns", "shortened"]


def columns(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
) -> Iterator[str]:
    """Yield the lines of a table, each column as wide as its widest cell.

    Parameters
    ----------
    head : sequence of str
    rows : sequence of sequence of str
    right : sequence of int
        Places of the columns that are set to the right: numbers.

    Examples
    --------
    >>> print(*columns(["run", "rmse"], [["ridge", "4.92"], ["svr", "12"]], right=[1]), sep="|")
    run    rmse|ridge  4.92|svr      12
    """
    whole = [list(head), *map(list, rows)]
    widths = [max(map(len, cells)) for cells in zip(*whole, strict=True)]
    for row in whole:
        yield "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()


def shortened(items: Sequence[str], most: int = 3) -> str:
    """List the first items, and say how many more there are.

    Examples
    --------
    >>> shortened(["a", "b", "c", "d", "e"]), shortened(["a", "b", "c", "d"])
    ('a, b, c and 2 more', 'a, b, c, d')
    """
    if len(items) <= most + 1:  # naming one more takes no more room than counting it
        return ", ".join(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"
