"""Gates and states of an LSTM's units while it reads."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.matrices import heat
from handbook.report.figures.style import Drawn, Plot, canvas

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw a strip a unit: the three gates above, candidate and states below."""
    values = plot["values"]
    gates = [name for name in values if name.endswith("gate")]
    states = [name for name in values if name not in gates]
    title = "Three gates decide what is kept, written and shown"
    figure = canvas(title, caption, 8.0, 4.7)
    panels = figure.subplots(2, 3, sharex=True, sharey=True)
    low = -1.0
    for row, names, least in ((panels[0], gates, 0.0), (panels[1], states, low)):
        for axes, name in zip(row, names, strict=True):
            mesh = heat(axes, values[name], least, 1.0)
            axes.set_title(name, fontsize=9)
        bar = figure.colorbar(mesh, ax=row.tolist(), aspect=12, pad=0.02)
        bar.set_label("closed 0, open 1" if row is panels[0] else "value")
        bar.outline.set_visible(False)
        row[0].set_ylabel("unit")
    for axes in panels[1]:
        axes.set_xlabel("step")
    ranges = "; ".join(
        f"{name} {np.min(unit):.2f} to {np.max(unit):.2f}, mean {np.mean(unit):.2f}"
        for name, unit in values.items()
    )
    description = (
        f"{plot['units']} units read {plot['steps']} steps of random numbers. Over all of them: "
        f"{ranges}. The forget gate says how much of the cell state is kept, the input gate how "
        "much of the candidate is added to it, the output gate how much of it is shown as hidden "
        "state.".replace("-", "−")
    )
    return Drawn(figure, title, description)
