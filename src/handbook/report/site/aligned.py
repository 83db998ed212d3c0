"""Columns of numbers with their decimal points above each other."""

from __future__ import annotations

import re
from itertools import count

__all__ = ["aligned"]

_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t([dh])\b([^>]*)>(.*?)</t\1>", re.DOTALL)
_NUMBER = re.compile(r"\s*[+−]?\d[\d,]*(?:(\.\d+))?\s*")
_TAG = re.compile(r"<[^>]*>")
_SPAN = re.compile(r'(col|row)span="(\d+)"')
# As wide as a digit, and as a point.
_DIGIT, _POINT = "\u2007", "\u2008"


def aligned(html: str) -> str:
    """Pad the numbers in the columns of all tables, so that their points stand above each other.

    Only cells that hold one number and nothing else are padded, and only in columns set to the
    right (of class ``n``).

    Examples
    --------
    >>> rows = "".join(f'<tr><td class="n">{text}</td></tr>' for text in ("0.5", "12"))
    >>> padded = aligned(f"<table>{rows}</table>").replace("\u2007", "_").replace("\u2008", "_")
    >>> padded.removeprefix("<table>")
    '<tr><td class="n">0.5</td></tr><tr><td class="n">12__</td></tr></table>'
    """
    return _TABLE.sub(lambda match: _table(match[0]), html)


def _table(html: str) -> str:
    decimals: dict[int, int] = {}  # of each column
    mixed: set[int] = set()  # columns with intervals, or powers of ten: nothing to align
    cells: list[tuple[int, int, int]] = []  # where a number ends, its column, its decimals
    below: dict[int, int] = {}  # rows that a cell above still spans, by column
    for row in _ROW.finditer(html):
        column = 0
        for cell in _CELL.finditer(row[0]):
            while below.get(column, 0):
                below[column] -= 1
                column += 1
            spans = {kind: int(number) for kind, number in _SPAN.findall(cell[2])}
            match = _NUMBER.fullmatch(cell[3])
            if match and re.search(r'class="n\b', cell[2]):
                length = len(match[1] or "")
                decimals[column] = max(decimals.get(column, 0), length)
                end = row.start() + cell.start(3) + len(cell[3].rstrip())
                cells.append((end, column, length))
            elif _NUMBER.match(_TAG.sub("", cell[3])):
                mixed.add(column)
            for place in range(column, column + spans.get("col", 1)):
                below[place] = spans.get("row", 1) - 1
            column += spans.get("col", 1)
        for place in count(column):
            if not below.get(place, 0):
                break
            below[place] -= 1
    for end, column, length in reversed(cells):
        missing = 0 if column in mixed else decimals[column] - length
        pad = (_POINT if not length and missing else "") + _DIGIT * (missing - (not length))
        html = html[:end] + pad + html[end:] if missing else html
    return html
