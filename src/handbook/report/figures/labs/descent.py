"""The figures of optimizers: their paths, losses and learning rates."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import (
    contours,
    descents,
    label,
    lines,
    logarithmic,
    panels,
    path,
    spoken,
)
from handbook.report.figures.style import INK, QUIET, Drawn, Plot, look

__all__ = [
    "adadelta",
    "adagrad",
    "adam",
    "gradient_descent",
    "l_bfgs",
    "momentum",
    "nesterov",
    "rmsprop",
    "schedules",
]


def gradient_descent(plot: Plot, caption: str) -> Drawn:
    """Draw the excess of the loss by epoch, and the paths of both slopes."""
    title = "The fewer rows a step takes, the further an epoch leads"
    figure, left, right = panels(title, caption, 8.0, 4.6, 2)
    lines(left, plot["loss"])
    logarithmic(left)
    label(left, "epoch", "excess", "mean squared error above least squares", "center right")
    levels = np.quantile(plot["values"], [0.02, 0.08, 0.2, 0.35, 0.55, 0.75, 0.9])
    contours(right, plot["across"], plot["up"], plot["values"], levels)
    for index, (name, points) in enumerate(plot["paths"].items()):
        path(right, points, name, index)
    first, second = plot["best"][1:]
    right.plot(first, second, "*", color=INK, markersize=12, label="least squares")
    label(right, "first slope", "second slope", "the two slopes, epoch by epoch", "lower right")
    description = (
        f"Excess of the mean squared error over least squares after "
        f"{len(next(iter(plot['loss'].values()))) - 1} epochs: "
        f"{spoken(plot['loss'], '{name} {last:.2g}')}. On contours of the loss all rows come part "
        f"of the way to ({first:.2f}, {second:.2f}), few rows all of it."
    )
    return Drawn(figure, title, description)


def momentum(plot: Plot, caption: str) -> Drawn:
    """Draw momentum beside plain descent."""
    return descents(plot, caption, "Momentum overshoots the minimum and comes back")


def nesterov(plot: Plot, caption: str) -> Drawn:
    """Draw Nesterov's momentum beside the plain one."""
    return descents(plot, caption, "Looking ahead, Nesterov swings less than momentum")


def adagrad(plot: Plot, caption: str) -> Drawn:
    """Draw AdaGrad beside plain descent."""
    return descents(plot, caption, "AdaGrad steps less and less")


def rmsprop(plot: Plot, caption: str) -> Drawn:
    """Draw RMSprop beside AdaGrad."""
    return descents(
        plot, caption, "RMSprop forgets old gradients, and is thrown off near the minimum"
    )


def adadelta(plot: Plot, caption: str) -> Drawn:
    """Draw Adadelta with three values of epsilon."""
    return descents(plot, caption, "Adadelta's pace is set by its epsilon")


def adam(plot: Plot, caption: str) -> Drawn:
    """Draw losses and weights by step."""
    losses = plot["loss"]
    title = "Adam finds the line; with a gradient drawn once it walks away"
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    lines(left, losses)
    logarithmic(left)
    label(left, "step", "loss", title="mean squared error", legend="center right")
    lines(right, {f"{weight}, {name}": plot[weight][name] for name in losses for weight in "wb"})
    label(right, "step", "weight", title="weights; the line has w = 2, b = 0", legend="lower left")
    words = spoken(losses, "{name}: loss from {first:.3g} to {last:.3g}")
    steps = len(next(iter(losses.values()))) - 1
    return Drawn(figure, title, f"{words[0].upper() + words[1:]} in {steps} steps.")


def schedules(plot: Plot, caption: str) -> Drawn:
    """Draw the rates of four schedules by epoch, and the losses that the plateau follows."""
    title = "Step, exponential, plateau and warm-up"
    figure, left, right = panels(title, caption, 8.0, 4.2, 2)
    epochs = len(plot["losses"])
    lines(left, plot["rates"], drawstyle="steps-post")
    logarithmic(left)
    label(left, "epoch", "learning rate", title="learning rates", legend="lower left")
    right.plot(range(epochs), plot["losses"], color=QUIET, marker=".")
    label(right, "epoch", "loss", title="the losses that the plateau looks at", ylim=(0, None))
    ends = spoken(plot["rates"], "{name} from {first:.3g} to {last:.3g}")
    return Drawn(figure, title, f"Learning rates over {epochs} epochs: {ends}.")


def l_bfgs(plot: Plot, caption: str) -> Drawn:
    """Draw values by number of evaluated gradients, and a path in the valley."""
    title = "L-BFGS needs few gradients where plain descent crawls"
    figure, left, right = panels(title, caption, 8.0, 4.4, 2)
    words = []
    for index, (name, (gradients, values)) in enumerate(plot["evaluations"].items()):
        left.plot(gradients, values, label=name, **look(index))
        words.append(f"{name} reaches {values[-1]:.2g} with {gradients[-1]} gradients")
    logarithmic(left)
    heading = "Rosenbrock's function in three dimensions"
    label(left, "gradients asked for", "value", heading, "upper right")
    points = np.array(plot["path"])
    low, high = np.minimum(points.min(axis=0), 0) - 0.5, np.maximum(points.max(axis=0), 1.2) + 0.5
    across, up = np.linspace(low, high, 81).T
    valley = 100 * (up[:, None] - across[None, :] ** 2) ** 2 + (1 - across[None, :]) ** 2
    contours(right, across, up, valley, [0.3, 3, 10, 30, 100, 300, 1000])
    path(right, plot["path"], "L-BFGS", 0)
    right.plot(1, 1, "*", color=INK, markersize=12, label="minimum")
    label(right, "x1", "x2", title="the same in two dimensions", legend="lower right")
    description = (
        f"{'; '.join(words)}. In two dimensions L-BFGS follows the curved valley to (1, 1) in "
        f"{len(points) - 1} steps."
    )
    return Drawn(figure, title, description)
