"""The description of a figure as a caption: a sentence, and the values that it lists as tables."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Caption", "Listed", "caption"]

_SENTENCE = re.compile(r"(?<=[.?!…])\s+(?=[A-Z“‘(0-9])")
# A name and what it has: the value begins with the first number that follows a word.
_ITEM = re.compile(r"(?P<name>\S.*?):? (?P<value>[−+-]?\d.*)")
_FEWEST = 3
# Where a sentence is short, so few words before its values say nothing by themselves.
_SHORT, _BARE = 30, 3


class Listed(NamedTuple):
    """A sentence; where it lists values, what stands before them, and each with its name."""

    text: str
    rows: tuple[tuple[str, str], ...] = ()


class Caption(NamedTuple):
    """The first sentence without the values that it lists, and what is folded behind it."""

    lead: str
    rest: tuple[Listed, ...]


def caption(description: str) -> Caption:
    """Take a description apart.

    Examples
    --------
    >>> drops = ", ".join(f"{name} of all rows 0.{n}" for n, name in enumerate("abcdefgh"))
    >>> made = caption(f"Drop of accuracy where shuffled: {drops}. Over 400 rows.")
    >>> made.lead
    'Drop of accuracy where shuffled.'
    >>> made.rest[0].rows[:2]
    (('a of all rows', '0.0'), ('b of all rows', '0.1'))
    >>> made.rest[1].text
    'Over 400 rows.'
    >>> caption("By epoch: first 0.2, second 0.1, third 0.05. Over 400 rows.").lead
    'By epoch: first 0.2, second 0.1, third 0.05.'
    """
    if not description:
        return Caption("", ())
    first, *others = map(_listed, _SENTENCE.split(description))
    if first.rows:
        return Caption(f"{first.text}.", (first._replace(text=""), *others))
    return Caption(first.text, tuple(others))


def _listed(sentence: str) -> Listed:
    head, colon, tail = sentence.partition(": ")
    tail = tail.removesuffix(".")
    parts = tail.split("; ") if tail.count("; ") >= _FEWEST - 1 else tail.split(", ")
    items = [_ITEM.fullmatch(part) for part in parts]
    named = [item for item in items if item is not None]
    # The last may say how many are left out.
    whole = len(named) == len(items) or (len(named) == len(items) - 1 and items[-1] is None)
    nested = any(": " in item["value"] for item in named)
    brief = len(sentence.split()) <= _SHORT and len(head.split()) <= _BARE
    if not colon or len(named) < _FEWEST or not whole or nested or brief:
        return Listed(sentence)
    rows = [
        (part, "") if item is None else (item["name"], item["value"])
        for part, item in zip(parts, items, strict=True)
    ]
    return Listed(head, tuple(rows))
