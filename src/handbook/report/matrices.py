"""Small matrices cell by cell, set in lines with signs between them: how an operation works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from handbook.report.style import COLOURS, DASHES, INK, PAPER, QUIET, SHADES, Drawn, canvas

__all__ = ["Line", "Matrix", "sheet"]

Array = npt.NDArray[np.float64]

# Tints that a number can be read on: below 0, and above.
_TINTS = ("#f3c7a8", "#a8cfe8")
_FRAME = "#eceff1"  # padding
_SIGN = 1.1  # cells that a sign takes
_NAME = 0.62  # cells that a line of a name takes
_BETWEEN = 0.7  # cells between two lines
_CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
_LETTER = 0.094  # inches across, of a title's letter


class Matrix(NamedTuple):
    """A matrix to be drawn.

    Parameters
    ----------
    name : str
        Stands above it, in as many lines as it has.
    values : nested list of shape (rows, columns)
    frame : tuple of int
        Rows and columns at each edge that are padding.
    marks : sequence of (row, column, height, width)
        Windows to outline, each in its own colour and dashes; the same place in two matrices'
        marks says that they belong together.
    """

    name: str
    values: Sequence[Sequence[float]]
    frame: tuple[int, int] = (0, 0)
    marks: Sequence[tuple[int, int, int, int]] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.values), len(self.values[0])

    @property
    def width(self) -> float:
        """Cells across, its name included."""
        letters = max(len(line) for line in self.name.split("\n"))
        return max(self.shape[1], 0.19 * letters)


#: Matrices and the signs between them, from left to right.
Line = Sequence[Matrix | str]


def sheet(
    title: str,
    caption: str,
    lines: Sequence[Line],
    description: str,
    *,
    cell: float = 0.37,
    numbers: bool = True,
) -> Drawn:
    """Draw lines of matrices below each other.

    Parameters
    ----------
    title, caption : str
    lines : sequence of lines
    description : str
        What the figure says, in words.
    cell : float
        Inches across, of a cell.
    numbers : bool
        Whether each cell has its number on a tint of its sign. Without, a matrix goes from light
        (its lowest number) to dark (its highest).
    """
    heights = [max(map(_above, line)) + max(map(_rows, line)) for line in lines]
    widths = [sum(_width(one) for one in line) + 0.5 * (len(line) - 1) for line in lines]
    across, down = max(widths), sum(heights) + _BETWEEN * (len(lines) - 1)
    width = max(across * cell + 0.4, len(title) * _LETTER + 0.2, 4.4)
    figure = canvas(title, caption, width, down * cell + 0.75)
    axes = figure.add_subplot()
    axes.set(xlim=(-0.2, across + 0.2), ylim=(down + 0.2, -0.1), aspect="equal", anchor="W")
    axes.set_axis_off()
    top = 0.0
    for line, height in zip(lines, heights, strict=True):
        _draw_line(axes, line, top, height, numbers, 72 * cell)
        top += height + _BETWEEN
    return Drawn(figure, title, description)


def _rows(one: Matrix | str) -> float:
    return 1 if isinstance(one, str) else one.shape[0]


def _above(one: Matrix | str) -> float:
    return 0 if isinstance(one, str) else _NAME * len(one.name.split("\n")) + 0.15


def _width(one: Matrix | str) -> float:
    return _SIGN if isinstance(one, str) else one.width


def _draw_line(
    axes: Any, line: Line, top: float, height: float, numbers: bool, points: float
) -> None:
    """Draw matrices side by side, their middles at one height."""
    names = max(_above(one) for one in line)
    left, middle = 0.0, top + names + (height - names) / 2
    for one in line:
        if isinstance(one, str):
            # the font's star is a small one
            size = (0.9 if one == "⋆" else 0.55) * points
            axes.text(left + _SIGN / 2, middle, one, ha="center", va="center", fontsize=size)
        else:
            _draw_matrix(axes, one, left, middle - one.shape[0] / 2, numbers, points)
        left += _width(one) + 0.5


def _draw_matrix(
    axes: Any, one: Matrix, left: float, top: float, numbers: bool, points: float
) -> None:
    values, (rows, columns) = np.array(one.values, dtype=float), one.shape
    places = np.argwhere(np.ones(one.shape))[:, ::-1] + (left, top)  # (cells, 2): across, down
    padding = np.ones(one.shape, dtype=bool)
    padding[one.frame[0] : rows - one.frame[0], one.frame[1] : columns - one.frame[1]] = False
    colours = _tints(values) if numbers else _shades(values)
    colours[padding] = _FRAME
    axes.add_collection(
        PolyCollection(
            list(places[:, None] + _CORNERS), facecolors=colours.ravel().tolist(),
            edgecolors=QUIET if numbers else "face", linewidths=0.5, clip_on=False,
        )
    )  # fmt: skip
    axes.text(left, top - 0.15, one.name, va="bottom", fontsize=8, color=INK, linespacing=1.25)
    if numbers:
        for (x, y), value, framing in zip(
            places + 0.5, values.ravel(), padding.ravel(), strict=True
        ):
            axes.text(
                x, y, _number(value), ha="center", va="center", fontsize=0.3 * points,
                color=QUIET if framing else INK,
            )  # fmt: skip
    for place, (row, column, high, wide) in enumerate(one.marks):
        # those that lie over each other stay apart
        inset = 0.04 + 0.05 * (place % 3)
        axes.add_patch(
            Rectangle(
                (left + column + inset, top + row + inset), wide - 2 * inset, high - 2 * inset,
                facecolor="none", edgecolor=COLOURS[place % len(COLOURS)],
                linestyle=DASHES[place % len(DASHES)], linewidth=2.0, clip_on=False,
            )
        )  # fmt: skip


def _tints(values: Array) -> npt.NDArray[Any]:
    """Return a colour for each number: white for 0, deeper the further from it."""
    most = np.abs(values).max() or 1.0
    maps = [LinearSegmentedColormap.from_list("tint", (PAPER, tint)) for tint in _TINTS]
    return _each(values, lambda v: maps[int(v > 0)](round(abs(v) / most, 2)))


def _shades(values: Array) -> npt.NDArray[Any]:
    low, span = values.min(), np.ptp(values) or 1.0
    shades = LinearSegmentedColormap.from_list("shades", SHADES)
    return _each(values, lambda v: shades(round((v - low) / span, 2)))


def _each(values: Array, colour: Callable[[float], Any]) -> npt.NDArray[Any]:
    found = np.empty(values.shape, dtype=object)
    for place, value in np.ndenumerate(values):
        found[place] = to_hex(colour(value))
    return found


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
