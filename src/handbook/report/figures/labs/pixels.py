"""The figures of images: weights that they cost, pixels that kernels use."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.panels import label, logarithmic, panels
from handbook.report.figures.style import MAIN, MARK, SHADES, Drawn, Plot
from handbook.report.numbers import decade

__all__ = ["layer_parameters", "pixel_use", "translation", "waldo"]


def layer_parameters(plot: Plot, caption: str) -> Drawn:
    """Draw a bar for each constraint, on a logarithmic axis."""
    names, counts = zip(*plot["steps"], strict=True)
    title = f"Sharing and locality: {counts[0]:,} weights become {counts[-1]:,}"
    figure, axes = panels(title, caption, 6.4, 3.2)
    bars = axes.barh(range(len(names)), counts, height=0.62, color=MAIN)
    axes.bar_label(bars, [f"  {count:,}" for count in counts], fontsize=8)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    label(axes, "weights (log scale)")
    logarithmic(axes, "x")
    axes.set_xlim(1, counts[0] * 1e6)
    powers = range(0, math.ceil(math.log10(counts[0])) + 1, 3)
    axes.set_xticks([10.0**power for power in powers], [decade(10.0**power) for power in powers])
    words = ", ".join(f"{name}: {count:,}" for name, count in plot["steps"])
    description = (
        f"Weights between an image of {plot['pixels']:,} pixels and what a layer makes of it. "
        f"{words}. Shared weights are those of each offset between two pixels; a reach is how many "
        "pixels a kernel sees in each direction."
    )
    return Drawn(figure, title, description)


def pixel_use(plot: Plot, caption: str) -> Drawn:
    """Draw the counts for each kernel, and below those of the largest with padding."""
    kernels, largest = plot["kernels"], plot["largest"]
    counts = [
        Matrix(f"kernel {kernel} × {kernel}", uses)
        for kernel, uses in zip(kernels, plot["uses"], strict=True)
    ]
    padded = [
        Matrix(f"{largest} × {largest}, padding {padding}", uses)
        for padding, uses in zip(plot["paddings"], plot["padded"], strict=True)
    ]
    corner, middle = plot["uses"][-1][0][0], max(map(max, plot["uses"][-1]))
    lines: list[Line] = [counts, padded]
    title = f"A corner lies in {corner:g} window, the middle in {middle:g}"
    words = "; ".join(
        f"{kernel} by {kernel}: {uses[0][0]:g} and {max(map(max, uses)):g}"
        for kernel, uses in zip(kernels, plot["uses"], strict=True)
    )
    more = "; ".join(
        f"padding {padding}: {uses[0][0]:g} and {max(map(max, uses)):g}"
        for padding, uses in zip(plot["paddings"], plot["padded"], strict=True)
    )
    description = (
        f"How many windows of a kernel lie over each pixel of an image. At a corner and at most, "
        f"by kernel: {words}. With padding, a kernel of {largest} by {largest}: {more}."
    )
    return sheet(title, caption, lines, description, cell=0.26)


def translation(plot: Plot, caption: str) -> Drawn:
    """Draw picture and outputs in lines: before the shift, and after."""
    shift, kernel = plot["shift"], len(plot["kernel"])
    names = ("picture", f"the same, {shift} rows down")
    lines: list[Line] = [
        [
            Matrix(name, image),
            Matrix(f"by a kernel {kernel} × {kernel}", convolved),
            Matrix("by a dense layer", dense),
        ]
        for name, image, convolved, dense in zip(
            names, plot["images"], plot["convolved"], plot["dense"], strict=True
        )
    ]
    title = "A convolution’s output moves with the picture, a dense layer’s does not"
    description = (
        f"A picture, the same moved down by {shift} rows, and what a kernel of {kernel} by "
        f"{kernel} and a dense layer of random weights make of both. The kernel’s output is the "
        f"same moved by {shift} rows; the dense layer’s is another."
    )
    return sheet(title, caption, lines, description, cell=0.19, numbers=False)


def waldo(plot: Plot, caption: str) -> Drawn:
    """Draw the crowd with Waldo beside it, and both maps of scores with their highest places."""
    picture, figure_of_him, at = np.array(plot["picture"]), np.array(plot["waldo"]), plot["at"]
    high, wide, _ = figure_of_him.shape
    title = "Waldo is found once even light counts for nothing"
    figure, crowd, *maps = panels(title, caption, 8.4, 3.7, 1 + len(plot["maps"]))
    shades = LinearSegmentedColormap.from_list("shades", SHADES, 8)
    _pixels(crowd, picture)
    crowd.set_title("the crowd", fontsize=9)
    words = []
    for axes, (name, scores) in zip(maps, plot["maps"].items(), strict=True):
        values = np.array(scores)
        levels = np.round(7 * (values - values.min()) / np.ptp(values)) / 7
        _pixels(axes, shades(levels)[..., :3])
        axes.set_title(name, fontsize=9)
        row, column = plot["peaks"][name]
        axes.plot(column + 0.5, row + 0.5, "o", color=MARK, markersize=11, fillstyle="none")
        axes.set_xlabel(f"highest at row {row}, column {column}")
        words.append(f"{name}: row {row}, column {column}")
    crowd.add_patch(
        Rectangle((at[1], at[0]), wide, high, fill=False, edgecolor=MARK, linewidth=1.5)
    )
    crowd.set_xlabel(f"he stands at row {at[0]}, column {at[1]}")
    description = (
        f"A made picture of {len(picture)} by {len(picture)} pixels with Waldo at row {at[0]}, "
        f"column {at[1]}, cross-correlated with his picture of {high} by {wide}. The highest score "
        f"lies, {'; '.join(words)}."
    )
    return Drawn(figure, title, description)


def _pixels(axes: Any, colours: Any) -> None:
    """Draw each pixel as a square of its own colour, first row above."""
    rows, columns = colours.shape[:2]
    extent = (0, columns, rows, 0)
    axes.imshow(colours, interpolation="none", extent=extent, clip_on=False)
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
