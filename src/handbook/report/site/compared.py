"""A comparison as a page of its own, in the report's style and with all of it inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook.report.site.pages import TEMPLATES
from handbook.report.site.render import templating

__all__ = ["page"]


def page(compared: Mapping[str, Any]) -> str:
    """Return the page of what :func:`handbook.records.compare.differences.compare` found.

    It needs no other file: the style sheet is inside.
    """
    pages = templating()
    pages.globals["style"] = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    return (
        pages.get_template("compared.html")
        .render(
            compared=compared,
            sides=[side["name"] for side in compared["sides"]],
            differing=[run for run in compared["runs"] if not run["same"]],
            sample=any(run["sample"] for run in compared["runs"]),
        )
        .rstrip()
        + "\n"
    )
