"""A layer's kernel and bias at work on one window."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw image, kernel, bias and output."""
    kernel, output = plot["kernel"], plot["output"]
    size, window = len(kernel), (0, 0, len(kernel), len(kernel))
    title = "A layer: a kernel, and a bias added to every number"
    line: Line = [
        Matrix(f"image, {len(plot['input'])} × {len(plot['input'])}", plot["input"],
               marks=[window]),
        "⋆",
        Matrix(f"kernel, {size} × {size}", kernel, marks=[window]),
        "+",
        Matrix("bias", [[plot["bias"]]]),
        "=",
        Matrix(f"output, {len(output)} × {len(output)}", output, marks=[(0, 0, 1, 1)]),
    ]  # fmt: skip
    description = (
        f"An image cross-correlated with the kernel {value(kernel)}, plus the bias "
        f"{value(plot['bias'])}. The outlined window gives the first number of the output, "
        f"{value(output[0][0])}. Kernel and bias are what such a layer learns: {size * size} "
        "weights and one bias, whatever the size of the image."
    )
    return sheet(title, caption, [line], description, cell=0.42)
