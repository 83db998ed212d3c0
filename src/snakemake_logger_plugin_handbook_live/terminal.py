"""One line at the bottom of a terminal that is written over and over."""

from __future__ import annotations

import os
from typing import TextIO

__all__ = ["LiveLine", "Whole", "fitting"]

_USUAL_WIDTH = 80
_ERASE_TO_THE_END = "\x1b[K"


class Whole:
    """A stream that is written to once a flush, however many parts it was given before.

    Snakemake prints a line and its end one by one. Where Python does not buffer, a line of a job
    may come between them.

    Parameters
    ----------
    stream : TextIO
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._parts: list[str] = []

    def write(self, text: str) -> int:
        """Keep a text until the next flush."""
        self._parts.append(text)
        return len(text)

    def flush(self) -> None:
        """Write all that was kept."""
        text, self._parts = "".join(self._parts), []
        self._stream.write(text)
        self._stream.flush()

    def isatty(self) -> bool:
        """Tell whether the stream is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the number of the stream's file."""
        return self._stream.fileno()


class LiveLine:
    """A line that can be changed until something else is printed.

    The cursor waits at its beginning, so that what other processes print starts a line of its own.

    Parameters
    ----------
    stream : TextIO or Whole
    """

    def __init__(self, stream: TextIO | Whole) -> None:
        self._stream = stream
        self.possible = stream.isatty() and os.environ.get("TERM", "dumb") not in {"", "dumb"}
        self._there = False

    @property
    def width(self) -> int:
        """Columns that the terminal has now."""
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _USUAL_WIDTH
        except (OSError, ValueError):
            return _USUAL_WIDTH

    def draw(self, text: str) -> None:
        """Show a line in place of what stands there."""
        # The last column stays empty: with it, some terminals begin another line.
        self._stream.write(f"\r{text[: self.width - 1]}{_ERASE_TO_THE_END}\r")
        self._stream.flush()
        self._there = True

    def clear(self) -> None:
        """Take the line away, so that something can be printed."""
        if self._there:
            self._stream.write(f"\r{_ERASE_TO_THE_END}")
            self._stream.flush()
            self._there = False


def fitting(width: int, *texts: str) -> str:
    """Return the first text that fits into a width, else the last.

    Examples
    --------
    >>> fitting(10, "all of the words", "some words", "few")
    'some words'
    """
    return next((text for text in texts if len(text) <= width), texts[-1])
