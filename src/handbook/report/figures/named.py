"""Drawings that are found by name: a function for each, in the modules of a package."""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["draw_named", "modules_by_name"]


@cache
def modules_by_name(package: ModuleType) -> dict[str, str]:
    """Return the module of each drawing, found in the sources: to import them takes long.

    A drawing is a function of the form ``(plot, caption) -> Drawn``.

    Examples
    --------
    >>> from handbook.report.figures import labs
    >>> modules_by_name(labs)["som-step"]
    'handbook.report.figures.labs.maps'
    """
    return {
        name.replace("_", "-"): f"{package.__name__}.{path.stem}"
        for path in Path(package.__path__[0]).glob("*.py")
        for name in re.findall(r"^def ([a-z]\w*)\(plot", path.read_text(encoding="utf-8"), re.M)
    }


def draw_named(name: str, module: str, plot: Any, caption: str, output: Path) -> None:
    """Draw a figure's data with the function of a name, and save it as SVG."""
    # Imported here: the graph of jobs asks only which module draws what.
    from handbook.report.figures import style

    drawing = getattr(importlib.import_module(module), name.replace("-", "_"))
    with style.applied():
        style.save(drawing(plot, caption), output)
