"""Title, description and size of an SVG figure, read from its file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

__all__ = ["Words", "words"]

_SVG = "{http://www.w3.org/2000/svg}"


class Words(NamedTuple):
    """Title and description of a figure for those who do not see it, and its size in points."""

    title: str
    description: str
    width: int
    height: int


def words(path: Path) -> Words:
    """Read the title, the description and the size of the figure at `path`."""
    root = ElementTree.parse(path).getroot()
    *_, width, height = root.get("viewBox", "0 0 0 0").split()
    return Words(
        title=root.findtext(f"{_SVG}title", ""),
        description=root.findtext(f"{_SVG}desc", ""),
        width=round(float(width)),
        height=round(float(height)),
    )
