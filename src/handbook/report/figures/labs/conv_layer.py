"""Filters, and what each makes of the same image."""

from __future__ import annotations

from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the first image, the filters, and their outputs."""
    image, filters, maps = plot["image"], plot["filters"], plot["maps"]
    lines: list[Line] = [
        [Matrix(f"first image, {len(image)} × {len(image)}", image)],
        [Matrix(f"filter {number}", matrix) for number, matrix in enumerate(filters, start=1)],
        [Matrix(f"output {number}", matrix) for number, matrix in enumerate(maps, start=1)],
    ]
    size = len(maps[0])
    title = f"{len(filters)} filters see the same image {len(filters)} times"
    description = (
        f"The first of {plot['batch']} random images of {len(image)} by {len(image)}, "
        f"{len(filters)} random filters of {len(filters[0])} by {len(filters[0])}, and the output "
        f"of each, {size} by {size}. Every square goes from its lowest number (light) to its "
        "highest (dark)."
    )
    return sheet(title, caption, lines, description, cell=0.1, numbers=False)
