"""The style of all figures, and how they are saved as the same bytes on every rebuild.

Text is drawn as outlines (``svg.fonttype: path``) of the font that comes with matplotlib: labels
look the same and keep their place on a machine without that font. What outlines take from screen
readers and searching is given back by the title and description inside each file.
"""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from handbook.core.files import write_text

__all__ = [
    "CHANCE",
    "COLOURS",
    "DASHES",
    "INK",
    "MAIN",
    "MARK",
    "MARKERS",
    "PAPER",
    "QUIET",
    "SHADES",
    "Drawn",
    "Plot",
    "applied",
    "canvas",
    "caption",
    "look",
    "note",
    "save",
    "short",
]

PAPER = "#ffffff"
INK = "#1d2328"
QUIET = "#5b6670"
GRID = "#e3e7ea"

# Okabe and Ito (2008), told apart with every common colour blindness; their lightness differs, and
# each comes with its own dashes, so that a grey print still tells one line from the next.
MAIN = "#0072b2"
MARK = "#d55e00"
CHANCE = "#6f7780"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1d2328")
DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

# One hue whose lightness falls evenly: reads the same in grey.
SHADES = ("#f7fafc", "#0b3c5d")

_RC: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": QUIET,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "figure.dpi": 72,
    "figure.facecolor": PAPER,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "lines.linewidth": 1.6,
    "path.simplify": False,  # handbook.report.figures.thin does it, exactly
    "svg.fonttype": "path",
    "svg.hashsalt": "handbook",
    "text.color": INK,
    "text.parse_math": False,  # a class may be called "$5"
    "xtick.color": QUIET,
    "xtick.labelsize": 8,
    "ytick.color": QUIET,
    "ytick.labelsize": 8,
}


#: What the figure of a lab is drawn from: the value of the lab's own ``plot``.
Plot = Mapping[str, Any]


class Drawn(NamedTuple):
    """A figure with its title and its description."""

    figure: Figure
    title: str
    description: str


def caption(record: Mapping[str, Any]) -> str:
    """Name the run that a figure belongs to, and say so where its data was generated.

    Parameters
    ----------
    record : mapping
        Any of ``model``, ``data`` and ``variant``, and ``data_variant``.

    Examples
    --------
    >>> caption({"model": "ridge", "data": "diabetes", "data_variant": "sample"})
    'ridge · diabetes · GENERATED SAMPLE DATA'
    """
    parts = [record[key] for key in ("model", "data", "variant") if key in record]
    if record.get("data_variant") == "sample":
        parts.append("GENERATED SAMPLE DATA")
    return " · ".join(parts)


@contextmanager
def applied() -> Iterator[None]:
    """Draw in this project's style, whatever a user's own matplotlib settings are."""
    with matplotlib.style.context(["default", _RC]):
        yield


def canvas(title: str, caption: str, width: float = 4.4, height: float = 4.5) -> Figure:
    """Return an empty figure of `width` by `height` inches under its title and caption."""
    # Not pyplot: its global state would carry over from one figure to the next.
    lines = textwrap.wrap(caption, width=round(width * 15))
    head = 0.34 + 0.15 * len(lines)
    figure = Figure(
        figsize=(width, height),
        layout=ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - head / height)),
    )
    left, top = 0.1 / width, 1 - 0.1 / height
    figure.text(left, top, title, va="top", fontsize=10, fontweight="bold")
    figure.text(left, top - 0.21 / height, "\n".join(lines), va="top", fontsize=8, color=QUIET)
    return figure


def look(index: int) -> dict[str, Any]:
    """Return the colour and the dashes of a line that is one of several."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "linestyle": DASHES[index % len(DASHES)],
    }


def short(name: str, most: int = 18) -> str:
    """Cut a name that would leave no room for the figure; its description has it in full.

    Examples
    --------
    >>> short("Ankle boot"), short("a class with a very long name")
    ('Ankle boot', 'a class with a ve…')
    """
    return name if len(name) <= most else name[: most - 1] + "…"


def note(title: str, reason: str, caption: str) -> Drawn:
    """Return a figure that says why there is nothing to draw."""
    figure = canvas(title, caption, 4.4, 2.2)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.text(0.5, 0.5, reason, ha="center", va="center", wrap=True, transform=axes.transAxes)
    return Drawn(figure, title, f"Nothing to draw: {reason}.")


def save(drawn: Drawn, path: Path) -> None:
    """Write `drawn` as SVG without dates, its words in ``<title>`` and ``<desc>``."""
    buffer = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with warnings.catch_warnings():
        # A class name in a script that the font lacks is drawn as boxes; the pages spell it out.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        drawn.figure.savefig(buffer, format="svg", metadata=nothing)
    text = buffer.getvalue().decode()
    text = text[text.index("<svg ") :]  # the DOCTYPE names a file on the network
    text = re.sub(r"\s*<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"\n\s+<", "\n<", text)
    text = re.sub(r'(?<= )(d|x|y|transform)="[^"]*"', lambda match: _shorter(match[0]), text)
    head, rest = text.split(">", 1)
    words = f"<title>{escape(drawn.title)}</title>\n<desc>{escape(drawn.description)}</desc>"
    write_text(path, f'{head} role="img">\n{words}{rest}')


def _shorter(attribute: str) -> str:
    """Round to 0.01 pt, far below what a screen or a printer shows, and close the gaps."""
    name, value = attribute.split("=", 1)
    if name == "transform":  # scales stay: a glyph's is 1/64
        return re.sub(r"translate\([^)]*\)", lambda match: _rounded(match[0]), attribute)
    value = _rounded(value)
    if name == "d":
        value = re.sub(r"\s*([A-Za-z])\s*", r"\1", value)
    return f"{name}={value}"


def _rounded(numbers: str) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda n: f"{float(n[0]):.2f}".rstrip("0").rstrip("."), numbers)
