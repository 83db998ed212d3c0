"""The style of all figures, and how they are saved as the same bytes on every rebuild.

Text stays text: it can be searched, copied and read out. It is laid out in the font that comes with
matplotlib; where a machine lacks that, Verdana has letters of the same width.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter

from handbook.core.files import write_text
from handbook.report.figures.svg import NOTHING
from handbook.report.numbers import typographic

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

# What stands in for matplotlib's font: first what is as wide as it.
_STAND_INS = {
    "'DejaVu Sans'": "'DejaVu Sans', Verdana, sans-serif",
    "'DejaVu Sans Mono'": "'DejaVu Sans Mono', Menlo, Consolas, monospace",
}

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
    "svg.fonttype": "none",
    "svg.hashsalt": "handbook",
    "text.color": INK,
    "text.parse_math": False,  # a class may be called "$5"
    "xtick.color": QUIET,
    "xtick.labelsize": 8,
    "ytick.color": QUIET,
    "ytick.labelsize": 8,
}


_TITLE = FontProperties(family="DejaVu Sans", weight="bold", size=10)
_CAPTION = FontProperties(family="DejaVu Sans", size=8)

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


class _Sheet(Figure):
    """A figure that is drawn once.

    matplotlib draws a figure with a layout twice, the first time unseen to place its parts: a
    seventh of the time. Placing them is enough then.
    """

    def draw(self, renderer: Any) -> None:
        """Draw the figure, or place its parts where the renderer has been told to draw nothing."""
        layout = self.get_layout_engine()
        if layout is not None and self.axes and "draw_path" in vars(renderer):
            layout.execute(self)
        else:
            super().draw(renderer)


def canvas(title: str, caption: str, width: float = 4.4, height: float = 4.5) -> Figure:
    """Return an empty figure under its title and caption.

    It is `width` by `height` inches, and higher where its title takes more than one line.
    """
    # Not pyplot: its global state would carry over from one figure to the next.
    room = (width - 0.2) * 72
    heads, lines = _wrapped(title, room, _TITLE), _wrapped(caption, room, _CAPTION)
    more = 0.16 * (len(heads) - 1)
    height += more
    head = 0.34 + more + 0.15 * len(lines)
    figure = _Sheet(
        figsize=(width, height),
        layout=ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - head / height)),
    )
    left, top = 0.1 / width, 1 - 0.1 / height
    figure.text(left, top, "\n".join(heads), va="top", fontproperties=_TITLE)
    under = top - (0.21 + more) / height
    figure.text(left, under, "\n".join(lines), va="top", fontproperties=_CAPTION, color=QUIET)
    return figure


def _wrapped(text: str, room: float, font: FontProperties) -> list[str]:
    """Break a text into lines that are no wider than `room` points, but for words that are."""
    lines: list[str] = []
    for word in typographic(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        wide, _, _ = text_to_path.get_text_width_height_descent(longer, font, ismath=False)
        if lines and wide <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


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
    return Drawn(figure, title, f"{NOTHING}{reason}.")


def save(drawn: Drawn, path: Path) -> None:
    """Write `drawn` as SVG without dates, its words in ``<title>`` and ``<desc>``."""
    _in_notation(drawn.figure)
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
    text = re.sub(r"'DejaVu Sans( Mono)?'", lambda match: _STAND_INS[match[0]], text)
    text = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", text)
    text = re.sub(r'(?<= )(d|x|y|transform)="[^"]*"', lambda match: _shorter(match[0]), text)
    head, rest = text.split(">", 1)
    title, description = escape(typographic(drawn.title)), escape(typographic(drawn.description))
    words = f"<title>{title}</title>\n<desc>{description}</desc>"
    write_text(path, f'{head} role="img">\n{words}{rest}')


def _in_notation(figure: Figure) -> None:
    """Write the numbers in a figure's texts and at its ticks as on the pages."""
    for text in figure.findobj(Text):
        text.set_text(typographic(text.get_text()))
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            formatter = axis.get_major_formatter()
            if isinstance(formatter, FuncFormatter):
                axis.set_major_formatter(_ticks(formatter))


def _ticks(formatter: FuncFormatter) -> FuncFormatter:
    # Labels that were set may be numbers.
    return FuncFormatter(lambda value, place: typographic(str(formatter(value, place))))


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
