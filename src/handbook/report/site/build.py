"""The static report, written from the results folder."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from handbook.catalogue.overview import Overview
from handbook.catalogue.text_faults import TextFault
from handbook.core.files import write_text
from handbook.report.site.behind import Behind
from handbook.report.site.gather import gather
from handbook.report.site.render import Context, render
from handbook.report.site.single import single_page
from handbook.workflow.graph import Graph

__all__ = ["Context", "build", "build_single", "tools"]


def tools() -> dict[str, str]:
    """Return the versions of Python and of the two tools around it, without importing them."""
    versions = {name: importlib.metadata.version(name.lower()) for name in ("Snakemake", "DVC")}
    return {"Python": platform.python_version()} | versions


def build(
    results: Path,
    output: Path,
    catalogue: Overview,
    graph: Graph,
    context: Context,
    logs: Path | None = None,
    text_faults: Sequence[TextFault] = (),
) -> None:
    """Write the report of all results into the folder `output`, whole or not at all.

    Parameters
    ----------
    results : Path
        Any of its folders may be incomplete.
    output : Path
        Replaced as a whole, so that no page of an earlier report stays behind.
    catalogue : mapping
        As :meth:`handbook.config.Params.show_spec` gives it.
    graph : Graph
        The rules that made the results.
    context : Context
    logs : Path or None
        Holds ``train/<model>/<data>/<variant>.failed.json`` of the runs that failed.
    text_faults : sequence of TextFault
        What is wrong in the book's text, as :func:`handbook.catalogue.text_faults.read` gives it.

    Raises
    ------
    HandbookError
        A file of the results that cannot be read, by name.
    """
    site = gather(results, logs, catalogue, text_faults, whole=context.part is None)
    texts = render(site, catalogue, graph, context, Behind(results, output))

    partial = output.with_name(f".{output.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for name, text in texts.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for figure in site.figures:
            copy = partial / figure.copy
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(figure.source, copy)
        _swap(partial, output)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def build_single(
    results: Path,
    output: Path,
    page: str,
    catalogue: Overview,
    graph: Graph,
    context: Context,
    logs: Path | None = None,
    text_faults: Sequence[TextFault] = (),
) -> None:
    """Write a page of the report into the file `output`, with all that it loads.

    The other parameters are those of :func:`build`.

    Raises
    ------
    HandbookError
        There is no such page, or a file of the results cannot be read, by name.
    """
    site = gather(results, logs, catalogue, text_faults, whole=context.part is None)
    texts = render(site, catalogue, graph, context, Behind(results))
    figures = {figure.copy: figure.source for figure in site.figures}
    write_text(output, single_page(page, texts, figures))


def _swap(new: Path, target: Path) -> None:
    """Replace a folder by the folder `new` as a whole."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
