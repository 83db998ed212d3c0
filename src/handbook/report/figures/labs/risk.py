"""The risk and the empirical risk, with their minima."""

from __future__ import annotations

from handbook.report.figures.panels import lines
from handbook.report.figures.style import INK, QUIET, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw both curves over the observations."""
    (_, _), (mean, least) = plot["minima"]
    title = f"The risk is least at 0, the empirical risk at {mean:g}"
    figure = canvas(title, caption, 5.6, 4.4)
    axes = figure.add_subplot()
    lines(
        axes,
        {
            "risk x²": (plot["x"], plot["risk"]),
            "empirical risk": (plot["x"], plot["empirical"]),
        },
    )
    axes.plot(*zip(*plot["minima"], strict=True), "o", color=INK, label="minima")
    axes.plot(
        plot["observed"], [0] * len(plot["observed"]), "|", color=QUIET, markersize=12,
        label="observed",
    )  # fmt: skip
    axes.set(xlabel="x", ylabel="risk", ylim=(-1.5, 20))
    figure.legend(loc="outside lower center", ncols=4)
    observed = ", ".join(f"{observation:g}" for observation in plot["observed"])
    description = (
        f"Two parabolas of the same width. The risk is least at 0, where it is 0; the empirical "
        f"risk on {observed} is least at {mean:g}, where it is {least:g}."
    )
    return Drawn(figure, title, description)
