"""The cells of a map's grid: squares or hexagons, filled by a value each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from handbook.report.figures.style import QUIET, SHADES

__all__ = [
    "Cells",
    "cells",
    "empty",
    "fill",
    "level",
    "merged",
    "outline",
    "prepare",
    "scale",
    "side",
]

Array = npt.NDArray[Any]

# Steps of the shades: few enough to be told apart in grey, and for small files.
_STEPS = 8
_LIGHTEST = "#dbe5ed"  # a cell must be seen on white paper
_LABELS = 12  # of rows or columns at most
# Corners of a cell whose neighbours lie 1 apart: hexagons stand side by side along the rows.
_SQUARE = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
_ANGLES = np.arange(6) * np.pi / 3
_HEXAGON = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)]) / np.sqrt(3)


class Cells(NamedTuple):
    """Where the nodes of a map are drawn.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the grid.
    middles : float array of shape (nodes, 2)
        Across and down.
    corner : float array of shape (4 or 6, 2)
        Of each cell, from its middle.
    """

    shape: tuple[int, int]
    middles: Array
    corner: Array

    def corners(self, which: Array) -> Array:
        """Return the corners of some cells, (cells, corners, 2)."""
        return np.asarray(self.middles[which, np.newaxis] + self.corner)

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height."""
        across, down = np.ptp(self.middles, axis=0) + np.ptp(self.corner, axis=0)
        return float(across), float(down)


def cells(entry: Mapping[str, Any]) -> Cells:
    """Return the cells of a grid of ``explain.json``."""
    rows, columns = entry["shape"]
    corner = _HEXAGON if entry["topology"] == "hexagonal" else _SQUARE
    return Cells((rows, columns), np.array(entry["positions"])[:, ::-1], corner)


def side(grid: Cells, width: float, most: float) -> float:
    """Return how large a cell can be in a box of `width` by `most`."""
    across, down = grid.extent
    return min(width / across, most / down)


def prepare(axes: Any, grid: Cells, *, labels: bool = True) -> None:
    """Make room for all cells, the first row at the top, and number rows and columns from 0."""
    low = (grid.middles + grid.corner.min(axis=0)).min(axis=0)
    high = (grid.middles + grid.corner.max(axis=0)).max(axis=0)
    axes.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]), aspect="equal")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if not labels:
        axes.set(xticks=[], yticks=[])
        return
    down, across = (np.arange(0, n, -(-n // _LABELS)) for n in grid.shape)
    axes.set_yticks(grid.middles[down * grid.shape[1], 1], down)
    axes.set_xticks(grid.middles[across, 0], across)
    axes.set(xlabel="column", ylabel="row")


def scale(
    low: float,
    high: float,
    *,
    light_is_low: bool = True,
    logarithmic: bool = False,
    steps: int = _STEPS,
) -> Any:
    """Return the shades between two values, for :func:`fill` and for a bar beside the cells."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize

    ends = (_LIGHTEST, SHADES[1]) if light_is_low else (SHADES[1], _LIGHTEST)
    norm = LogNorm if logarithmic else Normalize
    return ScalarMappable(
        norm(low, high if high > low else low + 1),
        LinearSegmentedColormap.from_list("shades", ends, steps),
    )


def level(values: Array, shades: Any) -> Array:
    """Return on which step of the shades, from 0 to 1, each value lies."""
    steps = shades.cmap.N
    levels: Array = np.minimum(np.floor(shades.norm(values) * steps), steps - 1) / (steps - 1)
    return levels


def fill(
    axes: Any, grid: Cells, which: Array, values: Array, shades: Any, border: str = ""
) -> None:
    """Fill the cells `which` by their values.

    Parameters
    ----------
    axes : Axes
    grid : Cells
    which : int array of shape (cells,)
    values : float array of shape (cells,)
    shades : ScalarMappable
        Of :func:`scale`.
    border : str
        Colour of each cell's border; without it, cells of one step become one shape, which
        makes a small file.
    """
    steps = level(values, shades)
    for step in np.unique(steps):
        corners, colour = grid.corners(which[steps == step]), shades.cmap(step)
        _draw(
            axes, corners if border else merged(corners), facecolor=colour,
            edgecolor=border or colour, linewidth=0.4,
        )  # fmt: skip


def outline(axes: Any, grid: Cells, which: Array, strokes: Sequence[tuple[str, float]]) -> None:
    """Draw a line around the cells `which`, its strokes of colour and width over each other."""
    if len(which):
        around = merged(grid.corners(which))
        for colour, width in strokes:
            _draw(
                axes, around, facecolor="none", edgecolor=colour, linewidth=width, zorder=3,
            )  # fmt: skip


def empty(axes: Any, grid: Cells, which: Array) -> None:
    """Mark cells that hold nothing."""
    axes.plot(*grid.middles[which].T, "x", color=QUIET, markersize=3, markeredgewidth=0.7)


def merged(corners: Array) -> list[Array]:
    """Return the outlines of cells that have melted together where they touch.

    Parameters
    ----------
    corners : float array of shape (cells, corners, 2)
        All in the same sense of rotation.

    Returns
    -------
    list of float arrays of shape (corners, 2)
        Outlines of holes turn the other way round.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> [outline.tolist() for outline in merged(np.array([square, square + [1, 0]]))]
    [[[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]]]
    """
    # A side that two cells share is walked once in each direction.
    sides: dict[tuple[Any, Any], None] = {}
    for cell in corners.round(3).tolist():
        places = [tuple(corner) for corner in cell]
        for start, end in zip(places, [*places[1:], places[0]], strict=True):
            if (end, start) in sides:
                del sides[end, start]
            else:
                sides[start, end] = None
    after: dict[Any, list[Any]] = {}
    for start, end in sides:
        after.setdefault(start, []).append(end)
    outlines = []
    for first, ends in after.items():
        while ends:
            outline = [first]
            while (here := after[outline[-1]].pop()) != first:
                outline.append(here)
            outlines.append(_bends(np.array(outline)))
    return outlines


def _bends(outline: Array) -> Array:
    """Leave out the points on straight lines."""
    before, after = outline - np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0) - outline
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.asarray(outline[np.abs(turn) > 0.01])


def _draw(axes: Any, outlines: Iterable[Array], **look: Any) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    # the last point of a closed path is its first again
    paths = [Path(np.vstack([outline, outline[:1]]), closed=True) for outline in outlines]
    axes.add_patch(PathPatch(Path.make_compound_path(*paths), clip_on=False, **look))
