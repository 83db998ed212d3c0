"""The error that users are meant to read, and hints for misspelt names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["HandbookError", "nearest"]


class HandbookError(Exception):
    """An error that the user can correct; the message says what is wrong, where and what to do.

    The command line prints it without a traceback. Any other exception is a defect of this
    project and keeps its traceback.
    """


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a hint: the valid name that is most like `name`, or all names where none is.

    Examples
    --------
    >>> nearest("logistic-regresion", ["lenet", "logistic-regression"])
    "did you mean 'logistic-regression'?"
    >>> nearest("x", ["lenet", "ridge"])
    'known: lenet, ridge'
    """
    names = sorted(names)
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names)}"
