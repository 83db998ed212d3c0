"""A kernel that finds upright edges, and misses those that lie."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw both images, the kernel, and what it finds."""
    lines: list[Line] = []
    for name, image, edges in zip(
        ("image", "the same, lying down"), plot["images"], plot["edges"], strict=True
    ):
        lines.append(
            [
                Matrix(f"{name}, {len(image)} × {len(image[0])}", image),
                "⋆",
                Matrix("kernel", plot["kernel"]),
                "=",
                Matrix(f"output, {len(edges)} × {len(edges[0])}", edges),
            ]
        )
    row = plot["edges"][0][0]
    title = "Upright edges are found, lying ones are not"
    description = (
        f"Above: an image of {len(plot['images'][0][0])} columns with a dark bar, the kernel "
        f"{value(plot['kernel'][0])}, and the output, whose rows are all {value(row)}: 1 where "
        "light turns dark, −1 where dark turns light. Below: the same image turned on its side; "
        "along each row nothing changes, and the output is 0 everywhere."
    )
    return sheet(title, caption, lines, description, cell=0.3)
