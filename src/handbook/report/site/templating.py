"""The engine of all templates, with the filters and globals that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja2

from handbook.report import numbers
from handbook.report.numbers import typographic
from handbook.report.site.assets import FOLDER, scripts, styles
from handbook.report.site.listings import loading, of_estimator, of_lab
from handbook.report.site.meanings import MEANINGS
from handbook.report.site.origin import origin
from handbook.report.site.outcomes import changed
from handbook.report.site.pages import (
    LEAKAGE,
    TEMPLATES,
    claim_page,
    data_page,
    lab_page,
    model_page,
    watch_page,
)
from handbook.report.site.pictures.histogram import histogram
from handbook.report.site.pictures.scatter import scatter
from handbook.report.site.pictures.strip import strip, strip_ends
from handbook.report.site.pictures.usual import usual
from handbook.report.site.process import LINES, PROCESS
from handbook.report.site.results import ONE_SIDED
from handbook.report.site.sections import chapter_name
from handbook.report.site.shortening import badge, changes
from handbook.report.site.texts import model_texts
from handbook.report.site.uncertainty import METHODS, methods
from handbook.tasks.metric import Metric

__all__ = ["expected", "templating"]

# Of Great Expectations, in plain words.
_PLAIN = {
    "type_": "type",
    "CategoricalDtypeType": "category",
    "min_value": "least",
    "max_value": "most",
    "value_set": "one of",
    "column_list": "columns",
    "column_set": "columns",
}


def templating() -> jinja2.Environment:
    """Return the engine of all templates, with the filters and globals that they share."""
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,  # names come from files of others
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_in_notation,
    )
    engine.filters |= {name: getattr(numbers, name) for name in numbers.__all__}
    engine.filters |= {
        "metric": lambda name: Metric.named(name).title,
        "origin": origin,
        "shortened_badge": badge,
        "changes": changes,
        "expected": expected,
        "direction": lambda name: Metric.named(name).direction,
    }
    engine.globals |= {
        "MEANINGS": MEANINGS,
        "METHODS": METHODS,
        "methods": methods,
        "ONE_SIDED": ONE_SIDED,
        "project": None,  # the title of one that is of no book
        "BEATS": {"yes": "yes", "unclear": "not clearly", "no": "no"},
        "PROCESS": PROCESS,
        "PROCESS_LINES": LINES,
        "changed": changed,
        "chapter_name": chapter_name,
        "claim_page": claim_page,
        "data_page": data_page,
        "estimator_listing": of_estimator,
        "lab_listing": of_lab,
        "lab_page": lab_page,
        "loading": loading,
        "leaky": LEAKAGE[0],
        "model_page": model_page,
        "model_texts": model_texts(),
        "scripts": scripts(),
        "styles": styles(),
        "text_of": _text_of,
        "histogram": histogram,
        "scatter": scatter,
        "strip": strip,
        "strip_ends": strip_ends,
        "usual": usual,
        "watch_page": watch_page,
    }
    return engine


def _text_of(name: str) -> str:
    """Return the text of a script or a style sheet, for pages that need no other file."""
    return (FOLDER.parent / name).read_text(encoding="utf-8").rstrip() + "\n"


def expected(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an expectation asks of a column, without the words of the library that checks it.

    Examples
    --------
    >>> expected({"column": "age", "min_value": 18, "max_value": 95})
    {'least': 18, 'most': 95}
    >>> expected({"column": "job", "type_": "CategoricalDtypeType"})
    {'type': 'category'}
    """
    return {
        _PLAIN.get(name, name.replace("_", " ")): _PLAIN.get(str(value), value)
        for name, value in arguments.items()
        if name != "column"
    }


def _in_notation(value: Any) -> Any:
    """Write the numbers in a text as everywhere; what is markup already stays as it is."""
    return typographic(value) if type(value) is str else value
