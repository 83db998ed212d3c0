"""The cells that a number behind several layers has seen."""

from __future__ import annotations

import numpy as np

from handbook.core.numbers import value
from handbook.report.figures.matrices import Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw input and layers, the field of one number outlined in each."""
    fields = [_field(ways) for ways in plot["ways"]]
    size = fields[0][2]
    count = len(plot["kernels"])
    title = f"Behind {count} layers, one number has seen {size} × {size}"
    line: list[Matrix | str] = []
    names = ["input", *(f"output of layer {layer}" for layer in range(1, count + 1))]
    for layer, (name, ways, field) in enumerate(zip(names, plot["ways"], fields, strict=True)):
        if layer:
            line.append("→")
        line.append(Matrix(name, ways, marks=[field]))
    description = (
        f"One number of the last of {count} layers with kernels of {plot['kernels']} depends on a "
        f"field of {size} by {size} numbers of the input, outlined. Each cell says by how many "
        f"ways it reaches that number: {value(plot['ways'][0])} in the input. The middle counts "
        "most."
    )
    return sheet(title, caption, [line], description, cell=0.42)


def _field(ways: list[list[float]]) -> tuple[int, int, int, int]:
    """Return upper left corner, height and width of the cells that reach the number."""
    rows, columns = np.nonzero(np.array(ways))
    top, left = int(rows.min()), int(columns.min())
    return top, left, int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
