"""The figures of claims on deep and recurrent networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from handbook.report.figures.panels import label, logarithmic, panels
from handbook.report.figures.seeds import by_group, over
from handbook.report.figures.style import QUIET, Drawn, Plot, look

__all__ = [
    "batch_normalisation",
    "deep_relu",
    "dying_relu",
    "long_memory",
    "overfitting_remedies",
]


def _means(values: Mapping[str, Sequence[float]]) -> str:
    return ", ".join(f"{name} {float(np.mean(own)):.3f}" for name, own in values.items())


def deep_relu(plot: Plot, caption: str) -> Drawn:
    """Draw the gradient by layer, and the accuracy after training."""
    scores = plot["accuracy"]
    best = max(scores, key=lambda name: float(np.mean(scores[name])))
    title = f"{plot['layers']} layers: best with {best}"
    figure, left, right = panels(title, caption, 9.0, 4.6, 2)
    for index, (name, norms) in enumerate(plot["norms"].items()):
        middle = np.exp(np.mean(np.log(np.array(norms) + 1e-30), axis=0))
        left.plot(range(1, len(middle) + 1), middle, label=name, **look(index))
    logarithmic(left)
    label(left, "layer", "gradient by its biases", title="before training", legend="best")
    by_group(right, [name.replace(", ", "\n").replace(" weights", "") for name in scores],
             list(scores.values()))  # fmt: skip
    label(right, "", "accuracy on digits held out", title="after training", ylim=(0, 1))
    right.axhline(0.1, color=QUIET, linewidth=0.8)
    description = (
        f"Accuracy of {plot['layers']} layers: {_means(scores)}; the line is chance. The "
        "gradient of the first layer over the last, geometric mean: "
        + ", ".join(
            f"{name} 10^{np.mean([np.log10((n[0] + 1e-30) / (n[-2] + 1e-30)) for n in norms]):.1f}"
            for name, norms in plot["norms"].items()
        )
        + "."
    )
    return Drawn(figure, title, description)


def dying_relu(plot: Plot, caption: str) -> Drawn:
    """Draw the share of dead units and the accuracy by slope, at both rates."""
    slopes = [f"{slope:g}" for slope in plot["slopes"]]
    dead = {name: [float(np.mean(v)) for v in values] for name, values in plot["dead"].items()}
    high = plot["rates"]["high"]
    title = f"At rate {high:g}, {dead['high'][0]:.0%} of the ReLUs are dead after training"
    figure, left, right = panels(title, caption, 8.2, 4.0, 2)
    for axes, values, what in (
        (left, plot["dead"], "share of dead units"),
        (right, plot["accuracy"], "accuracy on digits held out"),
    ):
        for index, (name, rate) in enumerate(plot["rates"].items()):
            by_group(axes, slopes, values[name], index, f"rate {rate:g}", 0.3 * index - 0.15)
        label(axes, "slope below 0", what, legend="best", ylim=(-0.03, 1.0))
    description = "; ".join(
        f"at rate {rate:g}, by slope {', '.join(slopes)}: dead units "
        + ", ".join(f"{share:.3f}" for share in dead[name])
        + ", accuracy "
        + ", ".join(f"{float(np.mean(v)):.3f}" for v in plot["accuracy"][name])
        for name, rate in plot["rates"].items()
    )
    return Drawn(figure, title, f"{description[0].upper()}{description[1:]}.")


def batch_normalisation(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy over the rate, and over the scale of the first weights, with and without."""
    kinds = ("plain", "normalised")
    by_rate = np.array(plot["by_rate"], dtype=float)  # (kinds, rates, seeds)
    trained = (by_rate >= plot["enough"]).mean(axis=(1, 2))
    title = f"Rates that train: {trained[0]:.0%} plain, {trained[1]:.0%} normalised"
    figure, left, right = panels(title, caption, 8.6, 4.2, 2)
    for axes, x, values, name in (
        (left, plot["rates"], plot["by_rate"], "rate"),
        (right, plot["scales"], plot["by_scale"], "factor of the first weights"),
    ):
        for index, kind in enumerate(kinds):
            over(axes, x, values[index], look, index, kind)
        axes.axhline(plot["enough"], color=QUIET, linewidth=0.8)
        logarithmic(axes, "x")
        label(axes, name, "accuracy on digits held out", legend="best", ylim=(0, 1))
    description = (
        "Accuracy after short training, a dot for each seed, lines through the means; the level "
        f"line is {plot['enough']:g}. The best mean over rates is "
        + ", ".join(
            f"{float(by_rate[i].mean(axis=1).max()):.3f} {kind}" for i, kind in enumerate(kinds)
        )
        + "."
    )
    return Drawn(figure, title, description)


def long_memory(plot: Plot, caption: str) -> Drawn:
    """Draw the accuracy of each cell over the gap."""
    gaps, scores = plot["gaps"], plot["scores"]
    cells = list(dict.fromkeys(name.split(",")[0] for name in scores))
    longest = {cell: float(np.mean(scores[f"{cell}, gap {gaps[-1]}"])) for cell in cells}
    best, second, *others = sorted(longest, key=longest.__getitem__, reverse=True)
    title = (
        f"After {gaps[-1]} symbols: {best} {longest[best]:.2f}, {second} {longest[second]:.2f}, "
        f"others at most {longest[others[0]]:.2f}"
    )
    figure, axes = panels(title, caption, 6.0, 4.2)
    for index, cell in enumerate(cells):
        over(axes, gaps, [scores[f"{cell}, gap {gap}"] for gap in gaps], look, index, cell)
    axes.axhline(1 / plot["symbols"], color=QUIET, linewidth=0.8)
    label(axes, "symbols in between", "share of first symbols recalled", legend="best")
    axes.set_ylim(0, 1.05)
    description = f"Share of first symbols recalled; the line is chance: {_means(scores)}."
    return Drawn(figure, title, description)


def overfitting_remedies(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy on garments held out, and the gap, for each remedy."""
    held, gaps = plot["held"], plot["gaps"]
    gains = {
        n: float(np.mean(np.subtract(v, held["none"]))) for n, v in held.items() if n != "none"
    }
    best = max(gains, key=lambda name: gains[name])
    title = "None of the remedies gains accuracy"
    if gains[best] > 0:
        title = f"Most is gained by {best}: {100 * gains[best]:+.1f} points of accuracy"
    figure, left, right = panels(title, caption, 9.0, 4.4, 2)
    names = [name.replace(" and ", " and\n").replace("stopping", "\nstopping") for name in held]
    for index, (axes, values, what) in enumerate(
        ((left, held, "accuracy on garments held out"), (right, gaps, "gap from training accuracy"))
    ):
        by_group(axes, names, list(values.values()), index)
        axes.axhline(float(np.mean(values["none"])), color=QUIET, linewidth=0.8)
        axes.tick_params(axis="x", labelrotation=30, labelsize=7)
        label(axes, "", what)
    description = f"Accuracy on garments held out: {_means(held)}. Gap: {_means(gaps)}."
    return Drawn(figure, title, description)
