"""The figures of optimizers: their paths, losses and learning rates."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import contours, descents, label, lines, logarithmic, path
from handbook.report.figures.style import INK, QUIET, Drawn, Plot, canvas

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
    figure = canvas(title, caption, 8.0, 4.6)
    left, right = figure.subplots(1, 2)
    lines(left, {name: (range(len(loss)), loss) for name, loss in plot["loss"].items()})
    logarithmic(left)
    left.set_title("mean squared error above least squares", fontsize=9)
    label(left, "epoch", "excess", legend="center right")
    values = np.array(plot["values"])
    levels = np.quantile(values, [0.02, 0.08, 0.2, 0.35, 0.55, 0.75, 0.9]).tolist()
    contours(right, plot["across"], plot["up"], values, levels)
    for index, (name, points) in enumerate(plot["paths"].items()):
        path(right, points, name, index)
    right.plot(*plot["best"][1:], "*", color=INK, markersize=12, label="least squares")
    right.set_title("the two slopes, epoch by epoch", fontsize=9)
    label(right, "first slope", "second slope", legend="lower right")
    excesses = "; ".join(f"{name} {loss[-1]:.2g}" for name, loss in plot["loss"].items())
    description = (
        f"Excess of the mean squared error over least squares after "
        f"{len(next(iter(plot['loss'].values()))) - 1} epochs: {excesses}. On contours of the loss "
        f"all rows come part of the way to ({plot['best'][1]:.2f}, {plot['best'][2]:.2f}), few "
        "rows all of it."
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
    names = list(plot["loss"])
    title = "Adam finds the line; with a gradient drawn once it walks away"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    lines(left, {name: (range(len(loss)), loss) for name, loss in plot["loss"].items()})
    logarithmic(left)
    label(left, "step", "loss", title="mean squared error", legend="center right")
    weights = {
        f"{weight}, {name}": (range(len(plot[weight][name])), plot[weight][name])
        for name in names
        for weight in ("w", "b")
    }
    lines(right, weights)
    label(right, "step", "weight", title="weights; the line has w = 2, b = 0", legend="lower left")
    ends = "; ".join(
        f"{name}: loss from {loss[0]:.3g} to {loss[-1]:.3g}" for name, loss in plot["loss"].items()
    )
    return Drawn(
        figure, title, f"{ends[0].upper() + ends[1:]} in {len(plot['loss'][names[0]]) - 1} steps."
    )


def schedules(plot: Plot, caption: str) -> Drawn:
    """Draw the rates of four schedules by epoch, and the losses that one of them looks at."""
    title = "Step, exponential, plateau and warm-up"
    figure = canvas(title, caption, 8.0, 4.2)
    left, right = figure.subplots(1, 2)
    epochs = range(len(plot["losses"]))
    lines(left, {name: (epochs, rates) for name, rates in plot["rates"].items()})
    for line in left.lines:
        line.set_drawstyle("steps-post")
    logarithmic(left)
    label(left, "epoch", "learning rate", title="learning rates", legend="lower left")
    right.plot(epochs, plot["losses"], color=QUIET, marker=".")
    label(right, "epoch", "loss", title="the losses that the plateau looks at", ylim=(0, None))
    ends = "; ".join(
        f"{name} from {rates[0]:.3g} to {rates[-1]:.3g}" for name, rates in plot["rates"].items()
    )
    return Drawn(figure, title, f"Learning rates over {len(epochs)} epochs: {ends}.")


def l_bfgs(plot: Plot, caption: str) -> Drawn:
    """Draw values by gradients asked for, and a path in the valley."""
    title = "L-BFGS needs few gradients where plain descent crawls"
    figure = canvas(title, caption, 8.0, 4.4)
    left, right = figure.subplots(1, 2)
    lines(
        left,
        {name: (gradients, values) for name, (gradients, values) in plot["evaluations"].items()},
    )
    logarithmic(left)
    left.set_title("Rosenbrock's function in three dimensions", fontsize=9)
    label(left, "gradients asked for", "value", legend="upper right")
    points = np.array(plot["path"])
    low, high = np.minimum(points.min(axis=0), 0) - 0.5, np.maximum(points.max(axis=0), 1.2) + 0.5
    across, up = np.linspace(low, high, 81).T
    valley = 100 * (up[:, None] - across[None, :] ** 2) ** 2 + (1 - across[None, :]) ** 2
    contours(right, across.tolist(), up.tolist(), valley, [0.3, 3, 10, 30, 100, 300, 1000])
    path(right, plot["path"], "L-BFGS", 0)
    right.plot(1, 1, "*", color=INK, markersize=12, label="minimum")
    label(right, "x1", "x2", title="the same in two dimensions", legend="lower right")
    ends = "; ".join(
        f"{name} reaches {values[-1]:.2g} with {gradients[-1]} gradients"
        for name, (gradients, values) in plot["evaluations"].items()
    )
    description = (
        f"{ends}. In two dimensions L-BFGS follows the curved valley to (1, 1) in "
        f"{len(points) - 1} steps."
    )
    return Drawn(figure, title, description)
