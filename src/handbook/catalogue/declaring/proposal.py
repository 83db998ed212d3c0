"""What is known beforehand of a file, and what looking at it proposes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Options", "Proposal"]


@dataclass(frozen=True)
class Options:
    """What the user says of a data set; what is empty is found out, or asked for.

    Parameters
    ----------
    target, groups, positive : str
        Column to predict, column whose equal values stay together, class to look for.
    task : str
    ignored, categories : tuple of str
        Columns to leave out, and to take for categories whatever they look like.
    missing : tuple of str
        What stands where a value is missing, beside what is found.
    separator, decimal, encoding : str
    skip : int or None
        Lines above a table.
    shape : tuple of int
        Of images: height, width and, for colour, 3.
    ask : callable or None
        Asks a question on the terminal and returns the answer; None where there is no terminal.
    """

    target: str = ""
    groups: str = ""
    positive: str = ""
    task: str = ""
    ignored: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    separator: str = ""
    decimal: str = ""
    encoding: str = ""
    skip: int | None = None
    shape: tuple[int, ...] = ()
    ask: Callable[[str], str] | None = None


class Proposal(NamedTuple):
    """What the catalogue should say of a data set.

    Parameters
    ----------
    content : mapping
        Of the declaration, but for its title and its files.
    files : mapping of str to Path
        Name below ``data/raw`` to the file that goes there.
    decisions : list of str
        What was decided, for people.
    """

    content: Mapping[str, Any]
    files: Mapping[str, Path]
    decisions: list[str]
