"""Windows: rows in the order of time, cut into parts of equal size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Window", "windows"]


class Window(NamedTuple):
    """Positions of the rows of a window, `last` excluded."""

    first: int
    last: int

    @property
    def rows(self) -> slice:
        """The same for indexing."""
        return slice(self.first, self.last)


def windows(total: int, rows: int, least: int) -> Iterator[Window]:
    """Cut rows into windows; what is left at the end is one where it has rows enough.

    Fewer rows join the window before. Where all rows are too few, there is none.

    Examples
    --------
    >>> [tuple(window) for window in windows(1_120, rows=500, least=50)]
    [(0, 500), (500, 1000), (1000, 1120)]
    >>> [tuple(window) for window in windows(1_040, rows=500, least=50)]
    [(0, 500), (500, 1040)]
    >>> list(windows(49, rows=500, least=50))
    []
    """
    if total < least:
        return
    starts = list(range(0, total, rows))
    if len(starts) > 1 and total - starts[-1] < least:
        starts.pop()
    yield from map(Window, starts, [*starts[1:], total])
