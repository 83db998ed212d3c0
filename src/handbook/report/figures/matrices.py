"""Small matrices cell by cell, set in lines with signs between them: how an operation works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from handbook.core.numbers import formatted
from handbook.report.figures.style import COLOURS, DASHES, INK, PAPER, QUIET, SHADES, Drawn, canvas

__all__ = ["Line", "Matrix", "heat", "sheet"]

Array = npt.NDArray[np.float64]

# Tints that a number can be read on: below 0, and above.
_TINTS = ("#f3c7a8", "#a8cfe8")
_FRAME = "#eceff1"  # padding
# Inches: a sign, a line of a name and a letter of it, and what lies between two things.
_SIGN = 0.4
_NAME = 0.21
_NAME_LETTER = 0.07
_GAP = 0.18
_BETWEEN = 0.26
_CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
_LETTER = 0.094  # inches across, of a title's letter
_STEPS = 8  # of the shades: few enough to be told apart in grey


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
    # all that follows is in cells
    names, sizes = (
        [max(of(item, cell) for item in line) for line in lines] for of in (_above, _rows)
    )
    widths = _columns(lines, cell)
    across = max(sum(wide) + _GAP / cell * (len(wide) - 1) for wide in widths)
    down = sum(names) + sum(sizes) + _BETWEEN / cell * (len(lines) - 1)
    width = max(across * cell + 0.4, len(title) * _LETTER + 0.2, 4.4)
    figure = canvas(title, caption, width, down * cell + 0.75)
    axes = figure.add_subplot()
    axes.set(xlim=(-0.2, across + 0.2), ylim=(down + 0.2, -0.1), aspect="equal", anchor="W")
    axes.set_axis_off()
    top = 0.0
    for line, above, high, wide in zip(lines, names, sizes, widths, strict=True):
        left, middle = 0.0, top + above + high / 2
        for item, room in zip(line, wide, strict=True):
            if isinstance(item, str):
                # the font's star is a small one
                size = 14.5 if item == "⋆" else 11
                axes.text(left + room / 2, middle, item, ha="center", va="center", fontsize=size)
            else:
                _draw_matrix(axes, item, left, middle - item.shape[0] / 2, numbers, 72 * cell)
            left += room + _GAP / cell
        top += above + high + _BETWEEN / cell
    return Drawn(figure, title, description)


def heat(axes: Any, values: npt.ArrayLike, low: float, high: float) -> Any:
    """Draw a matrix in shades from `low` (light) to `high` (dark), the first row at the top.

    Parameters
    ----------
    axes : Axes
    values : array-like of shape (rows, columns)
    low, high : float

    Returns
    -------
    QuadMesh
        For a bar of the shades.
    """
    values = np.asarray(values, dtype=float)
    rows, columns = values.shape
    shades = LinearSegmentedColormap.from_list("shades", SHADES, _STEPS)
    mesh = axes.pcolormesh(
        np.arange(columns + 1) + 0.5, np.arange(rows + 1) + 0.5, values, cmap=shades,
        vmin=low, vmax=high, clip_on=False,
    )  # fmt: skip
    axes.set_ylim(rows + 0.5, 0.5)
    axes.set_yticks(range(1, rows + 1))
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.xaxis.get_major_locator().set_params(integer=True)
    return mesh


def _columns(lines: Sequence[Line], cell: float) -> list[list[float]]:
    """Return the width of each thing; lines of equally many things have equal columns."""
    widths = [[_width(item, cell) for item in line] for line in lines]
    return [
        [max(column) for column in zip(*(o for o in widths if len(o) == len(own)), strict=True)]
        for own in widths
    ]


def _rows(item: Matrix | str, cell: float) -> float:
    return _SIGN / cell if isinstance(item, str) else item.shape[0]


def _above(item: Matrix | str, cell: float) -> float:
    return 0 if isinstance(item, str) else (_NAME * len(item.name.split("\n")) + 0.05) / cell


def _width(item: Matrix | str, cell: float) -> float:
    if isinstance(item, str):
        return _SIGN / cell
    letters = max(len(line) for line in item.name.split("\n"))
    return max(item.shape[1], _NAME_LETTER * letters / cell)


def _draw_matrix(
    axes: Any, matrix: Matrix, left: float, top: float, numbers: bool, points: float
) -> None:
    values, (rows, columns) = np.array(matrix.values, dtype=float), matrix.shape
    places = np.argwhere(np.ones(matrix.shape))[:, ::-1] + (left, top)  # (cells, 2): across, down
    padding = np.ones(matrix.shape, dtype=bool)
    padding[
        matrix.frame[0] : rows - matrix.frame[0], matrix.frame[1] : columns - matrix.frame[1]
    ] = False
    colours = _tints(values) if numbers else _shades(values)
    colours[padding] = _FRAME
    axes.add_collection(
        PolyCollection(
            list(places[:, None] + _CORNERS), facecolors=colours.ravel().tolist(),
            edgecolors=QUIET if numbers else "face", linewidths=0.5, clip_on=False,
        )
    )  # fmt: skip
    axes.text(
        left, top - 4 / points, matrix.name, va="bottom", fontsize=8, color=INK, linespacing=1.25
    )
    if numbers:
        for (x, y), value, framing in zip(
            places + 0.5, values.ravel(), padding.ravel(), strict=True
        ):
            axes.text(
                x, y, formatted(value, ".3g"), ha="center", va="center", fontsize=0.3 * points,
                color=QUIET if framing else INK,
            )  # fmt: skip
    for index, (row, column, high, wide) in enumerate(matrix.marks):
        # those that lie over each other stay apart
        inset = 0.04 + 0.05 * (index % 3)
        axes.add_patch(
            Rectangle(
                (left + column + inset, top + row + inset), wide - 2 * inset, high - 2 * inset,
                facecolor="none", edgecolor=COLOURS[index % len(COLOURS)],
                linestyle=DASHES[index % len(DASHES)], linewidth=2.0, clip_on=False,
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
    colours = np.empty(values.shape, dtype=object)
    for index, value in np.ndenumerate(values):
        colours[index] = to_hex(colour(value))
    return colours
