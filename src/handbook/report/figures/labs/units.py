"""Each unit's value and slope."""

from __future__ import annotations

from handbook.report.figures.style import DASHES, MAIN, MARK, Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw a panel a unit."""
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
