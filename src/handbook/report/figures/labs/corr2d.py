"""Where the first number of a cross-correlation comes from."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw input, kernel and output, the first window and its sum outlined."""
    first, size = plot["output"][0][0], len(plot["kernel"])
    terms = [
        f"{plot['input'][row][column]:g}·{plot['kernel'][row][column]:g}"
        for row in range(size)
        for column in range(size)
    ]
    title = f"{' + '.join(terms)} = {first:g}"
    window = (0, 0, size, size)
    line: Line = [
        Matrix("input", plot["input"], marks=[window]),
        "⋆",
        Matrix("kernel", plot["kernel"], marks=[window]),
        "=",
        Matrix("output", plot["output"], marks=[(0, 0, 1, 1)]),
    ]
    description = (
        f"Cross-correlation of an input of {len(plot['input'])} by {len(plot['input'])} with a "
        f"kernel of {size} by {size}. The kernel lies on the upper left corner of the input; the "
        f"products of the cells that lie on each other add up to the first number of the output, "
        f"{first:g}. Moved by one cell at a time it gives all of them: {value(plot['output'])}."
    )
    return sheet(title, caption, [line], description, cell=0.45)
