"""Windows that move by unequal steps down and across."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the padded input with its windows, the kernel and the output."""
    kernel, output, (down, across) = plot["kernel"], plot["output"], plot["stride"]
    size, padding = len(kernel), plot["padding"]
    title = f"{down} cells down, {across} across: {len(output)} × {len(output[0])} numbers"
    cells = [(row, column, 1, 1) for row in range(len(output)) for column in range(len(output[0]))]
    line: Line = [
        Matrix(
            f"input with padding {padding}, {len(plot['padded'])} × {len(plot['padded'][0])}",
            plot["padded"],
            frame=(padding, padding),
            marks=[(row, column, size, size) for row, column in plot["windows"]],
        ),
        "⋆",
        Matrix(f"kernel, {size} × {size}", kernel),
        "=",
        Matrix("output", output, marks=cells),
    ]
    description = (
        f"A padded input of {len(plot['padded'])} by {len(plot['padded'][0])} and a kernel of "
        f"{size} by {size} that moves {down} cells down and {across} across: it fits at "
        f"{len(plot['windows'])} places, each outlined like the number that it gives: "
        f"{value(output)}."
    )
    return sheet(title, caption, [line], description, cell=0.42)
