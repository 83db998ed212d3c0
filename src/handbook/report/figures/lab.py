"""The figures of the labs, a function for each, in modules by topic.

The function of a lab has its name and the form ``(plot, caption) -> Drawn``; `plot` is what the
function ``plot`` of the lab itself returned, read back from its ``result.json``. So a change to a
drawing computes no lab again.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.report.figures import labs

__all__ = ["draw", "has_figure", "module_of"]


@cache
def _modules() -> dict[str, str]:
    """Return the module that draws each lab, found in the sources: to import them takes long."""
    return {
        name.replace("_", "-"): f"{labs.__name__}.{path.stem}"
        for path in Path(labs.__path__[0]).glob("*.py")
        for name in re.findall(r"^def ([a-z]\w*)\(plot", path.read_text(encoding="utf-8"), re.M)
    }


def module_of(lab: str) -> str:
    """Return the name of the module that draws a lab.

    Examples
    --------
    >>> module_of("som-step")
    'handbook.report.figures.labs.maps'
    """
    return _modules()[lab]


def has_figure(lab: str) -> bool:
    """Tell whether a lab is drawn, without importing its drawing."""
    return lab in _modules()


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
    # Imported here: the graph of jobs asks only which labs have a figure.
    from handbook.report.figures import style

    record = read_json(result, made_by="make rebuild")
    if "plot" not in record:
        raise HandbookError(
            f"{result}: nothing to draw; write plot() in src/handbook/labs/examples/, or remove "
            f"{function}() from {module_of(lab)}"
        )
    caption = f"{record['title']} · section {record['section']}"
    drawing = getattr(importlib.import_module(module_of(lab)), function)
    with style.applied():
        style.save(drawing(record["plot"], caption), output)
