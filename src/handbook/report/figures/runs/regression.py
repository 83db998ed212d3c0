"""Predicted values against true ones, and residuals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.report.figures.predictions import Predictions
from handbook.report.figures.style import INK, MAIN, MARK, SHADES, Drawn, canvas, note, short

__all__ = ["predicted_vs_true", "residuals"]

Array = npt.NDArray[Any]

# More points than this overlap and bloat the file: counted in hexagons instead.
_POINTS = 1000


def predicted_vs_true(predictions: Predictions, caption: str) -> Drawn:
    """Draw each test row's predicted value against its true one, with the line of equality."""
    y, predicted = predictions.true.astype(float), predictions.predicted.astype(float)
    if len(y) == 0:
        return note("Predicted against true: undefined", "there are no test rows", caption)
    spread = float(np.sum((y - y.mean()) ** 2))
    r2 = 1 - float(np.sum((y - predicted) ** 2)) / spread if spread else None
    title = f"Predicted against true: R² {r2:.4f}" if r2 is not None else "Predicted against true"
    figure = canvas(title, caption)
    axes = figure.add_subplot()
    _points(figure, axes, y, predicted)
    both = np.concatenate([y, predicted])
    low, high = float(both.min()), float(both.max())
    room = 0.04 * (high - low) or 1.0
    ends = (low - room, high + room)
    axes.plot(ends, ends, color=MARK, linestyle=(0, (4, 3)), linewidth=1.2, label="equal")
    axes.set(
        xlim=ends,
        ylim=ends,
        aspect="equal",
        xlabel=f"true {short(predictions.target)} (its own unit)",
        ylabel=f"predicted {short(predictions.target)} (its own unit)",
    )
    axes.legend(loc="upper left")
    words = f"R² is {r2:.4f}" if r2 is not None else "R² is undefined: all true values are the same"
    description = (
        f"Predicted against true {predictions.target} of {len(y):,} test rows, with the line on "
        f"which they are equal. {words}. True values run from {y.min():.4g} to {y.max():.4g}, "
        f"predicted ones from {predicted.min():.4g} to {predicted.max():.4g}."
    )
    return Drawn(figure, title, description)


def residuals(predictions: Predictions, caption: str) -> Drawn:
    """Draw the residual of each test row against its predicted value."""
    y, predicted = predictions.true.astype(float), predictions.predicted.astype(float)
    if len(y) == 0:
        return note("Residuals: undefined", "there are no test rows", caption)
    left = y - predicted
    rmse = float(np.sqrt(np.mean(left**2)))
    title = f"Residuals: RMSE {rmse:.4g}"
    figure = canvas(title, caption)
    axes = figure.add_subplot()
    _points(figure, axes, predicted, left)
    axes.axhline(0, color=MARK, linestyle=(0, (4, 3)), linewidth=1.2)
    axes.set(
        xlabel=f"predicted {short(predictions.target)} (its own unit)",
        ylabel=f"true − predicted {short(predictions.target)}",
    )
    description = (
        f"Residual, true minus predicted, against predicted {predictions.target} of {len(y):,} "
        f"test rows. Root mean squared error {rmse:.4g}, mean residual {left.mean():.4g}, largest "
        f"{left[np.argmax(np.abs(left))]:.4g}."
    )
    return Drawn(figure, title, description)


def _points(figure: Any, axes: Any, x: Array, y: Array) -> None:
    if len(x) <= _POINTS:
        axes.plot(x, y, "o", color=MAIN, markersize=4, markerfacecolor="none", linestyle="none")
        return
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

    # The lightest shade would be lost on the paper: begin a little further on.
    shades = LinearSegmentedColormap.from_list("counts", ("#b9d3e6", SHADES[1]))
    cells = axes.hexbin(x, y, gridsize=28, mincnt=1, linewidths=0.2, cmap=shades)
    most = int(cells.get_array().max())
    steps = [n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**4, 10**5) if n <= most]
    cells.set_norm(BoundaryNorm([*steps, most + 1], shades.N))
    bar = figure.colorbar(cells, ax=axes, label="test rows in a cell", spacing="uniform")
    bar.outline.set_edgecolor(INK)
    bar.solids.set_rasterized(False)
