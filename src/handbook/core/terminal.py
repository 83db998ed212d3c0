"""Lines on standard error, each whole beside those of other processes."""

from __future__ import annotations

import sys

__all__ = ["say"]


def say(line: str) -> None:
    """Print a line, in one write.

    `print` makes two of it where Python does not buffer (``PYTHONUNBUFFERED``, ``python -u``), and
    a line of another process may come between a text and its end.
    """
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
