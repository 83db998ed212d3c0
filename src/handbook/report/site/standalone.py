"""Pages that need no other file: a comparison, and the page beside a sweep's results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handbook.core.files import write_text
from handbook.report.site.sweeps import read_sweep
from handbook.report.site.templating import templating

__all__ = ["comparison_page", "write_sweep_page"]


def comparison_page(comparison: Mapping[str, Any]) -> str:
    """Return the page of what :func:`handbook.records.compare.differences.compare` found."""
    return _render(
        "comparison.html",
        compared=comparison,
        sides=[side["name"] for side in comparison["sides"]],
        differing=[run for run in comparison["runs"] if not run["same"]],
        sample=any(run["sample"] for run in comparison["runs"]),
    )


def write_sweep_page(record: Path, times: Path, page: Path) -> None:
    """Write the page of a sweep.

    Parameters
    ----------
    record, times : Path
        ``sweep.json`` and ``times.csv``; the figures lie beside them.
    page : Path
    """
    sweep = read_sweep(record, times, "figures")
    write_text(page, _render("sweep_alone.html", sweep=sweep, root="", sample=sweep.sample))


def _render(template: str, **values: Any) -> str:
    return templating().get_template(template).render(values).rstrip() + "\n"
