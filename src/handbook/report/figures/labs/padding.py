"""An image with a frame of zeros, whose output is as large as the image."""

from __future__ import annotations

from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the padded image and the output, the first window outlined."""
    padded, output, kernel, padding = (
        plot[name] for name in ("padded", "output", "kernel", "padding")
    )
    size = len(padded) - 2 * padding
    title = f"With padding {padding}, {size} × {size} stays {len(output)} × {len(output)}"
    line: Line = [
        Matrix(
            f"image, {size} × {size}, with padding {padding}", padded,
            frame=(padding, padding), marks=[(0, 0, kernel, kernel)],
        ),
        "→",
        Matrix(f"output, {len(output)} × {len(output)}", output, marks=[(0, 0, 1, 1)]),
    ]  # fmt: skip
    sizes = ", ".join(
        f"{made} by {made} with {added}"
        for added, made in zip(plot["paddings"], plot["sizes"], strict=True)
    )
    description = (
        f"An image of {size} by {size} with {padding} row or column of zeros at each edge, under "
        f"a kernel of {kernel} by {kernel}: its first window, outlined, reaches over the edge. By "
        f"padding, the output has these sizes: {sizes}."
    )
    return sheet(title, caption, [line], description, cell=0.34)
