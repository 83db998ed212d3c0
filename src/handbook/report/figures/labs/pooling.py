"""Windows and what pooling keeps of them."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw pooling in steps of one cell, and below by whole windows."""
    window, small, large = plot["window"], plot["small"], plot["large"]
    first = [(0, 0, window, window)]
    size = len(plot["pooled"])
    corners = [(row, column) for row in range(size) for column in range(size)]
    lines: list[Line] = [
        [
            Matrix(f"{len(small)} × {len(small)}, stride 1", small, marks=first),
            "→",
            Matrix("maximum", plot["largest"], marks=[(0, 0, 1, 1)]),
            "",
            Matrix("mean", plot["mean"], marks=[(0, 0, 1, 1)]),
        ],
        [
            Matrix(
                f"{len(large)} × {len(large)}, stride {window}",
                large,
                marks=[(row * window, column * window, window, window) for row, column in corners],
            ),
            "→",
            Matrix("maximum", plot["pooled"], marks=[(*corner, 1, 1) for corner in corners]),
        ],
    ]
    title = f"A window of {window} × {window} keeps its largest or its mean"
    description = (
        f"Above: the numbers 0 to {len(small) ** 2 - 1} under a window of {window} by {window} "
        f"that moves by one cell; the maxima are {value(plot['largest'])}, the means "
        f"{value(plot['mean'])}. Below: the numbers 0 to {len(large) ** 2 - 1} in windows that do "
        f"not overlap, each outlined like its maximum: {value(plot['pooled'])}."
    )
    return sheet(title, caption, lines, description, cell=0.4)
