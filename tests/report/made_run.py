"""A run as the pages see it, from the few fields that a test is about."""

from __future__ import annotations

from typing import Any

from handbook.report.site.results import Run


def made_run(
    model: str = "m",
    data: str = "d",
    variant: str = "book",
    task: str = "classification",
    record: dict[str, Any] | None = None,
    cv: Any = None,
    **more: Any,
) -> Run:
    """Make a run; names of scores go into its scores, others are fields of the run."""
    names = ("primary", "metrics", "baseline", "undefined")
    scores: Any = {name: more.pop(name) for name in names if name in more}
    run: Any = {"model": model, "data": data, "variant": variant, "task": task} | (record or {})
    return Run(run, scores=scores, folds=cv or {}, **more)
