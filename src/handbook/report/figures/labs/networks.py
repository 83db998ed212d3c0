"""The figures of units, layers and recurrent cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.report.figures.matrices import heats
from handbook.report.figures.panels import label, lines, logarithmic, marked, panels, spoken
from handbook.report.figures.style import DASHES, INK, MAIN, MARK, QUIET, Drawn, Plot, canvas

__all__ = [
    "dense_layer",
    "generator_losses",
    "leaky_relu_slopes",
    "lstm_layer",
    "rnn_unrolling",
    "stock_window",
    "units",
    "vanishing_gradient",
]

_ON_CURVE = 20  # samples on the curve, where more would hide it


def dense_layer(plot: Plot, caption: str) -> Drawn:
    """Draw each sample's output over its weighted sum, and beside it by unit."""
    outputs = np.array(plot["outputs"])
    units, samples = outputs.shape
    low, high = (outputs < 0.1).mean(), (outputs > 0.9).mean()
    title = f"{low + high:.0%} of the outputs lie in the flat ends of the sigmoid"
    figure, left, right = panels(title, caption, 8.0, 4.0, 2, sharey=True, width_ratios=(1.4, 1))
    reach = np.abs(np.array(plot["sums"])).max()
    curve = np.linspace(-reach, reach, 101)
    left.plot(curve, 1 / (1 + np.exp(-curve)), color=INK, linewidth=0.8)
    # Side by side in a fixed order, so that equal outputs do not hide each other.
    beside = 1 + 0.5 * (np.arange(samples) / samples - 0.5)
    for unit, (sums, activations) in enumerate(zip(plot["sums"], outputs, strict=True)):
        marks = marked(unit) | {"linestyle": "none", "markersize": 3}
        left.plot(sums[:_ON_CURVE], activations[:_ON_CURVE], **marks)
        right.plot(unit + beside, activations, **marks)
    heading = f"on the curve of the sigmoid, {min(_ON_CURVE, samples)} samples"
    label(left, "weighted sum of the inputs, plus bias", "output", title=heading)
    label(right, "unit", title=f"by unit, all {samples} samples", xticks=range(1, units + 1))
    means = ", ".join(f"{unit} {mean:.2f}" for unit, mean in enumerate(outputs.mean(axis=1), 1))
    description = (
        f"{samples} samples of {len(plot['weights'][0])} inputs and {units} units. Of all outputs "
        f"{low:.0%} are below 0.1 and {high:.0%} above 0.9, where the sigmoid is flat and little "
        f"is learnt. Mean output by unit: {means}."
    )
    return Drawn(figure, title, description)


def units(plot: Plot, caption: str) -> Drawn:
    """Draw each unit's value and slope."""
    title = "What units answer, and how steeply"
    figure = canvas(title, caption, 8.0, 5.2)
    grid = figure.subplots(2, 3, sharex=True)
    words = []
    for axes, unit in zip(grid.flat, plot["units"], strict=True):
        axes.plot(plot["x"], unit["values"], color=MAIN, label="value")
        axes.plot(plot["x"], unit["slopes"], color=MARK, linestyle=DASHES[1], label="slope")
        axes.set_title(unit["name"], fontsize=9)
        words.append(
            f"{unit['name']}: values {min(unit['values']):.3g} to {max(unit['values']):.3g}, "
            f"slopes {min(unit['slopes']):.3g} to {max(unit['slopes']):.3g}"
        )
    for axes in grid[1]:
        axes.set_xlabel("input x")
    for axes in grid[:, 0]:
        axes.set_ylabel("value, slope")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    description = (
        f"{len(plot['x'])} numbers from {plot['x'][0]:g} to {plot['x'][-1]:g}. "
        f"{'; '.join(words)}. Softmax is taken over all of them: its values are shares that sum "
        "to 1.".replace("-", "−")
    )
    return Drawn(figure, title, description)


def leaky_relu_slopes(plot: Plot, caption: str) -> Drawn:
    """Draw leaky ReLUs from the ReLU to the line, one for each slope."""
    slopes = plot["slopes"]
    title = f"From slope {slopes[0]:g} to {slopes[-1]:g}: what is left of negative inputs"
    figure, axes = panels(title, caption, 6.0, 4.2)
    curves = {f"slope {slope:g}": y for slope, y in zip(slopes, plot["values"], strict=True)}
    lines(axes, curves, plot["x"])
    for slope, values in zip(slopes, plot["values"], strict=True):
        axes.annotate(
            f"{slope:g}", (plot["x"][0], values[0]), xytext=(-3, 0), textcoords="offset points",
            ha="right", va="center", fontsize=8,
        )  # fmt: skip
    axes.margins(x=0.08)
    label(axes, "input x", "output", legend="lower right")
    ends = ", ".join(f"{values[0]:g} with {name}" for name, values in curves.items())
    description = f"Positive inputs pass unchanged. The input {plot['x'][0]:g} becomes {ends}."
    return Drawn(figure, title, description.replace("-", "−"))


def vanishing_gradient(plot: Plot, caption: str) -> Drawn:
    """Draw tanh with its derivative, and the derivative by depth."""
    title = "Behind tanh a gradient vanishes, far from 0 and in depth"
    layers = len(next(iter(plot["depths"].values())))
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    lines(left, {"tanh": plot["tanh"], "its derivative": plot["slope"]}, plot["x"])
    label(left, "x", "value", title="one unit", legend="upper left")
    lines(right, plot["depths"], range(1, layers + 1))
    logarithmic(right)
    heading = f"a stack of units, from x = {plot['from']:g}"
    label(right, "layers", "derivative of the last with respect to x", heading, "lower left")
    right.locator_params(axis="x", integer=True)
    description = (
        f"The derivative of tanh is 1 at 0 and {plot['slope'][-1]:.2g} at {plot['x'][-1]:g}. "
        f"Through {layers} layers it is: {spoken(plot['depths'], '{name} {last:.2g}')}."
    )
    return Drawn(figure, title, description)


def lstm_layer(plot: Plot, caption: str) -> Drawn:
    """Draw a strip a unit: the three gates above, candidate and states below."""
    values = plot["values"]
    gates = [name for name in values if name.endswith("gate")]
    states = [name for name in values if name not in gates]
    title = "Three gates decide what is kept, written and shown"
    figure = canvas(title, caption, 8.0, 4.7)
    grid = figure.subplots(2, 3, sharex=True, sharey=True)
    heats(grid[0], {name: values[name] for name in gates}, 0.0, aspect=12, pad=0.02)
    heats(grid[1], {name: values[name] for name in states}, -1.0, aspect=12, pad=0.02)
    for axes in grid[1]:
        axes.set_xlabel("step")
    ranges = "; ".join(
        f"{name} {np.min(x):.2f} to {np.max(x):.2f}, mean {np.mean(x):.2f}"
        for name, x in values.items()
    )
    description = (
        f"{plot['units']} units read {plot['steps']} steps of random numbers. Over all of them: "
        f"{ranges}. The forget gate says how much of the cell state is kept, the input gate how "
        "much of the candidate is added to it, the output gate how much of it is shown as hidden "
        "state.".replace("-", "−")
    )
    return Drawn(figure, title, description)


def rnn_unrolling(plot: Plot, caption: str) -> Drawn:
    """Draw each cell's hidden states, and below the gradient at each step."""
    cells = plot["panels"]
    steps = len(cells[0]["reached"])
    title = "The gradient fades on its way back in time"
    figure = canvas(title, caption, 8.0, 5.6)
    reached = {cell["cell"]: cell["reached"] for cell in cells}
    mosaic = [list(reached), ["below"] * len(cells)]
    parts: dict[str, Any] = figure.subplot_mosaic(mosaic, height_ratios=(1, 1.7))
    *above, below = parts.values()
    states = {f"{cell['cell']}: hidden states": cell["states"] for cell in cells}
    heats(above, states, -1.0, aspect=10, pad=0.01)
    for axes in above:
        axes.set_xlabel("step")
    lines(below, reached, range(1, steps + 1), marked, markersize=3.5)
    heading = "what the last step’s output owes to the input of each step"
    label(below, "step", "length of the gradient (log scale)", heading, "upper left", yscale="log")
    below.xaxis.get_major_locator().set_params(integer=True)
    below.yaxis.set_major_formatter("{x:g}")
    words = spoken(reached, f"{{name}} {{last:.2g}} at step {steps}, {{first:.1g}} at step 1")
    description = (
        f"Cells with random weights read the same {steps} random inputs. Length of the gradient of "
        f"the last hidden state by the input: {words}.".replace("-", "−")
    )
    return Drawn(figure, title, description)


def stock_window(plot: Plot, caption: str) -> Drawn:
    """Draw the prices, and the outputs of each network for the past days and the next one."""
    prices, window, cells = plot["prices"], plot["window"], plot["panels"]
    days, after = range(1, len(prices) + 1), len(prices) + 1
    names = " and ".join(panel["cell"] for panel in cells)
    title = f"{len(prices)} prices prove nothing: {names} meet all, and forecast apart"
    figure, *row = panels(title, caption, 8.0, 4.0, len(cells), sharey=True)
    words = []
    for axes, panel in zip(row, cells, strict=True):
        forecasts = panel["forecasts"]
        outputs = [[*past, last] for past, last in zip(panel["past"], forecasts, strict=True)]
        networks = {f"network {number}": y for number, y in enumerate(outputs, start=1)}
        lines(axes, networks, range(window + 1, after + 1), linewidth=1.1, marker="x", markersize=5)
        axes.plot(days, prices, "o-", color=INK, markersize=6, label="price")
        axes.axvspan(after - 0.5, after + 0.5, color="#eceff1")
        across = axes.get_xaxis_transform()
        axes.text(after, 0.03, "not known", transform=across, ha="center", fontsize=8)
        heading = f"{panel['cell']}, {panel['weights']} weights"
        label(axes, "day", title=heading, xlim=(0.7, after + 0.5))
        misses = np.abs(np.array(panel["past"]) - prices[window:]).max()
        words.append(
            f"{len(forecasts)} {panel['cell']}s of {panel['weights']} weights meet the "
            f"{len(prices) - window} known days after a window within {misses:.1g}, and forecast "
            f"{min(forecasts):.1f} to {max(forecasts):.1f} for the next day"
        )
    row[0].set_ylabel("price")
    figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    description = (
        f"Prices of {len(prices)} days: {', '.join(f'{price:g}' for price in prices)}. Networks "
        f"that read {window} days and differ in their seed alone: {'; '.join(words)}. So many "
        "weights can meet so few prices in any order; nothing is left to test the forecast on."
    )
    return Drawn(figure, title, description)


def generator_losses(plot: Plot, caption: str) -> Drawn:
    """Draw three objectives of the generator over the logit, and beside them their slopes."""
    there, logit = plot["there"], plot["logit"]
    title = "Downhill on the printed objective, made images look more made"
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    for axes, series, heading in (
        (left, plot["losses"], "what the generator makes small"),
        (right, plot["slopes"], "its slope: below 0, descent raises D"),
    ):
        printed = next(iter(series))
        named = {
            f"{name}, as printed" if name == printed else name: y for name, y in series.items()
        }
        lines(axes, named, plot["across"])
        axes.axhline(0, color=QUIET, linewidth=0.8)
        axes.axvline(logit, color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
        label(axes, "logit of a made image: fake to the left, real to the right", "", heading)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    slopes = ", ".join(f"{name} {slope:+.3f}" for name, slope in there.items())
    description = (
        f"Three objectives of the generator over the logit of an image that it made; D is the "
        f"probability that the discriminator calls it real. Slopes at {logit:g}, where it is "
        f"nearly sure of a fake: {slopes}. The first, as the book prints it, falls to the left, so "
        "that descent makes the image look more made; the second leaves least to learn from just "
        "there; the third is steepest there."
    )
    return Drawn(figure, title, description.replace("-", "−"))
