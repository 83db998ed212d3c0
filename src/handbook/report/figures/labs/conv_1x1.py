"""Channels mixed pixel by pixel."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw a line an output channel: its weights times the input channels."""
    inputs, outputs = len(plot["image"]), len(plot["output"])
    lines: list[Line] = []
    for number, (weights, output) in enumerate(
        zip(plot["weights"], plot["output"], strict=True), start=1
    ):
        line: list[Matrix | str] = []
        for channel, (weight, image) in enumerate(
            zip(weights, plot["image"], strict=True), start=1
        ):
            line += ["+"] * (channel > 1)
            line += [
                Matrix("weight", [[weight]]),
                "·",
                Matrix(f"channel {channel}", image, marks=[(0, 0, 1, 1)]),
            ]
        lines.append([*line, "=", Matrix(f"output {number}", output, marks=[(0, 0, 1, 1)])])
    title = f"A kernel of one cell: each pixel’s {inputs} numbers become {outputs}"
    description = (
        f"{inputs} channels are multiplied by a weight each and added up, once for each of "
        f"{outputs} output channels; the weights are {value(plot['weights'])}. A pixel of the "
        "output depends on the same pixel of the input alone, here the outlined one: it is a "
        "dense layer for every pixel."
    )
    return sheet(title, caption, lines, description, cell=0.36)
