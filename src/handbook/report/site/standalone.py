"""Pages that need no other file: a comparison, and the page beside a sweep's results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from handbook.core.files import write_text
from handbook.records.compare.side import Side
from handbook.records.compare.table import verdict
from handbook.report.numbers import number
from handbook.report.site.aligned import aligned
from handbook.report.site.curves import lines_of
from handbook.report.site.overlay import Laid, fold_tests, overlay, run_settings
from handbook.report.site.sweeps import read_sweep
from handbook.report.site.templating import templating
from handbook.tasks.metric import Metric

__all__ = ["comparison_page", "write_sweep_page"]


def comparison_page(comparison: Mapping[str, Any], sides: Sequence[Side] = ()) -> str:
    """Return the page of a comparison.

    Parameters
    ----------
    comparison : mapping
        What :func:`handbook.records.compare.differences.compare` found.
    sides : sequence of Side
        Where the runs' own files lie, for curves over each other; none without it.
    """
    letters = ascii_uppercase[: len(comparison["sides"])]
    differing = [run for run in comparison["runs"] if not run["same"]]
    return _render(
        "comparison.html",
        compared=comparison,
        sides=[side["name"] for side in comparison["sides"]],
        letters=letters,
        judged=partial(verdict, sides=letters),
        differing=differing,
        overlays=[_of_sides(run, sides, letters) for run in differing],
        sample=any(run["sample"] for run in comparison["runs"]),
    )


def _of_sides(run: Mapping[str, Any], sides: Sequence[Side], letters: str) -> str:
    """Return what a script reads to lay the curves of a run's sides over each other."""
    metric, laid, folds = run["primary"], [], []
    for side, name, letter in zip(sides, run["names"], letters, strict=False):
        record = side.runs[name]
        if record.folder is None:
            continue
        folds.append(record.folds)
        lines, step = lines_of(record.folder, record.task)
        score = f"{number(record.metrics.get(metric))} on the test rows"
        laid.append(Laid(f"{letter}: {name}", score, run_settings(record), lines, step=step))
    if len(laid) < 2 or not metric:
        return ""
    tests = dict(
        fold_tests(
            [side.runs[n].folds for side, n in zip(sides, run["names"], strict=True)], metric
        )
    )
    title = Metric.named(metric).title
    about = (
        f"Difference in {title}, mean over folds with its interval; p of this pair alone, by the "
        "corrected resampled t-test."
    )
    return overlay(laid, tests, metric=title, ticked=len(laid), about=about)


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
    return aligned(templating().get_template(template).render(values)).rstrip() + "\n"
