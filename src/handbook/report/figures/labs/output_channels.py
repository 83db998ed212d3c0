"""A kernel of all input channels for each output channel."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw a line an output channel: the image's channels, the kernel's, and the output."""
    channels, inputs = len(plot["output"]), len(plot["image"])
    lines: list[Line] = []
    for number, (kernel, output) in enumerate(
        zip(plot["kernels"], plot["output"], strict=True), start=1
    ):
        line: list[Matrix | str] = []
        for channel, (image, part) in enumerate(zip(plot["image"], kernel, strict=True), start=1):
            line += ["+"] * (channel > 1)
            line += [
                Matrix(f"channel {channel}", image),
                "⋆",
                Matrix(f"kernel {number}.{channel}", part),
            ]
        lines.append([*line, "=", Matrix(f"output {number}", output)])
    title = f"{channels} kernels of {inputs} channels make {channels} output channels"
    description = (
        f"An image of {inputs} channels and {channels} kernels of {inputs} channels each. Each "
        "kernel gives one channel of the output: "
        + "; ".join(
            f"{number}: {value(channel_values)}"
            for number, channel_values in enumerate(plot["output"], start=1)
        )
        + "."
    )
    return sheet(title, caption, lines, description, cell=0.36)
