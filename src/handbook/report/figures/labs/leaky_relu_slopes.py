"""From ReLU to the line: leaky ReLUs of several slopes."""

from __future__ import annotations

from handbook.report.figures.style import Drawn, Plot, canvas, look

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw a line a slope."""
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
