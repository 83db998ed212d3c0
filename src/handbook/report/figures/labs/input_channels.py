"""Two channels, two kernels, one output."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw a line a channel, and the sum below."""
    lines: list[Line] = []
    size = len(plot["kernel"][0])
    window, first = [(0, 0, size, size)], [(0, 0, 1, 1)]
    parts = zip(plot["image"], plot["kernel"], plot["parts"], strict=True)
    for channel, (image, kernel, part) in enumerate(parts, start=1):
        lines.append(
            [
                Matrix(f"channel {channel}", image, marks=window),
                "⋆",
                Matrix(f"its kernel {channel}", kernel, marks=window),
                "=",
                Matrix(f"part {channel}", part, marks=first),
            ]
        )
    total: list[Matrix | str] = []
    for channel, part in enumerate(plot["parts"], start=1):
        total += ["+"] * (channel > 1) + [Matrix(f"part {channel}", part, marks=first)]
    lines.append([*total, "=", Matrix("output", plot["output"], marks=first)])
    firsts = " + ".join(f"{part[0][0]:g}" for part in plot["parts"])
    title = f"Each channel has its kernel; the parts add up: {firsts} = {plot['output'][0][0]:g}"
    description = (
        f"{len(plot['image'])} channels, each cross-correlated with its own kernel, give the parts "
        f"{value(plot['parts'])}. Their sum is the output, {value(plot['output'])}."
    )
    return sheet(title, caption, lines, description, cell=0.4)
