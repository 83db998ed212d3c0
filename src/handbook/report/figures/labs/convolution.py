"""The figures of convolutions and pooling: windows, kernels and what they give."""

from __future__ import annotations

import numpy as np

from handbook.core.numbers import formatted, value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.panels import label
from handbook.report.figures.style import COLOURS, DASHES, MAIN, MARKERS, QUIET, Drawn, Plot, canvas

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
    """Draw input, kernel and output, the first window and its sum outlined."""
    first, size = plot["output"][0][0], len(plot["kernel"])
    terms = [
        f"{plot['input'][row][column]:g}·{plot['kernel'][row][column]:g}"
        for row in range(size)
        for column in range(size)
    ]
    title = f"{' + '.join(terms)} = {first:g}"
    window = (0, 0, size, size)
    line: Line = [
        Matrix("input", plot["input"], marks=[window]),
        "⋆",
        Matrix("kernel", plot["kernel"], marks=[window]),
        "=",
        Matrix("output", plot["output"], marks=[(0, 0, 1, 1)]),
    ]
    description = (
        f"Cross-correlation of an input of {len(plot['input'])} by {len(plot['input'])} with a "
        f"kernel of {size} by {size}. The kernel lies on the upper left corner of the input; the "
        f"products of the cells that lie on each other add up to the first number of the output, "
        f"{first:g}. Moved by one cell at a time it gives all of them: {value(plot['output'])}."
    )
    return sheet(title, caption, [line], description, cell=0.45)


def cross_correlation_vs_convolution(plot: Plot, caption: str) -> Drawn:
    """Draw each operation on a single 1, with the kernel that it learns."""
    lines: list[Line] = []
    signs, names = ("⋆", "∗"), ("cross-correlation", "convolution")
    for sign, name, made, learnt in zip(signs, names, plot["made"], plot["learnt"], strict=True):
        lines.append(
            [
                Matrix("image", plot["impulse"]),
                sign,
                Matrix("kernel", plot["kernel"]),
                "=",
                Matrix(f"by {name}", made),
                "",
                Matrix(f"kernel that {name}\nlearns for one target", learnt),
            ]
        )
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


def learn_kernel(plot: Plot, caption: str) -> Drawn:
    """Draw the weights against the steps, and beside them the loss."""
    steps = range(len(plot["losses"]))
    last = [weights[-1] for weights in plot["weights"]]
    title = f"After {steps[-1]} steps: {_weights(last)}"
    figure = canvas(title, caption, 8.0, 3.9)
    left, right = figure.subplots(1, 2)
    looks = zip(plot["weights"], plot["wanted"], COLOURS, DASHES, ("o", "s"), strict=False)
    for index, (weights, wanted, colour, dashes, marker) in enumerate(looks):
        left.axhline(wanted, color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
        left.plot(
            steps, weights, color=colour, linestyle=dashes, marker=marker, markersize=3.5,
            label=f"weight {index + 1}, wanted {value(wanted)}",
        )  # fmt: skip
    label(left, "step of gradient descent", "weight", title="kernel", legend="center right")
    right.plot(steps, plot["losses"], color=MAIN, marker="o", markersize=3.5)
    right.set_title("sum of squared errors", fontsize=9)
    label(right, "step of gradient descent", "loss (log scale)", yscale="log")
    right.yaxis.set_major_formatter("{x:g}")
    for axes in (left, right):
        axes.xaxis.get_major_locator().set_params(integer=True)
    first = [weights[0] for weights in plot["weights"]]
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
    padded, output, kernel, padding = (
        plot[name] for name in ("padded", "output", "kernel", "padding")
    )
    size = len(padded) - 2 * padding
    title = f"With padding {padding}, {size} × {size} stays {len(output)} × {len(output)}"
    line: Line = [
        Matrix(
            f"image, {size} × {size}, with padding {padding}", padded,
            frame=(padding, padding), marks=[(0, 0, kernel, kernel)],
        ),
        "→",
        Matrix(f"output, {len(output)} × {len(output)}", output, marks=[(0, 0, 1, 1)]),
    ]  # fmt: skip
    sizes = ", ".join(
        f"{made} by {made} with {added}"
        for added, made in zip(plot["paddings"], plot["sizes"], strict=True)
    )
    description = (
        f"An image of {size} by {size} with {padding} row or column of zeros at each edge, under "
        f"a kernel of {kernel} by {kernel}: its first window, outlined, reaches over the edge. By "
        f"padding, the output has these sizes: {sizes}."
    )
    return sheet(title, caption, [line], description, cell=0.34)


def stride(plot: Plot, caption: str) -> Drawn:
    """Draw the padded input with its windows, the kernel and the output."""
    kernel, output, (down, across) = plot["kernel"], plot["output"], plot["stride"]
    size, padding = len(kernel), plot["padding"]
    title = f"{down} cells down, {across} across: {len(output)} × {len(output[0])} numbers"
    cells = [(row, column, 1, 1) for row in range(len(output)) for column in range(len(output[0]))]
    line: Line = [
        Matrix(
            f"input with padding {padding}, {len(plot['padded'])} × {len(plot['padded'][0])}",
            plot["padded"],
            frame=(padding, padding),
            marks=[(row, column, size, size) for row, column in plot["windows"]],
        ),
        "⋆",
        Matrix(f"kernel, {size} × {size}", kernel),
        "=",
        Matrix("output", output, marks=cells),
    ]
    description = (
        f"A padded input of {len(plot['padded'])} by {len(plot['padded'][0])} and a kernel of "
        f"{size} by {size} that moves {down} cells down and {across} across: it fits at "
        f"{len(plot['windows'])} places, each outlined like the number that it gives: "
        f"{value(output)}."
    )
    return sheet(title, caption, [line], description, cell=0.42)


def pooling(plot: Plot, caption: str) -> Drawn:
    """Draw pooling in steps of one cell, and below by whole windows."""
    window, small, large = plot["window"], plot["small"], plot["large"]
    first = [(0, 0, window, window)]
    size = len(plot["pooled"])
    corners = [(row, column) for row in range(size) for column in range(size)]
    lines: list[Line] = [
        [
            Matrix(f"{len(small)} × {len(small)}, stride 1", small, marks=first),
            "→",
            Matrix("maximum", plot["largest"], marks=[(0, 0, 1, 1)]),
            "",
            Matrix("mean", plot["mean"], marks=[(0, 0, 1, 1)]),
        ],
        [
            Matrix(
                f"{len(large)} × {len(large)}, stride {window}",
                large,
                marks=[(row * window, column * window, window, window) for row, column in corners],
            ),
            "→",
            Matrix("maximum", plot["pooled"], marks=[(*corner, 1, 1) for corner in corners]),
        ],
    ]
    title = f"A window of {window} × {window} keeps its largest or its mean"
    description = (
        f"Above: the numbers 0 to {len(small) ** 2 - 1} under a window of {window} by {window} "
        f"that moves by one cell; the maxima are {value(plot['largest'])}, the means "
        f"{value(plot['mean'])}. Below: the numbers 0 to {len(large) ** 2 - 1} in windows that do "
        f"not overlap, each outlined like its maximum: {value(plot['pooled'])}."
    )
    return sheet(title, caption, lines, description, cell=0.4)


def conv2d_layer(plot: Plot, caption: str) -> Drawn:
    """Draw image, kernel, bias and output."""
    kernel, output = plot["kernel"], plot["output"]
    size, window = len(kernel), (0, 0, len(kernel), len(kernel))
    title = "A layer: a kernel, and a bias added to every number"
    line: Line = [
        Matrix(f"image, {len(plot['input'])} × {len(plot['input'])}", plot["input"],
               marks=[window]),
        "⋆",
        Matrix(f"kernel, {size} × {size}", kernel, marks=[window]),
        "+",
        Matrix("bias", [[plot["bias"]]]),
        "=",
        Matrix(f"output, {len(output)} × {len(output)}", output, marks=[(0, 0, 1, 1)]),
    ]  # fmt: skip
    description = (
        f"An image cross-correlated with the kernel {value(kernel)}, plus the bias "
        f"{value(plot['bias'])}. The outlined window gives the first number of the output, "
        f"{value(output[0][0])}. Kernel and bias are what such a layer learns: {size * size} "
        "weights and one bias, whatever the size of the image."
    )
    return sheet(title, caption, [line], description, cell=0.42)


def conv_layer(plot: Plot, caption: str) -> Drawn:
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


def receptive_field(plot: Plot, caption: str) -> Drawn:
    """Draw input and layers, the field of one number outlined in each."""
    fields = [_field(ways) for ways in plot["ways"]]
    size = fields[0][2]
    count = len(plot["kernels"])
    title = f"Behind {count} layers, one number has seen {size} × {size}"
    line: list[Matrix | str] = []
    names = ["input", *(f"output of layer {layer}" for layer in range(1, count + 1))]
    for layer, (name, ways, field) in enumerate(zip(names, plot["ways"], fields, strict=True)):
        if layer:
            line.append("→")
        line.append(Matrix(name, ways, marks=[field]))
    description = (
        f"One number of the last of {count} layers with kernels of {plot['kernels']} depends on a "
        f"field of {size} by {size} numbers of the input, outlined. Each cell says by how many "
        f"ways it reaches that number: {value(plot['ways'][0])} in the input. The middle counts "
        "most."
    )
    return sheet(title, caption, [line], description, cell=0.42)


def _field(ways: list[list[float]]) -> tuple[int, int, int, int]:
    """Return upper left corner, height and width of the cells that reach the number."""
    rows, columns = np.nonzero(np.array(ways))
    top, left = int(rows.min()), int(columns.min())
    return top, left, int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def transposed_conv_shapes(plot: Plot, caption: str) -> Drawn:
    """Draw a line a setting, the stated size marked on it."""
    title = "; ".join(f"{line['size']} to {line['output']}" for line in plot["lines"])
    figure = canvas(title, caption, 6.4, 4.4)
    axes = figure.add_subplot()
    sizes = []
    for line, colour, dashes, marker in zip(plot["lines"], COLOURS, DASHES, MARKERS, strict=False):
        name = "transposed convolution" if line["transposed"] else "convolution"
        name += f", kernel {line['kernel']}, stride {line['stride']}, padding {line['padding']}"
        axes.plot(line["sizes"], line["outputs"], color=colour, linestyle=dashes, label=name)
        axes.plot(line["size"], line["output"], marker, color=colour, markersize=8)
        axes.annotate(
            f"{line['size']} → {line['output']}", (line["size"], line["output"]),
            xytext=(9, -11), textcoords="offset points", fontsize=8,
        )  # fmt: skip
        sizes.append(f"{name}: {line['size']} becomes {line['output']}")
    axes.plot(
        [1, 32], [1, 32], color=QUIET, linewidth=0.8, linestyle=(0, (1, 3)), label="as it was"
    )
    axes.set(xlabel="height and width of the input (pixels)", ylabel="of the output (pixels)")
    for axis, set_scale in ((axes.xaxis, axes.set_xscale), (axes.yaxis, axes.set_yscale)):
        set_scale("log", base=2)  # doubling and halving are steps of one length
        axis.set_major_formatter("{x:g}")
    axes.legend(loc="upper left")
    return Drawn(figure, title, f"Sizes of square images. {'; '.join(sizes)}.")
