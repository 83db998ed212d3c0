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
        Positions of the columns that are aligned to the right: numbers.

    Examples
    --------
    >>> print(*columns(["run", "rmse"], [["ridge", "4.92"], ["svr", "12"]], right=[1]), sep="|")
    run    rmse|ridge  4.92|svr      12
    """
    lines = [list(head), *map(list, rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(
            cell.rjust(width) if position in right else cell.ljust(width)
            for position, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()


def shortened(items: Sequence[str], most: int = 3) -> str:
    """List at most `most` items and the number of the others.

    Examples
    --------
    >>> shortened(["a", "b", "c", "d", "e"]), shortened(["a", "b", "c", "d"])
    ('a, b, c and 2 more', 'a, b, c, d')
    """
    if len(items) <= most + 1:  # naming one more takes no more room than counting it
        return ", ".join(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"
