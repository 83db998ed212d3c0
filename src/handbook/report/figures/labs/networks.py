"""The figures of units, layers and recurrent cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.report.figures.matrices import heat
from handbook.report.figures.panels import label, lines, logarithmic
from handbook.report.figures.style import (
    COLOURS,
    DASHES,
    INK,
    MAIN,
    MARK,
    MARKERS,
    Drawn,
    Plot,
    canvas,
    look,
)

__all__ = [
    "dense_layer",
    "leaky_relu_slopes",
    "lstm_layer",
    "rnn_unrolling",
    "stock_window",
    "units",
    "vanishing_gradient",
]

_SHOWN = 20  # samples on the curve, where more would hide it


def dense_layer(plot: Plot, caption: str) -> Drawn:
    """Draw each sample's output over its weighted sum, and beside it by unit."""
    outputs = np.array(plot["outputs"])
    units, samples = outputs.shape
    inputs = len(plot["weights"][0])
    low, high = (float((outputs < 0.1).mean()), float((outputs > 0.9).mean()))
    title = f"{low + high:.0%} of the outputs lie in the flat ends of the sigmoid"
    figure = canvas(title, caption, 8.0, 4.0)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.4, 1))
    reach = np.abs(np.array(plot["sums"])).max()
    curve = np.linspace(-reach, reach, 101)
    left.plot(curve, 1 / (1 + np.exp(-curve)), color=INK, linewidth=0.8)
    for unit, (sums, values) in enumerate(zip(plot["sums"], plot["outputs"], strict=True)):
        look = {
            "color": COLOURS[unit % len(COLOURS)],
            "marker": MARKERS[unit % len(MARKERS)],
            "linestyle": "none",
            "markersize": 3,
        }
        left.plot(sums[:_SHOWN], values[:_SHOWN], **look)
        # side by side in a fixed order, so that equal outputs do not hide each other
        right.plot(unit + 1 + 0.5 * (np.arange(samples) / samples - 0.5), values, **look)
    left.set_title(f"on the curve of the sigmoid, {min(_SHOWN, samples)} samples", fontsize=9)
    label(left, "weighted sum of the inputs, plus bias", "output")
    label(right, "unit", title=f"by unit, all {samples} samples", xticks=range(1, units + 1))
    means = ", ".join(f"{unit} {mean:.2f}" for unit, mean in enumerate(outputs.mean(axis=1), 1))
    description = (
        f"{samples} samples of {inputs} inputs and {units} units. Of all outputs {low:.0%} are "
        f"below 0.1 and {high:.0%} above 0.9, where the sigmoid is flat and little is learnt. "
        f"Mean output by unit: {means}."
    )
    return Drawn(figure, title, description)


def units(plot: Plot, caption: str) -> Drawn:
    """Draw each unit's value and slope."""
    title = "What units answer, and how steeply"
    figure = canvas(title, caption, 8.0, 5.2)
    panels = figure.subplots(2, 3, sharex=True)
    ranges = []
    for axes, unit in zip(panels.flat, plot["units"], strict=True):
        axes.plot(plot["x"], unit["values"], color=MAIN, label="value")
        axes.plot(plot["x"], unit["slopes"], color=MARK, linestyle=DASHES[1], label="slope")
        axes.set_title(unit["name"], fontsize=9)
        ranges.append(
            f"{unit['name']}: values {min(unit['values']):.3g} to {max(unit['values']):.3g}, "
            f"slopes {min(unit['slopes']):.3g} to {max(unit['slopes']):.3g}"
        )
    for axes in panels[1]:
        axes.set_xlabel("input x")
    for axes in panels[:, 0]:
        axes.set_ylabel("value, slope")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    description = (
        f"{len(plot['x'])} numbers from {plot['x'][0]:g} to {plot['x'][-1]:g}. "
        f"{'; '.join(ranges)}. Softmax is taken over all of them: its values are shares that sum "
        "to 1.".replace("-", "−")
    )
    return Drawn(figure, title, description)


def leaky_relu_slopes(plot: Plot, caption: str) -> Drawn:
    """Draw leaky ReLUs from the ReLU to the line, one for each slope."""
    slopes = plot["slopes"]
    title = f"From slope {slopes[0]:g} to {slopes[-1]:g}: what is left of negative inputs"
    figure = canvas(title, caption, 6.0, 4.2)
    axes = figure.add_subplot()
    for index, (slope, values) in enumerate(zip(slopes, plot["values"], strict=True)):
        axes.plot(
            plot["x"], values, **look(index), label=f"slope {slope:g}",
        )  # fmt: skip
        axes.annotate(
            f"{slope:g}", (plot["x"][0], values[0]), xytext=(-3, 0), textcoords="offset points",
            ha="right", va="center", fontsize=8,
        )  # fmt: skip
    axes.set(xlabel="input x", ylabel="output")
    axes.margins(x=0.08)
    axes.legend(loc="lower right")
    ends = ", ".join(
        f"{values[0]:g} with slope {slope:g}"
        for slope, values in zip(slopes, plot["values"], strict=True)
    )
    description = (
        f"Positive inputs pass unchanged. The input {plot['x'][0]:g} becomes {ends}.".replace(
            "-", "−"
        )
    )
    return Drawn(figure, title, description)


def vanishing_gradient(plot: Plot, caption: str) -> Drawn:
    """Draw tanh with its derivative, and the derivative by depth."""
    title = "Behind tanh a gradient vanishes, far from 0 and in depth"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    lines(
        left,
        {"tanh": (plot["x"], plot["tanh"]), "its derivative": (plot["x"], plot["slope"])},
    )
    label(left, "x", "value", title="one unit", legend="upper left")
    depths = {name: (range(1, len(slopes) + 1), slopes) for name, slopes in plot["depths"].items()}
    lines(right, depths)
    logarithmic(right)
    right.set_title(f"a stack of units, from x = {plot['from']:g}", fontsize=9)
    label(right, "layers", "derivative of the last with respect to x", legend="lower left")
    right.locator_params(axis="x", integer=True)
    ends = "; ".join(f"{name} {slopes[-1]:.2g}" for name, slopes in plot["depths"].items())
    layers = len(next(iter(plot["depths"].values())))
    description = (
        f"The derivative of tanh is 1 at 0 and {plot['slope'][-1]:.2g} at {plot['x'][-1]:g}. "
        f"Through {layers} layers it is: {ends}."
    )
    return Drawn(figure, title, description)


def lstm_layer(plot: Plot, caption: str) -> Drawn:
    """Draw a strip a unit: the three gates above, candidate and states below."""
    values = plot["values"]
    gates = [name for name in values if name.endswith("gate")]
    states = [name for name in values if name not in gates]
    title = "Three gates decide what is kept, written and shown"
    figure = canvas(title, caption, 8.0, 4.7)
    panels = figure.subplots(2, 3, sharex=True, sharey=True)
    low = -1.0
    for row, names, least in ((panels[0], gates, 0.0), (panels[1], states, low)):
        for axes, name in zip(row, names, strict=True):
            mesh = heat(axes, values[name], least, 1.0)
            axes.set_title(name, fontsize=9)
        bar = figure.colorbar(mesh, ax=row.tolist(), aspect=12, pad=0.02)
        bar.set_label("closed 0, open 1" if row is panels[0] else "value")
        bar.outline.set_visible(False)
        row[0].set_ylabel("unit")
    for axes in panels[1]:
        axes.set_xlabel("step")
    ranges = "; ".join(
        f"{name} {np.min(unit):.2f} to {np.max(unit):.2f}, mean {np.mean(unit):.2f}"
        for name, unit in values.items()
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
    panels = plot["panels"]
    steps = len(panels[0]["reached"])
    title = "The gradient fades on its way back in time"
    figure = canvas(title, caption, 8.0, 5.6)
    names = [panel["cell"] for panel in panels]
    axes: dict[str, Any] = figure.subplot_mosaic(
        [names, ["reach"] * len(names)], height_ratios=(1, 1.7)
    )
    for panel, colour, dashes, marker in zip(panels, COLOURS, DASHES, MARKERS, strict=False):
        mesh = heat(axes[panel["cell"]], panel["states"], -1.0, 1.0)
        axes[panel["cell"]].set_title(f"{panel['cell']}: hidden states", fontsize=9)
        axes[panel["cell"]].set_xlabel("step")
        axes["reach"].plot(
            range(1, steps + 1), panel["reached"], color=colour, linestyle=dashes, marker=marker,
            markersize=3.5, label=panel["cell"],
        )  # fmt: skip
    axes[names[0]].set_ylabel("unit")
    bar = figure.colorbar(mesh, ax=[axes[name] for name in names], aspect=10, pad=0.01)
    bar.set_label("value")
    bar.outline.set_visible(False)
    axes["reach"].set_title(
        "what the last step’s output owes to the input of each step", fontsize=9
    )
    label(axes["reach"], "step", "length of the gradient (log scale)", yscale="log")
    axes["reach"].xaxis.get_major_locator().set_params(integer=True)
    axes["reach"].yaxis.set_major_formatter("{x:g}")
    axes["reach"].legend(loc="upper left")
    lengths = "; ".join(
        f"{panel['cell']} {panel['reached'][-1]:.2g} at step {steps}, {panel['reached'][0]:.1g} "
        "at step 1"
        for panel in panels
    )
    description = (
        f"Cells with random weights read the same {steps} random inputs. Length of the gradient of "
        f"the last hidden state by the input: {lengths}.".replace("-", "−")
    )
    return Drawn(figure, title, description)


def stock_window(plot: Plot, caption: str) -> Drawn:
    """Draw the prices, and what each network says of known days and of the next one."""
    prices, window, forecasts = plot["prices"], plot["window"], plot["forecasts"]
    days = range(1, len(prices) + 1)
    low, high = min(forecasts), max(forecasts)
    title = f"{len(prices)} prices prove nothing, however well a network meets them"
    figure = canvas(title, caption, 6.4, 4.2)
    axes = figure.add_subplot()
    for index, (answers, forecast) in enumerate(zip(plot["said"], forecasts, strict=True)):
        axes.plot(
            [*days[window:], len(prices) + 1], [*answers, forecast],
            **look(index),
            linewidth=1.1, marker="x", markersize=5, label=f"network {index + 1}",
        )  # fmt: skip
    axes.plot(days, prices, "o-", color=INK, markersize=6, label="price")
    axes.axvspan(len(prices) + 0.5, len(prices) + 1.5, color="#eceff1")
    axes.text(
        len(prices) + 1, 0.03, "not known", transform=axes.get_xaxis_transform(), ha="center",
        fontsize=8,
    )  # fmt: skip
    axes.set(xlabel="day", ylabel="price", xlim=(0.7, len(prices) + 1.5))
    axes.legend(loc="upper left", ncols=2)
    misses = max(
        abs(answer - price)
        for answers in plot["said"]
        for answer, price in zip(answers, prices[window:], strict=True)
    )
    description = (
        f"Prices of {len(prices)} days: {', '.join(f'{answer:g}' for answer in prices)}. "
        f"{len(forecasts)} recurrent networks that read {window} days and differ in their seed "
        f"alone meet the {len(prices) - window} known days after a window within {misses:.1g}, "
        f"and forecast {low:.1f} to {high:.1f} for the next day. So many weights can meet so few "
        "prices in any order; nothing is left to test the forecast on."
    )
    return Drawn(figure, title, description)
