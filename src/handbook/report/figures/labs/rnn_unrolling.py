"""Three cells unfolded in time, and how far back each one's last step reaches."""

from __future__ import annotations

from typing import Any

from handbook.report.figures.matrices import heat
from handbook.report.figures.panels import label
from handbook.report.figures.style import COLOURS, DASHES, Drawn, Plot, canvas

__all__ = ["draw"]

_MARKERS = ("o", "s", "^")


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw each cell's hidden states, and below the gradient at each step."""
    panels = plot["panels"]
    steps = len(panels[0]["reached"])
    title = "The gradient fades on its way back in time"
    figure = canvas(title, caption, 8.0, 5.6)
    names = [panel["cell"] for panel in panels]
    axes: dict[str, Any] = figure.subplot_mosaic(
        [names, ["reach"] * len(names)], height_ratios=(1, 1.7)
    )
    for panel, colour, dashes, marker in zip(panels, COLOURS, DASHES, _MARKERS, strict=False):
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
