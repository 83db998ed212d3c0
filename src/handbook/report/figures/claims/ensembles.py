"""The figures of claims on ensembles."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, panels
from handbook.report.figures.seeds import over
from handbook.report.figures.style import COLOURS, DASHES, QUIET, Drawn, Plot, look
from handbook.report.numbers import listed

__all__ = ["adaboost_noise", "adaboost_overfitting", "bagging_reduces_variance"]


def bagging_reduces_variance(plot: Plot, caption: str) -> Drawn:
    """Draw variance, squared bias and error over the number of models."""
    steps, most = plot["steps"], plot["steps"][-1]
    variance = {name: np.mean(values, axis=1) for name, values in plot["variance"].items()}
    taken = {name: 1 - values[-1] / values[0] for name, values in variance.items()}
    title = (
        f"Bagging {most} takes {taken['tree']:.0%} of a tree's variance, and {taken['line']:.0%} "
        "of a straight line's"
    ).replace("-", "−")
    figure, *axes = panels(title, caption, 9.6, 4.2, 3)
    names = {"tree": "bagged trees", "line": "bagged lines", "forest": "forest"}
    for own, what in zip(axes, ("variance", "bias", "error"), strict=True):
        for index, (name, words) in enumerate(names.items()):
            over(own, range(len(steps)), plot[what][name], look, index, words)
        own.set_xticks(range(len(steps)), steps, fontsize=7)
        own.set_ylim(bottom=0)
        label(own, "models", title={"bias": "squared bias, noise too"}.get(what, what))
    axes[0].legend(loc="best")
    listing = "; ".join(
        f"{words} {', '.join(f'{value:,.0f}' for value in variance[name])}"
        for name, words in names.items()
    )
    return Drawn(figure, title, f"Mean variance, {', '.join(steps)} models: {listing}.")


def adaboost_noise(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy over the share of wrong labels: AdaBoost by rounds, and a forest."""
    wrong, held = plot["wrong"], plot["wrong"].index(plot["at"])
    series = {
        f"AdaBoost, {count} rounds": values
        for count, values in zip(plot["rounds"], plot["boosted"], strict=True)
    } | {"random forest": plot["forest"]}
    cost = {name: np.mean(values[0]) - np.mean(values[held]) for name, values in series.items()}
    *_, boosted, forest = cost.values()
    title = (
        f"{plot['at']:.0%} wrong labels cost AdaBoost of {plot['rounds'][-1]} rounds "
        f"{boosted:.3f}, the forest {forest:.3f}"
    ).replace("-", "−")
    figure, axes = panels(title, caption, 8.4, 4.2)
    for index, (name, values) in enumerate(series.items()):
        over(axes, wrong, values, look, index, name)
    axes.axvline(plot["at"], color=QUIET, linewidth=0.6, linestyle=(0, (1, 2)))
    label(
        axes, "share of wrong labels among the rows fitted", "accuracy on other rows, labels right"
    )
    axes.legend(loc="lower left")
    listing = "; ".join(
        f"{name} {', '.join(f'{np.mean(own):.3f}' for own in values)}"
        for name, values in series.items()
    )
    return Drawn(figure, title, f"Mean accuracy with {listed(wrong)} of labels wrong: {listing}.")


def adaboost_overfitting(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy over rounds on fitted and other rows, with a whole tree's beside it."""
    wrong = plot["wrong"]
    gaps = [
        [float(np.mean(np.subtract(parts[0], parts[1]))) for parts in plot[name]]
        for name in ("last", "trees")
    ]
    title = "Gap from fitted to other rows, AdaBoost and tree: " + "; ".join(
        f"{boosted:.2f} and {tree:.2f} ({share:.0%} wrong)"
        for share, boosted, tree in zip(wrong, *gaps, strict=True)
    )
    figure, *axes = panels(title, caption, 9.0, 4.4, len(wrong), sharey=True)
    for number, (own, share) in enumerate(zip(axes, wrong, strict=True)):
        for part, name in enumerate(("fitted rows", "other rows")):
            style = {"color": COLOURS[1 - part], "linestyle": DASHES[1 - part]}
            own.plot(
                plot["rounds"], plot["curves"][number][part], label=f"AdaBoost, {name}", **style
            )
            mean = float(np.mean(plot["trees"][number][part]))
            own.axhline(mean, color=COLOURS[1 - part], linewidth=0.8, alpha=0.6)
            own.annotate(f"whole tree, {name}", (1.1, mean), fontsize=7, color=QUIET, va="bottom")
            dots = plot["last"][number][part]
            own.plot(
                [plot["rounds"][-1]] * len(dots), dots, ".", color=COLOURS[1 - part], markersize=4
            )
        own.set_xscale("log")
        own.xaxis.set_major_formatter("{x:g}")
        label(own, "rounds", title=f"{share:.0%} of the labels wrong")
    axes[0].set_ylabel("accuracy")
    axes[0].legend(loc="lower right")
    return Drawn(figure, title, f"{title}. Curves are means over seeds, dots the seeds at the end.")
