"""The one kind of error that users are meant to read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["HandbookError", "nearest"]


class HandbookError(Exception):
    """Something the user can mend; the message says what, where and how.

    The command line prints it without a traceback; everything else is a defect of this
    project and keeps its traceback.
    """


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known word, or lists all where none is near.

    Examples
    --------
    >>> nearest("logistic-regresion", ["lenet", "logistic-regression"])
    "did you mean 'logistic-regression'?"
    >>> nearest("x", ["lenet", "ridge"])
    'known: lenet, ridge'
    """
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
