"""The figures of convolutions and pooling: windows, kernels and what they give."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.matrices import (
    FIRST,
    Line,
    Matrix,
    joined,
    numbered,
    sheet,
    sized,
    windows,
)
from handbook.report.figures.panels import label, marked, panels
from handbook.report.figures.style import MAIN, QUIET, Drawn, Plot, look
from handbook.report.numbers import formatted, value

__all__ = [
    "conv2d_layer",
    "conv_layer",
    "corr2d",
    "cross_correlation_vs_convolution",
    "edge_detection",
    "learn_kernel",
    "padding",
    "pooling",
    "receptive_field",
    "stride",
    "transposed_conv_shapes",
]


def corr2d(plot: Plot, caption: str) -> Drawn:
    """Draw input, kernel and output of each example, the first window and its sum outlined."""
    lines: list[Line] = []
    for example in plot["examples"]:
        size = len(example["kernel"])
        window = [(0, 0, size, size)]
        image = Matrix("input", example["input"], marks=window)
        kernel = Matrix("kernel", example["kernel"], marks=window)
        output = Matrix("output", example["output"], marks=FIRST)
        lines.append([image, "⋆", kernel, "=", output])
    first, rows = plot["examples"][0], range(len(plot["examples"][0]["kernel"]))
    terms = [
        f"{first['input'][row][column]:g}·{first['kernel'][row][column]:g}"
        for row in rows
        for column in rows
    ]
    made = first["output"][0][0]
    outputs = "; then ".join(value(example["output"]) for example in plot["examples"])
    description = (
        f"Cross-correlation of inputs of {len(first['input'])} by {len(first['input'])} with "
        f"kernels of {len(rows)} by {len(rows)}. The kernel lies on the upper left corner of the "
        f"input; the products of the cells that lie on each other add up to the first number of "
        f"the output, above {made:g}. Moved by one cell at a time it gives all of them: {outputs}."
    )
    return sheet(f"{' + '.join(terms)} = {made:g}", caption, lines, description, cell=0.45)


def cross_correlation_vs_convolution(plot: Plot, caption: str) -> Drawn:
    """Draw each operation on a single 1, with the kernel that it learns."""
    image, kernel = Matrix("image", plot["impulse"]), Matrix("kernel", plot["kernel"])
    lines: list[Line] = []
    for sign, name, output, learnt in zip(
        "⋆∗", ("cross-correlation", "convolution"), plot["made"], plot["learnt"], strict=True
    ):
        learns = Matrix(f"kernel that {name}\nlearns for one target", learnt)
        lines.append([image, sign, kernel, "=", Matrix(f"by {name}", output), "", learns])
    title = "Convolution turns its kernel, and learns it turned"
    description = (
        f"An image of zeros with a single 1 and the kernel {value(plot['kernel'])}. "
        f"Cross-correlation gives {value(plot['made'][0])}, the kernel turned by half a circle; "
        f"convolution gives {value(plot['made'][1])}, the kernel itself. From one noisy image and "
        f"one target, cross-correlation learns {value(plot['learnt'][0])} and convolution "
        f"{value(plot['learnt'][1])}: each other’s turn, with the same outputs."
    )
    return sheet(title, caption, lines, description, cell=0.38)


def edge_detection(plot: Plot, caption: str) -> Drawn:
    """Draw both images, the kernel, and what it finds."""
    kernel = Matrix("kernel", plot["kernel"])
    names = ("image", "the same, lying down")
    lines: list[Line] = [
        [sized(name, image), "⋆", kernel, "=", sized("output", edges)]
        for name, image, edges in zip(names, plot["images"], plot["edges"], strict=True)
    ]
    title = "Upright edges are found, lying ones are not"
    description = (
        f"Above: an image of {len(plot['images'][0][0])} columns with a dark bar, the kernel "
        f"{value(plot['kernel'][0])}, and the output, whose rows are all "
        f"{value(plot['edges'][0][0])}: 1 where light turns dark, −1 where dark turns light. "
        "Below: the same image turned on its side; along each row nothing changes, and the output "
        "is 0 everywhere."
    )
    return sheet(title, caption, lines, description, cell=0.3)


def learn_kernel(plot: Plot, caption: str) -> Drawn:
    """Draw the weights against the steps, and beside them the loss."""
    steps = range(len(plot["losses"]))
    first, last = ([weights[step] for weights in plot["weights"]] for step in (0, -1))
    title = f"After {steps[-1]} steps: {_weights(last)}"
    figure, left, right = panels(title, caption, 8.0, 3.9, 2)
    for index, (weights, wanted) in enumerate(zip(plot["weights"], plot["wanted"], strict=True)):
        left.axhline(wanted, color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
        name = f"weight {index + 1}, wanted {value(wanted)}"
        left.plot(steps, weights, **marked(index), markersize=3.5, label=name)
    label(left, "step of gradient descent", "weight", title="kernel", legend="center right")
    right.plot(steps, plot["losses"], color=MAIN, marker="o", markersize=3.5)
    heading = "sum of squared errors"
    label(right, "step of gradient descent", "loss (log scale)", heading, yscale="log")
    right.yaxis.set_major_formatter("{x:g}")
    for axes in (left, right):
        axes.xaxis.get_major_locator().set_params(integer=True)
    description = (
        f"The kernel begins at random with {_weights(first)} and comes to {_weights(last)}; the "
        f"edges were made with {_weights(plot['wanted'])}. The sum of squared errors falls from "
        f"{plot['losses'][0]:.3g} to {plot['losses'][-1]:.7f}."
    )
    return Drawn(figure, title, description)


def _weights(weights: list[float]) -> str:
    return f"({', '.join(formatted(weight, '.4g') for weight in weights)})"


def padding(plot: Plot, caption: str) -> Drawn:
    """Draw the padded image and the output, the first window outlined."""
    kernel, padding = plot["kernel"], plot["padding"]
    size, after = len(plot["padded"]) - 2 * padding, len(plot["output"])
    name = f"image, {size} × {size}, with padding {padding}"
    image = Matrix(name, plot["padded"], (padding, padding), marks=[(0, 0, kernel, kernel)])
    output = sized("output", plot["output"], marks=FIRST)
    title = f"With padding {padding}, {size} × {size} stays {after} × {after}"
    sizes = ", ".join(
        f"{made} by {made} with {added}"
        for added, made in zip(plot["paddings"], plot["sizes"], strict=True)
    )
    description = (
        f"An image of {size} by {size} with {padding} row or column of zeros at each edge, under "
        f"a kernel of {kernel} by {kernel}: its first window, outlined, reaches over the edge. By "
        f"padding, the output has these sizes: {sizes}."
    )
    return sheet(title, caption, [[image, "→", output]], description, cell=0.34)


def stride(plot: Plot, caption: str) -> Drawn:
    """Draw the padded input with its windows, the kernel and the output."""
    size, padding, (down, across) = len(plot["kernel"]), plot["padding"], plot["stride"]
    marks = [(row, column, size, size) for row, column in plot["windows"]]
    name = f"input with padding {padding}"
    image = sized(name, plot["padded"], frame=(padding, padding), marks=marks)
    kernel = sized("kernel", plot["kernel"])
    output = Matrix("output", plot["output"], marks=windows(plot["output"]))
    rows, columns = output.shape
    title = f"{down} cells down, {across} across: {rows} × {columns} numbers"
    description = (
        f"A padded input of {image.shape[0]} by {image.shape[1]} and a kernel of {size} by {size} "
        f"that moves {down} cells down and {across} across: it fits at {len(marks)} places, each "
        f"outlined like the number that it gives: {value(output.values)}."
    )
    return sheet(title, caption, [[image, "⋆", kernel, "=", output]], description, cell=0.42)


def pooling(plot: Plot, caption: str) -> Drawn:
    """Draw pooling in steps of one cell, and below by whole windows."""
    window, pooled = plot["window"], plot["pooled"]
    small, large = len(plot["small"]), len(plot["large"])
    first, whole = [(0, 0, window, window)], windows(pooled, window)
    image = Matrix(f"{small} × {small}, stride 1", plot["small"], marks=first)
    maximum = Matrix("maximum", plot["largest"], marks=FIRST)
    mean = Matrix("mean", plot["mean"], marks=FIRST)
    below = Matrix(f"{large} × {large}, stride {window}", plot["large"], marks=whole)
    apart = Matrix("maximum", pooled, marks=windows(pooled))
    title = f"A window of {window} × {window} keeps its largest or its mean"
    description = (
        f"Above: the numbers 0 to {small**2 - 1} under a window of {window} by {window} "
        f"that moves by one cell; the maxima are {value(plot['largest'])}, the means "
        f"{value(plot['mean'])}. Below: the numbers 0 to {large**2 - 1} in windows that do "
        f"not overlap, each outlined like its maximum: {value(pooled)}."
    )
    lines: list[Line] = [[image, "→", maximum, "", mean], [below, "→", apart]]
    return sheet(title, caption, lines, description, cell=0.4)


def conv2d_layer(plot: Plot, caption: str) -> Drawn:
    """Draw image, kernel, bias and output."""
    size = len(plot["kernel"])
    window = [(0, 0, size, size)]
    image = sized("image", plot["input"], marks=window)
    kernel = sized("kernel", plot["kernel"], marks=window)
    bias = Matrix("bias", [[plot["bias"]]])
    output = sized("output", plot["output"], marks=FIRST)
    title = "A layer: a kernel, and a bias added to every number"
    description = (
        f"An image cross-correlated with the kernel {value(kernel.values)}, plus the bias "
        f"{value(plot['bias'])}. The outlined window gives the first number of the output, "
        f"{value(output.values[0][0])}. Kernel and bias are what such a layer learns: "
        f"{size * size} weights and one bias, whatever the size of the image."
    )
    line: Line = [image, "⋆", kernel, "+", bias, "=", output]
    return sheet(title, caption, [line], description, cell=0.42)


def conv_layer(plot: Plot, caption: str) -> Drawn:
    """Draw the first image, the filters, and their outputs."""
    image, filters, maps = plot["image"], plot["filters"], plot["maps"]
    lines = [
        [sized("first image", image)],
        numbered("filter {}", filters),
        numbered("output {}", maps),
    ]
    title = f"{len(filters)} filters see the same image {len(filters)} times"
    description = (
        f"The first of {plot['batch']} random images of {len(image)} by {len(image)}, "
        f"{len(filters)} random filters of {len(filters[0])} by {len(filters[0])}, and the output "
        f"of each, {len(maps[0])} by {len(maps[0])}. Every square goes from its lowest number "
        "(light) to its highest (dark)."
    )
    return sheet(title, caption, lines, description, cell=0.1, numbers=False)


def receptive_field(plot: Plot, caption: str) -> Drawn:
    """Draw input and layers, the field of one number outlined in each."""
    layers, count = [], len(plot["kernels"])
    for layer, ways in enumerate(plot["ways"]):
        cells = np.argwhere(ways)
        (top, left), (bottom, right) = cells.min(axis=0).tolist(), cells.max(axis=0).tolist()
        field = top, left, bottom - top + 1, right - left + 1
        name = f"output of layer {layer}" if layer else "input"
        layers.append(Matrix(name, ways, marks=[field]))
    size = layers[0].marks[0][2]
    title = f"Behind {count} layers, one number has seen {size} × {size}"
    description = (
        f"One number of the last of {count} layers with kernels of {plot['kernels']} depends on a "
        f"field of {size} by {size} numbers of the input, outlined. Each cell says by how many "
        f"ways it reaches that number: {value(plot['ways'][0])} in the input. The middle counts "
        "most."
    )
    line = joined("→", ([layer] for layer in layers))
    return sheet(title, caption, [line], description, cell=0.42)


def transposed_conv_shapes(plot: Plot, caption: str) -> Drawn:
    """Draw a line a setting, the stated size marked on it."""
    title = "; ".join(f"{line['size']} to {line['output']}" for line in plot["lines"])
    figure, axes = panels(title, caption, 6.4, 4.4)
    words = []
    for index, line in enumerate(plot["lines"]):
        before, after = line["size"], line["output"]
        name = "transposed convolution" if line["transposed"] else "convolution"
        name += f", kernel {line['kernel']}, stride {line['stride']}, padding {line['padding']}"
        axes.plot(line["sizes"], line["outputs"], **look(index), label=name)
        axes.plot(before, after, **marked(index) | {"linestyle": "none"}, markersize=8)
        axes.annotate(
            f"{before} → {after}", (before, after), xytext=(9, -11), textcoords="offset points",
            fontsize=8,
        )  # fmt: skip
        words.append(f"{name}: {before} becomes {after}")
    dots = {"linewidth": 0.8, "linestyle": (0, (1, 3))}
    axes.plot([1, 32], [1, 32], color=QUIET, label="as it was", **dots)
    for axis, set_scale in ((axes.xaxis, axes.set_xscale), (axes.yaxis, axes.set_yscale)):
        set_scale("log", base=2)  # doubling and halving are steps of one length
        axis.set_major_formatter("{x:g}")
    name = "height and width of the input (pixels)"
    label(axes, name, "of the output (pixels)", legend="upper left")
    return Drawn(figure, title, f"Sizes of square images. {'; '.join(words)}.")
