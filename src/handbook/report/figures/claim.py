"""The figures of the book's claims, a function for each, in modules by topic.

The function of a claim has its name and the form ``(plot, caption) -> Drawn``; `plot` is the
figure's data that its experiment returned, read back from its ``result.json``. So a change to a
drawing repeats no experiment.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.report.figures import claims

__all__ = ["draw", "module_of"]


@cache
def _modules() -> dict[str, str]:
    """Return the module that draws each claim, found in the sources: to import them takes long."""
    return {
        name.replace("_", "-"): f"{claims.__name__}.{path.stem}"
        for path in Path(claims.__path__[0]).glob("*.py")
        for name in re.findall(r"^def ([a-z]\w*)\(plot", path.read_text(encoding="utf-8"), re.M)
    }


def module_of(claim: str) -> str:
    """Return the name of the module that draws a claim.

    Raises
    ------
    HandbookError
        None does.

    Examples
    --------
    >>> module_of("escape-local-minima")
    'handbook.report.figures.claims.descent'
    """
    if claim not in _modules():
        raise HandbookError(
            f"claim {claim}: no figure; write a function {claim.replace('-', '_')}(plot, caption) "
            "in a module of src/handbook/report/figures/claims to draw one"
        )
    return _modules()[claim]


def draw(claim: str, result: Path, output: Path) -> None:
    """Draw the figure of a claim from its ``result.json`` as SVG."""
    module = module_of(claim)
    # Imported here: the graph of jobs asks only which module draws a claim.
    from handbook.report.figures import style

    record = read_json(result, made_by="make rebuild")
    of_demo = " · DEMO" if record["demo"] else ""
    caption = f"{record['title']} · section {record['section']}{of_demo}"
    drawing = getattr(importlib.import_module(module), claim.replace("-", "_"))
    with style.applied():
        style.save(drawing(record["plot"], caption), output)
