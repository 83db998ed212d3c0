"""The figures of learners taken apart: discriminants, pruning, ensembles, and three fits."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, lines, marked, panels
from handbook.report.figures.style import (
    CHANCE,
    COLOURS,
    INK,
    MAIN,
    MARK,
    QUIET,
    Drawn,
    Plot,
)
from handbook.report.numbers import formatted

__all__ = [
    "bagging",
    "gradient_boosting_toy",
    "lda_steps",
    "three_fits",
    "tree_pruning",
    "unlabelled_flowers",
]


def lda_steps(plot: Plot, caption: str) -> Drawn:
    """Draw the flowers on two features, and beside them on the discriminants."""
    names, classes, shares = plot["names"], np.array(plot["classes"]), plot["shares"]
    title = f"The first direction has {shares[0]:.1%} of the separation"
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    for axes, key in ((left, "features"), (right, "projected")):
        points = np.array(plot[key])
        for number, name in enumerate(names):
            marks = marked(number) | {"linestyle": "none", "markersize": 4, "alpha": 0.8}
            axes.plot(*points[classes == number].T, **marks, label=name)
    first, second = plot["feature_names"]
    label(left, first, second, "two features as measured")
    label(right, "first direction", "second direction", "projected, width 1 within classes")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=len(names))
    centres = [np.array(plot["projected"])[classes == number].mean(axis=0) for number in range(3)]
    listed = ", ".join(
        f"{name} ({formatted(a, '.1f')}, {formatted(b, '.1f')})"
        for name, (a, b) in zip(names, centres, strict=True)
    )
    description = (
        f"{len(classes)} flowers of {len(names)} kinds. On the two directions, scaled so that each "
        f"kind has a width of 1, the kinds' means lie at {listed}. Of the separation the first "
        f"direction has {shares[0]:.2%}, the second {shares[1]:.2%}."
    )
    return Drawn(figure, title, description)


def tree_pruning(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy by the leaves that are left, learnt and fresh rows."""
    curves = plot["curves"]
    best = [curve["leaves"][int(np.argmax(curve["fresh"]))] for curve in curves]
    title = f"{min(best)} to {max(best)} leaves are best on fresh rows"
    figure, axes = panels(title, caption, 6.2, 4.2)
    for number, curve in enumerate(curves):
        names = ("rows learnt from", "fresh rows") if number == 0 else (None, None)
        for key, colour, dashes, name in zip(
            ("learnt", "fresh"), (CHANCE, MAIN), ((0, (5, 1.5)), "solid"), names, strict=True
        ):
            axes.plot(
                curve["leaves"], curve[key], color=colour, linestyle=dashes, linewidth=1.1,
                marker="o", markersize=2.5, label=name,
            )  # fmt: skip
    label(axes, "leaves left (log scale)", "accuracy", xscale="log", legend="lower right")
    axes.set_xticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    axes.minorticks_off()
    words = "; ".join(
        f"{max(curve['leaves'])} leaves {curve['fresh'][0]:.3f}, "
        f"{leaves} leaves {max(curve['fresh']):.3f}"
        for curve, leaves in zip(curves, best, strict=True)
    )
    description = (
        f"{len(curves)} trees, each grown on {plot['rows']} rows until its leaves are pure, then "
        "pruned link by link. On the rows that it has learnt a tree only loses. Accuracy on fresh "
        f"rows, whole and at its best: {words}."
    )
    return Drawn(figure, title, description)


def bagging(plot: Plot, caption: str) -> Drawn:
    """Draw one tree and many, and beside them the error by number of learners."""
    members, errors, alone = plot["members"], plot["errors"], plot["alone"]
    left_over = {name: errors[name][-1] / alone[name] for name in errors}
    title = f"{members[-1]} bagged trees leave {left_over['tree']:.0%} of one tree’s error"
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    left.plot(*plot["points"], "o", color=CHANCE, markersize=3.5, label="rows")
    left.plot(plot["x"], plot["truth"], color=INK, linewidth=1, label="truth")
    left.plot(plot["x"], plot["single"], color=MARK, linewidth=1, label="one tree")
    left.plot(plot["x"], plot["many"], color=MAIN, label=f"{members[-1]} bagged")
    label(left, "x", "y", "one training set", legend="upper right")
    lines(right, errors, members, marked, markersize=4)
    for number, name in enumerate(errors):
        right.axhline(alone[name], color=marked(number)["color"], linewidth=0.8, linestyle=":")
    heading = f"mean of {plot['sets']} training sets; dotted: alone"
    label(right, "bagged learners (log scale)", "squared error", heading, xscale="log")
    right.set(xticks=members, ylim=(0, None))
    right.set_xticklabels(members)
    right.minorticks_off()
    right.legend(loc="center right")
    words = "; ".join(
        f"{name}: alone {alone[name]:.3f}, {members[-1]} bagged {values[-1]:.3f}"
        for name, values in errors.items()
    )
    description = (
        f"Noisy rows of a sine. Mean squared error against the sine, {plot['sets']} training sets: "
        f"{words}. Averaging helps the learner that follows every row, and does nothing for a line."
    )
    return Drawn(figure, title, description)


def gradient_boosting_toy(plot: Plot, caption: str) -> Drawn:
    """Draw the curve after some rounds, and what each leaves over."""
    x, y = plot["points"]
    rounds = len(plot["curves"]) - 1
    after = [0, 1, 2, rounds]
    errors = plot["errors"]
    title = f"{rounds} stumps, each fitted to what the last left over"
    figure, *row = panels(title, caption, 8.4, 3.6, len(after), sharey=True)
    for axes, number in zip(row, after, strict=True):
        predicted = np.array(y) - plot["residuals"][number]
        axes.vlines(x, predicted, y, color=MARK, linewidth=1.2, label="residual")
        axes.plot(plot["grid"], plot["curves"][number], color=MAIN, label="prediction")
        axes.plot(x, y, "o", color=INK, markersize=4, label="points")
        rounds_done = "1 round" if number == 1 else f"{number} rounds" if number else "the mean"
        label(axes, "x", title=f"{rounds_done}: error {errors[number]:.2g}")
    row[0].set_ylabel("y")
    figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    first = ", ".join(formatted(residual, ".3g") for residual in plot["residuals"][0])
    listed = ", ".join(f"{error:.3g}" for error in errors)
    description = (
        f"{len(x)} points. The mean leaves the residuals {first}. Each round adds {plot['rate']:g} "
        f"times a tree of one split that is fitted to the residuals. Mean squared error before the "
        f"first round and after each: {listed}."
    )
    return Drawn(figure, title, description)


def three_fits(plot: Plot, caption: str) -> Drawn:
    """Draw the three fits side by side over the same points."""
    fits, (x, y) = plot["fits"], plot["points"]
    title = f"Too simple, well, too flexible: median errors of {plot['draws']} drawings"
    figure, *row = panels(title, caption, 8.4, 3.7, len(fits), sharey=True)
    words = []
    for axes, fit in zip(row, fits, strict=True):
        axes.plot(plot["x"], plot["truth"], color=QUIET, linewidth=1, label="truth")
        axes.plot(plot["x"], fit["y"], color=MAIN, label="fit")
        axes.plot(x, y, "o", color=INK, markersize=3.5, label="points")
        errors = f"on the points {fit['on_points']:.2g}, on fresh ones {fit['on_fresh']:.2g}"
        heading = (
            f"degree {fit['degree']}: error {fit['on_points']:.2g}, fresh {fit['on_fresh']:.2g}"
        )
        label(axes, "x", title=heading, ylim=(-1.9, 1.9))
        words.append(f"degree {fit['degree']}: {errors}")
    row[0].set_ylabel("y")
    figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    description = (
        f"{len(x)} noisy points of one curve, and polynomials of three degrees. Median squared "
        f"error of {plot['draws']} drawings, {'; '.join(words)}."
    )
    return Drawn(figure, title, description)


def unlabelled_flowers(plot: Plot, caption: str) -> Drawn:
    """Draw groups and kinds on two components, and the right answers by draw of the labels."""
    points, kinds, names = np.array(plot["projected"]), np.array(plot["kinds"]), plot["names"]
    alone, together = np.mean(plot["alone"]), np.mean(plot["together"])
    title = (
        f"{plot['labelled']} labels a kind: {alone:.1%} right alone, {together:.1%} with the rest"
    )
    figure, left, right = panels(title, caption, 8.0, 4.2, 2, width_ratios=(1.4, 1))
    for number in range(max(plot["groups"]) + 1):
        for kind in range(len(names)):
            rows = (np.array(plot["groups"]) == number) & (kinds == kind)
            look = marked(kind) | {"linestyle": "none", "color": COLOURS[number], "markersize": 4}
            left.plot(*points[rows].T, **look)
    for kind, name in enumerate(names):
        left.plot([], [], **marked(kind) | {"linestyle": "none", "color": QUIET}, label=name)
    first, second = plot["shares"]
    heading = "colour: group by k-means; mark: kind"
    label(left, f"first component, {first:.0%}", f"second component, {second:.0%}", heading)
    left.legend(loc="upper center", ncols=3)
    left.set_ylim(None, 3.6)
    for a, b in zip(plot["alone"], plot["together"], strict=True):
        right.plot([0, 1], [a, b], color=CHANCE, linewidth=0.8, marker="o", markersize=3)
    right.plot([0, 1], [alone, together], color=MAIN, linewidth=2, marker="s", label="mean")
    right.set(xticks=[0, 1], xlim=(-0.3, 1.3))
    right.set_xticklabels(["labelled\nflowers alone", "and the\nothers"])
    label(right, "", "share of flowers right", f"{len(plot['alone'])} draws", "lower right")
    better = sum(b > a for a, b in zip(plot["alone"], plot["together"], strict=True))
    description = (
        f"{len(kinds)} flowers of {len(names)} kinds on two principal components, which hold "
        f"{first + second:.1%} of the variance. From {plot['labelled']} labels a kind, the nearest "
        f"labelled flower names {alone:.1%} of all kinds rightly, labels spread over all flowers "
        f"{together:.1%}; the second is better in {better} of {len(plot['alone'])} draws."
    )
    return Drawn(figure, title, description)
