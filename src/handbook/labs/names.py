"""Names that a program uses, looked up as Python looks them up."""

from __future__ import annotations

from collections.abc import Sequence

from handbook.core.errors import HandbookError

__all__ = ["unbound"]


def unbound(used: Sequence[str], bound: Sequence[str]) -> list[str]:
    """Return the names that raise NameError in a program that binds others.

    Parameters
    ----------
    used, bound : sequence of str
        Those that the program uses, and those that it imports, defines or assigns.

    Raises
    ------
    HandbookError
        What is used is no name.

    Examples
    --------
    >>> unbound(["data", "len"], bound=["X"])
    ['data']
    """
    missing = []
    for name in used:
        if not name.isidentifier():
            raise HandbookError(f"{name!r} is no name; mend it in params.yaml")
        try:
            eval(name, dict.fromkeys(bound))
        except NameError:
            missing.append(name)
    return missing
