"""Title, description, size and kind of an SVG figure, read from its file."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from handbook.report.figures.caption import Caption, caption
from handbook.report.numbers import typographic

__all__ = ["NOTHING", "Words", "words"]

#: How the description of an empty figure begins, see :func:`handbook.report.figures.style.note`.
NOTHING = "Nothing to draw: "

_SVG = "{http://www.w3.org/2000/svg}"
# What is read off a screen as small as a telephone's.
_LEGIBLE = 9
_SHADES = re.compile(r"\b(light|lighter|dark|darker|white|black|grey|bright\w*)\b", re.IGNORECASE)


class Words(NamedTuple):
    """What is said of a figure to those who do not see it, and how it wants to be shown.

    Parameters
    ----------
    title, description : str
    width, height : int
        Size in points.
    legible : int
        Width in pixels from which on its smallest text can be read.
    upright : bool
        Whether its colours must stay as they are in dark mode: it holds a picture, or its
        description speaks of light and dark.
    """

    title: str
    description: str
    width: int
    height: int
    legible: int = 0
    upright: bool = False

    @property
    def caption(self) -> Caption:
        """The description as a sentence, and what is folded behind it."""
        return caption(self.description)

    @property
    def nothing(self) -> str:
        """Why nothing is drawn; empty where there is something to see."""
        _, found, reason = self.description.partition(NOTHING)
        return reason if found else ""


def words(path: Path) -> Words:
    """Read the figure at `path`."""
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    *_, width, height = root.get("viewBox", "0 0 0 0").split()
    description = typographic(root.findtext(f"{_SVG}desc", ""))
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: [^\"';]*?([0-9.]+)px", text)]
    return Words(
        title=typographic(root.findtext(f"{_SVG}title", "")),
        description=description,
        width=round(float(width)),
        height=round(float(height)),
        legible=math.ceil(float(width) * _LEGIBLE / min(sizes)) if sizes else 0,
        upright="<image" in text or _speaks_of_shades(description, root),
    )


def _speaks_of_shades(description: str, root: ElementTree.Element) -> bool:
    """Tell whether the description or a note in the drawing says what light and dark mean."""
    notes = (element.text or "" for element in root.iter(f"{_SVG}text"))
    return bool(_SHADES.search(description)) or any(
        "light" in note and "dark" in note for note in notes
    )
