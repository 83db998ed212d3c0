"""The first kernels of a network of images, and its feature maps."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.report.figures.som_grid import Cells, fill
from handbook.report.figures.style import INK, PAPER, QUIET, SHADES, Drawn, canvas, short
from handbook.report.numbers import formatted

__all__ = ["feature_maps", "kernels"]

Array = npt.NDArray[Any]

# Dark below 0, grey at 0, light above: lightness rises evenly, so that the sign is seen in grey.
_SIGNED = ("#0b3c5d", "#8a949c", "#ffe6bf")
_STEPS = 11  # an odd number: 0 has a step of its own
_TILE = 0.42  # inches a map
_NAMED = 1.6  # inches that the words over a layer's maps need
_SHADES = 16  # of a map: fewer make a smaller file
_SQUARE = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
_ACROSS = 8  # kernels side by side
_CHANNELS = {1: ("",), 3: ("red", "green", "blue")}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def kernels(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw the kernels of the first convolution, those with the largest share of a slope first."""
    values = np.array(entry["values"], dtype=float)  # (K, C, k, k)
    slopes, chance = np.array(entry["slopes"]), entry["chance"]
    count, channels, size, _ = values.shape
    energy = (values**2).sum(axis=(1, 2, 3))
    mean = float((slopes * energy).sum() / energy.sum()) if energy.any() else 0.0
    title = f"First kernels: {mean:.0%} is slope, which finds edges; chance: {chance:.0%}"
    order = np.argsort(-slopes, kind="stable")
    across = min(count, _ACROSS)
    down = -(-count // across)
    grid, origins = _placed(count, channels, size, across)
    tile = 0.5 / size  # inches a weight
    figure = canvas(title, caption, 5.4, 1.5 + float(np.ptp(grid.middles[:, 1]) + 1) * tile)
    axes = figure.add_subplot()
    high = float(np.abs(values).max()) or 1.0
    shades = _signed(high)
    fill(axes, grid, np.arange(len(grid.middles)), values[order].ravel(), shades)
    _frame(axes, origins.reshape(-1, 2), size)
    for kernel, (left, top) in zip(order, origins[:, 0], strict=True):
        axes.text(
            left + size / 2, top - 0.25, f"{kernel}: {slopes[kernel]:.0%}", ha="center",
            va="bottom", fontsize=6.5,
        )  # fmt: skip
    names = _CHANNELS.get(channels, tuple(f"channel {number}" for number in range(channels)))
    for line in range(down):
        for name, (left, top) in zip(names, origins[line * across], strict=True):
            axes.text(left - 0.4, top + size / 2, name, ha="right", va="center", fontsize=7)
    _bare(axes)
    low, far = origins.reshape(-1, 2).min(axis=0), origins.reshape(-1, 2).max(axis=0) + size
    axes.set(xlim=(low[0] - 0.1, far[0] + 0.1), ylim=(far[1] + 0.1, low[1] - 1.0), aspect="equal")
    bar = figure.colorbar(shades, ax=axes, location="bottom", shrink=0.7, aspect=30, pad=0.02)
    bar.set_label("weight (over a kernel: its number, and how much of it is slope)", fontsize=8)
    bar.outline.set_visible(False)
    first = ", ".join(f"{kernel} {slopes[kernel]:.0%}" for kernel in order[:5])
    over = ", ".join(names) if channels > 1 else ""
    description = (
        f"Weights of the {count} kernels of {size} by {size} of the first convolution"
        f"{f', of each those of {over} below each other' if over else ''}: from "
        f"{formatted(-high, '.3g')} (dark) over 0 (grey) to {formatted(high, '.3g')} (light). "
        "Sorted by the share of a kernel’s sum of squares that is a slope, light on one side and "
        f"dark on the other: such a kernel answers to edges. {first} come first; over all kernels "
        f"it is {mean:.1%}, of independent random weights {chance:.1%} on average."
    )
    return Drawn(figure, title, description)


def _placed(count: int, channels: int, size: int, across: int) -> tuple[Cells, Array]:
    """Place every weight, and the upper left corners of the kernels, (kernels, channels, 2)."""
    number, channel = np.indices((count, channels))
    left = (number % across) * (size + 1.0)
    # a label's height between the lines, a gap between the channels of a line
    top = (number // across) * (channels * (size + 0.3) + 1.8) + channel * (size + 0.3)
    origins = np.stack([left, top], axis=-1)
    row, column = np.indices((size, size)).reshape(2, -1)
    inside = np.column_stack([column, row]) + 0.5
    middles = (origins[:, :, np.newaxis] + inside).reshape(-1, 2)
    return Cells((count * channels, size * size), middles, _SQUARE), origins


def _signed(high: float) -> Any:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    return ScalarMappable(
        Normalize(-high, high), LinearSegmentedColormap.from_list("signed", _SIGNED, _STEPS)
    )


def _frame(axes: Any, corners: Array, size: int) -> None:
    """Draw a line around each kernel: the lightest weights are near the paper's own white."""
    from matplotlib.collections import PolyCollection

    around = list(corners[:, np.newaxis] + (_SQUARE + 0.5) * size)
    axes.add_collection(
        PolyCollection(around, facecolor="none", edgecolor=INK, linewidth=0.6, clip_on=False)
    )


def feature_maps(entry: Mapping[str, Any], caption: str) -> Drawn:
    """Draw a few images, each with its maps after every convolution beside it."""
    images, layers = entry["images"], entry["layers"]
    names = [f"{ordinal} convolution" for ordinal in _ORDINALS[: len(layers)]]
    active = [layer["active"] for layer in layers]
    title = f"Active outputs: {active[0]:.0%} after the first convolution"
    if len(layers) > 1:
        title += f", {active[-1]:.0%} after the {_ORDINALS[len(layers) - 1]}"
    rows = max(sheet["rows"] for layer in layers for sheet in layer["sheets"])
    tall = max(_TILE * rows, 0.6)
    widths = [tall] + [max(_NAMED, layer["sheets"][0]["columns"] * _TILE) for layer in layers]
    figure = canvas(title, caption, max(5.8, 0.3 + sum(widths)), 1.35 + len(images) * (tall + 0.12))
    panels = figure.subplots(
        len(images), len(widths), squeeze=False, width_ratios=widths,
        gridspec_kw={"wspace": 0.03, "hspace": 0.06},
    )  # fmt: skip
    for index, (line, image) in enumerate(zip(panels, images, strict=True)):
        _picture(line[0], _pixels(image["sheet"]))
        line[0].set_ylabel(
            f"{short(image['class'], 12)}\nseen as\n{short(image['predicted'], 12)}",
            fontsize=7, rotation=0, ha="right", va="center",
        )  # fmt: skip
        for axes, layer in zip(line[1:], layers, strict=True):
            _tiles(axes, layer["sheets"][index], layer["shown"])
    panels[0, 0].set_title("image", fontsize=8)
    for axes, layer, name in zip(panels[0, 1:], layers, names, strict=True):
        high, wide = layer["size"]
        maps = f"{layer['shown']} of {layer['channels']} maps of {high}×{wide}"
        axes.set_title(f"{name}\n{maps}", fontsize=8)
    darkest = [
        f"{formatted(layer['high'], '.3g')} or more ({name})"
        for layer, name in zip(layers, names, strict=True)
    ]
    figure.supxlabel(
        f"White: not active (0). Darkest: {', '.join(darkest)}.",
        fontsize=8, color=QUIET,
    )  # fmt: skip
    listed = "; ".join(
        f"{image['class']} (test row {image['row']:,}, predicted as {image['predicted']})"
        for image in images
    )
    each_layer = "; ".join(
        f"{name}: the first {layer['shown']} of {layer['channels']} maps of {layer['size'][0]} by "
        f"{layer['size'][1]}, darkest from {formatted(layer['high'], '.3g')} on, and "
        f"{layer['active']:.1%} of all its outputs for these images above 0"
        for layer, name in zip(layers, names, strict=True)
    )
    description = (
        "What each convolution makes of an image, after its ReLU and before pooling; white is 0, "
        "darker is more. The images are the first test rows of classes spread evenly over all: "
        f"{listed}. {each_layer[0].upper()}{each_layer[1:]}."
    )
    return Drawn(figure, title, description)


def _pixels(sheet: Mapping[str, Any]) -> Array:
    """Decode a sheet: (height, width) or (height, width, 3)."""
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(sheet["png"])), formats=["PNG"]) as picture:
        return np.asarray(picture)


def _picture(axes: Any, pixels: Array) -> None:
    _show(axes, pixels, "gray")
    _bare(axes)


def _show(axes: Any, pixels: Array, shades: Any) -> None:
    # Unclipped: clips are named by their place, which the layout's solver gives with noise in the
    # last digit, and so the file would not be the same each time.
    axes.imshow(pixels, cmap=shades, vmin=0, vmax=255, interpolation="none", clip_on=False)


def _tiles(axes: Any, sheet: Mapping[str, Any], count: int) -> None:
    """Draw the maps of a sheet with lines between them."""
    from matplotlib.colors import LinearSegmentedColormap

    pixels = _pixels(sheet)
    shades = LinearSegmentedColormap.from_list("shades", (PAPER, SHADES[1]), _SHADES)
    _show(axes, pixels, shades)
    high, wide = pixels.shape[0] // sheet["rows"], pixels.shape[1] // sheet["columns"]
    for number in range(count):
        row, column = divmod(number, sheet["columns"])
        _box(axes, column * wide - 0.5, row * high - 0.5, wide, high)
    _bare(axes)


def _box(axes: Any, left: float, top: float, width: float, height: float) -> None:
    from matplotlib.patches import Rectangle

    look: dict[str, Any] = {
        "facecolor": "none",
        "edgecolor": QUIET,
        "linewidth": 0.5,
        "clip_on": False,
    }
    axes.add_patch(Rectangle((left, top), width, height, **look))


def _bare(axes: Any) -> None:
    """Leave no ticks, lines and grid."""
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_anchor("N")
