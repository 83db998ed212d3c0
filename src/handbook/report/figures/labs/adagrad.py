"""AdaGrad beside plain descent."""

from __future__ import annotations

from handbook.report.figures.panels import descents
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the paths and their losses."""
    return descents(plot, caption, "AdaGrad steps less and less")
