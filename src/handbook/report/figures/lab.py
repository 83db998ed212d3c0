"""The figures of the labs, a function for each, in modules by topic.

The function of a lab has its name and the form ``(plot, caption) -> Drawn``; `plot` is what the
function ``plot`` of the lab itself returned, read back from its ``result.json``. So a change to a
drawing computes no lab again.
"""

from __future__ import annotations

from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.report.figures import labs
from handbook.report.figures.named import draw_named, modules_by_name

__all__ = ["draw", "has_figure", "module_of"]


def module_of(lab: str) -> str:
    """Return the name of the module that draws a lab.

    Examples
    --------
    >>> module_of("som-step")
    'handbook.report.figures.labs.maps'
    """
    return modules_by_name(labs)[lab]


def has_figure(lab: str) -> bool:
    """Tell whether a lab is drawn, without importing its drawing."""
    return lab in modules_by_name(labs)


def draw(lab: str, result: Path, output: Path) -> None:
    """Draw the figure of a lab from its ``result.json`` as SVG.

    Raises
    ------
    HandbookError
        The lab is not drawn, or its result holds nothing to draw.
    """
    function = lab.replace("-", "_")
    if not has_figure(lab):
        raise HandbookError(
            f"lab {lab}: no figure; write a function {function}(plot, caption) in a module of "
            "src/handbook/report/figures/labs to draw one"
        )
    record = read_json(result, made_by="make rebuild")
    if "plot" not in record:
        raise HandbookError(
            f"{result}: nothing to draw; write plot() in src/handbook/labs/examples/, or remove "
            f"{function}() from {module_of(lab)}"
        )
    caption = f"{record['title']} · section {record['section']}"
    draw_named(lab, module_of(lab), record["plot"], caption, output)
