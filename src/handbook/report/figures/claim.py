"""The figures of the book's claims, a function for each, in modules by topic.

The function of a claim has its name and the form ``(plot, caption) -> Drawn``; `plot` is the
figure's data that its experiment returned, read back from its ``result.json``. So a change to a
drawing repeats no experiment.
"""

from __future__ import annotations

from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.report.figures import claims
from handbook.report.figures.named import draw_named, modules_by_name

__all__ = ["draw", "module_of"]


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
    if claim not in modules_by_name(claims):
        raise HandbookError(
            f"claim {claim}: no figure; write a function {claim.replace('-', '_')}(plot, caption) "
            "in a module of src/handbook/report/figures/claims to draw one"
        )
    return modules_by_name(claims)[claim]


def draw(claim: str, result: Path, output: Path) -> None:
    """Draw the figure of a claim from its ``result.json`` as SVG."""
    module = module_of(claim)
    record = read_json(result, made_by="make rebuild")
    of_demo = " · DEMO" if record["demo"] else ""
    caption = f"{record['title']} · section {record['section']}{of_demo}"
    draw_named(claim, module, record["plot"], caption, output)
