"""The figures of convolutions over several channels."""

from __future__ import annotations

from handbook.report.figures.matrices import FIRST, Line, Matrix, joined, numbered, sheet
from handbook.report.figures.style import Drawn, Plot
from handbook.report.numbers import value

__all__ = ["conv_1x1", "input_channels", "output_channels"]


def input_channels(plot: Plot, caption: str) -> Drawn:
    """Draw a line a channel, and the sum below."""
    size = len(plot["kernel"][0])
    window = [(0, 0, size, size)]
    channels = numbered("channel {}", plot["image"], window)
    kernels = numbered("its kernel {}", plot["kernel"], window)
    parts = numbered("part {}", plot["parts"], FIRST)
    output = Matrix("output", plot["output"], marks=FIRST)
    lines: list[Line] = [
        [channel, "⋆", kernel, "=", part]
        for channel, kernel, part in zip(channels, kernels, parts, strict=True)
    ]
    lines.append([*joined("+", ([part] for part in parts)), "=", output])
    firsts = " + ".join(f"{part[0][0]:g}" for part in plot["parts"])
    title = f"Each channel has its kernel; the parts add up: {firsts} = {plot['output'][0][0]:g}"
    description = (
        f"{len(channels)} channels, each cross-correlated with its own kernel, give the parts "
        f"{value(plot['parts'])}. Their sum is the output, {value(plot['output'])}."
    )
    return sheet(title, caption, lines, description, cell=0.4)


def output_channels(plot: Plot, caption: str) -> Drawn:
    """Draw a line an output channel: the image's channels, the kernel's, and the output."""
    channels, outputs = numbered("channel {}", plot["image"]), numbered("output {}", plot["output"])
    lines = []
    for number, (kernel, output) in enumerate(zip(plot["kernels"], outputs, strict=True), start=1):
        parts = zip(channels, numbered(f"kernel {number}.{{}}", kernel), strict=True)
        lines.append([*joined("+", ([channel, "⋆", part] for channel, part in parts)), "=", output])
    title = (
        f"{len(outputs)} kernels of {len(channels)} channels make {len(outputs)} output channels"
    )
    values = "; ".join(f"{number}: {value(x)}" for number, x in enumerate(plot["output"], start=1))
    description = (
        f"An image of {len(channels)} channels and {len(outputs)} kernels of {len(channels)} "
        f"channels each. Each kernel gives one channel of the output: {values}."
    )
    return sheet(title, caption, lines, description, cell=0.36)


def conv_1x1(plot: Plot, caption: str) -> Drawn:
    """Draw a line an output channel: its weights times the input channels."""
    channels = numbered("channel {}", plot["image"], FIRST)
    outputs = numbered("output {}", plot["output"], FIRST)
    lines = []
    for weights, output in zip(plot["weights"], outputs, strict=True):
        factors = numbered("weight", [[[weight]] for weight in weights])
        products = zip(factors, channels, strict=True)
        line = joined("+", ([factor, "·", channel] for factor, channel in products))
        lines.append([*line, "=", output])
    title = f"A kernel of one cell: each pixel’s {len(channels)} numbers become {len(outputs)}"
    description = (
        f"{len(channels)} channels are multiplied by a weight each and added up, once for each of "
        f"{len(outputs)} output channels; the weights are {value(plot['weights'])}. A pixel of the "
        "output depends on the same pixel of the input alone, here the outlined one: it is a "
        "dense layer for every pixel."
    )
    return sheet(title, caption, lines, description, cell=0.36)
