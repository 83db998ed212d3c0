"""Small matrices cell by cell, set in lines with signs between them: how an operation works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.patches import Rectangle

from handbook.report.figures.style import INK, PAPER, QUIET, SHADES, Drawn, canvas, look
from handbook.report.numbers import formatted

__all__ = ["FIRST", "Line", "Matrix", "heats", "joined", "numbered", "sheet", "sized", "windows"]

Array = npt.NDArray[np.float64]
Mark = tuple[int, int, int, int]

# Tints that a number can be read on: below 0, and above.
_TINTS = ("#f3c7a8", "#a8cfe8")
_FRAME = "#eceff1"  # padding
# Inches: a sign, a line of a name and a letter of it, what lies between two things in a line and
# between two lines, and a letter of a title.
_SIGN = 0.4
_NAME = 0.21
_NAME_LETTER = 0.07
_GAP = 0.18
_BETWEEN = 0.26
_LETTER = 0.094
_CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
_STEPS = 8  # of the shades: few enough to be told apart in grey
#: Outlines the first cell.
FIRST = [(0, 0, 1, 1)]


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
        Windows to outline, each in its own colour and dashes; the same index in two matrices'
        marks says that they belong together.
    """

    name: str
    values: Sequence[Sequence[float]]
    frame: tuple[int, int] = (0, 0)
    marks: Sequence[Mark] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.values), len(self.values[0])


#: Matrices and the signs between them, from left to right.
Line = Sequence[Matrix | str]


def sized(name: str, values: Sequence[Sequence[float]], **options: Any) -> Matrix:
    """Return a matrix with its rows and columns in its name."""
    return Matrix(f"{name}, {len(values)} × {len(values[0])}", values, **options)


def numbered(
    name: str, matrices: Iterable[Sequence[Sequence[float]]], marks: Sequence[Mark] = ()
) -> list[Matrix]:
    """Return matrices of one kind, the number of each in the braces of its name."""
    return [
        Matrix(name.format(number), values, marks=marks)
        for number, values in enumerate(matrices, start=1)
    ]


def windows(values: Sequence[Sequence[float]], size: int = 1) -> list[Mark]:
    """Return the square window that each of `values` comes from, side by side without overlap."""
    shape = len(values), len(values[0])
    return [(row * size, column * size, size, size) for row, column in np.ndindex(shape)]


def joined(sign: str, terms: Iterable[Line]) -> list[Matrix | str]:
    """Return terms in one line, with a sign between each two."""
    line: list[Matrix | str] = []
    for term in terms:
        line += [sign, *term] if line else term
    return line


def sheet(
    title: str,
    caption: str,
    lines: Sequence[Line],
    description: str,
    cell: float,
    numbers: bool = True,
) -> Drawn:
    """Draw lines of matrices below each other, their cells `cell` inches across.

    With `numbers` each cell has its number on a tint of its sign. Without, a matrix goes from light
    (its lowest number) to dark (its highest).
    """
    # All that follows is in cells.
    sizes = [np.array([_size(part, cell) for part in line]) for line in lines]
    heights = [size[:, :2].max(axis=0) for size in sizes]
    # Lines of equally many parts have equal columns.
    widths = [
        np.max([other[:, 2] for other in sizes if len(other) == len(size)], axis=0)
        for size in sizes
    ]
    across = max(sum(columns) + _GAP / cell * (len(columns) - 1) for columns in widths)
    names, rows = sum(heights)
    down = names + rows + _BETWEEN / cell * (len(lines) - 1)
    width = max(across * cell + 0.4, len(title) * _LETTER + 0.2, 4.4)
    figure = canvas(title, caption, width, down * cell + 0.75)
    axes = figure.add_subplot()
    axes.set(xlim=(-0.2, across + 0.2), ylim=(down + 0.2, -0.1), aspect="equal", anchor="W")
    axes.set_axis_off()
    top = 0.0
    for line, (above, high), columns in zip(lines, heights, widths, strict=True):
        left, middle = 0.0, top + above + high / 2
        for part, wide in zip(line, columns, strict=True):
            if isinstance(part, str):
                points = 14.5 if part == "⋆" else 11  # the font's star is a small one
                axes.text(left + wide / 2, middle, part, ha="center", va="center", fontsize=points)
            else:
                _draw_matrix(axes, part, left, middle - part.shape[0] / 2, numbers, 72 * cell)
            left += wide + _GAP / cell
        top += above + high + _BETWEEN / cell
    return Drawn(figure, title, description)


def heats(row: Sequence[Any], matrices: Mapping[str, Any], low: float, **options: Any) -> None:
    """Draw what units do by step, a matrix of shape (units, steps) in each of a row of axes.

    Shades go from `low` (light) to 1 (dark); a bar of them, made with `options`, stands beside.
    """
    shades = LinearSegmentedColormap.from_list("shades", SHADES, _STEPS)
    for axes, (title, values) in zip(row, matrices.items(), strict=True):
        units, steps = np.shape(values)
        across, down = np.arange(steps + 1) + 0.5, np.arange(units + 1) + 0.5
        mesh = axes.pcolormesh(across, down, values, cmap=shades, vmin=low, vmax=1, clip_on=False)
        axes.set(ylim=(units + 0.5, 0.5), yticks=range(1, units + 1))
        axes.set_title(title, fontsize=9)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        axes.xaxis.get_major_locator().set_params(integer=True)
    bar = row[0].figure.colorbar(mesh, ax=list(row), label="value", **options)
    bar.outline.set_visible(False)
    row[0].set_ylabel("unit")


def _size(part: Matrix | str, cell: float) -> tuple[float, float, float]:
    """Return how high the name and the part itself are, and how wide both, in cells."""
    if isinstance(part, str):
        return 0, _SIGN / cell, _SIGN / cell
    rows, columns = part.shape
    name = part.name.split("\n")
    letters = max(map(len, name))
    return (_NAME * len(name) + 0.05) / cell, rows, max(columns, _NAME_LETTER * letters / cell)


def _draw_matrix(
    axes: Any, matrix: Matrix, left: float, top: float, numbers: bool, points: float
) -> None:
    values, (rows, columns) = np.array(matrix.values, dtype=float), matrix.shape
    cells = np.argwhere(np.ones(values.shape))[:, ::-1] + (left, top)  # (cells, 2): across, down
    padding = np.ones(values.shape, dtype=bool)
    down, across = matrix.frame
    padding[down : rows - down, across : columns - across] = False
    colours = _tints(values) if numbers else _shades(values)  # (rows, columns, 4)
    colours[padding] = to_rgba(_FRAME)
    edges = QUIET if numbers else "face"
    axes.add_collection(
        PolyCollection(
            list(cells[:, None] + _CORNERS), facecolors=colours.reshape(-1, 4), edgecolors=edges,
            linewidths=0.5, clip_on=False,
        )
    )  # fmt: skip
    bottom = top - 4 / points
    axes.text(left, bottom, matrix.name, va="bottom", fontsize=8, color=INK, linespacing=1.25)
    if numbers:
        for (x, y), value, framing in zip(cells + 0.5, values.flat, padding.flat, strict=True):
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
                fill=False, **look(index), linewidth=2.0, clip_on=False,
            )
        )  # fmt: skip


def _tints(values: Array) -> Any:
    """Return a colour for each number: white for 0, deeper the further from it."""
    depths = np.round(np.abs(values) / (np.abs(values).max() or 1.0), 2)
    below, above = (
        LinearSegmentedColormap.from_list("tint", (PAPER, tint))(depths) for tint in _TINTS
    )
    return np.where((values > 0)[..., None], above, below)


def _shades(values: Array) -> Any:
    """Return a colour for each number: light for the lowest, dark for the highest."""
    shades = LinearSegmentedColormap.from_list("shades", SHADES)
    depths = np.round((values - values.min()) / (np.ptp(values) or 1.0), 2)
    return shades(depths)
