"""The figures of the labs, one module a lab.

A lab's module here has one function, ``draw(plot, caption) -> Drawn``; `plot` is what the function
``plot`` of the lab itself returned, read back from its ``result.json``. So a change to a drawing
computes no lab again.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.report.figures import labs

__all__ = ["draw", "has_figure", "module_of"]


def module_of(lab: str) -> str:
    """Return the name of the module that draws a lab.

    Examples
    --------
    >>> module_of("som-step")
    'handbook.report.figures.labs.som_step'
    """
    return f"{labs.__name__}.{lab.replace('-', '_')}"


def has_figure(lab: str) -> bool:
    """Tell whether a lab is drawn, without importing its drawing."""
    return importlib.util.find_spec(module_of(lab)) is not None


def draw(lab: str, result: Path, output: Path) -> None:
    """Draw the figure of a lab as SVG.

    Parameters
    ----------
    lab : str
        One of those that have a module here.
    result : Path
        The lab's ``result.json``.
    output : Path

    Raises
    ------
    HandbookError
        The lab is not drawn, or its result holds nothing to draw.
    """
    if not has_figure(lab):
        raise HandbookError(f"lab {lab}: no figure; write {_file(lab)} to draw one")
    # Imported here: the graph of jobs asks only which labs have a figure.
    from handbook.report.figures import style

    record = read_json(result, made_by="make rebuild")
    if "plot" not in record:
        raise HandbookError(
            f"{result}: nothing to draw; write plot() in src/handbook/labs/examples/, or remove "
            f"{_file(lab)}"
        )
    caption = f"{record['title']} · section {record['section']}"
    with style.applied():
        style.save(importlib.import_module(module_of(lab)).draw(record["plot"], caption), output)


def _file(lab: str) -> str:
    return f"src/{module_of(lab).replace('.', '/')}.py"
