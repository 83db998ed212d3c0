"""The figures of convolutions over several channels."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["conv_1x1", "input_channels", "output_channels"]


def input_channels(plot: Plot, caption: str) -> Drawn:
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


def output_channels(plot: Plot, caption: str) -> Drawn:
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


def conv_1x1(plot: Plot, caption: str) -> Drawn:
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
