"""The engine of all templates, with the filters and globals that they share."""

from __future__ import annotations

import jinja2

from handbook.core import numbers
from handbook.report.site.origin import origin
from handbook.report.site.pages import (
    LEAKAGE,
    TEMPLATES,
    claim_page,
    data_page,
    lab_page,
    model_page,
)
from handbook.report.site.pictures.scatter import scatter
from handbook.report.site.pictures.strip import strip
from handbook.report.site.sections import chapter_name
from handbook.report.site.uncertainty import METHODS, methods
from handbook.tasks.metric import Metric

__all__ = ["templating"]


def templating() -> jinja2.Environment:
    """Return the engine of all templates, with the filters and globals that they share."""
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,  # names come from files of others
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters |= {name: getattr(numbers, name) for name in numbers.__all__}
    engine.filters |= {
        "metric": lambda name: Metric.named(name).title,
        "origin": origin,
        "direction": lambda name: Metric.named(name).direction,
    }
    engine.globals |= {
        "METHODS": METHODS,
        "methods": methods,
        "BEATS": {"yes": "yes", "unclear": "not clearly", "no": "no"},
        "chapter_name": chapter_name,
        "claim_page": claim_page,
        "data_page": data_page,
        "lab_page": lab_page,
        "leaky": LEAKAGE[0],
        "model_page": model_page,
        "scatter": scatter,
        "strip": strip,
    }
    return engine
