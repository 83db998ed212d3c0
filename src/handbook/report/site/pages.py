"""The files of the report, known before any of them is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.data.sets import bank_marketing, bank_marketing_realistic
from handbook.report.site.assets import FOLDER, assets
from handbook.report.site.search.script import FILES, LIBRARY
from handbook.report.site.sections import chapter_of
from handbook.report.site.texts import TEXTS

__all__ = [
    "LEAKAGE",
    "TEMPLATES",
    "chapter_page",
    "claim_page",
    "data_page",
    "lab_page",
    "model_page",
    "pages",
    "sweep_page",
    "templates",
    "watch_page",
]

TEMPLATES = Path(__file__).parent / "templates"

#: A data set with a column that nobody knows in time, and the same without it.
LEAKAGE = tuple(
    module.__name__.rpartition(".")[2].replace("_", "-")
    for module in (bank_marketing, bank_marketing_realistic)
)


def pages(
    models: Sequence[str],
    data: Sequence[str],
    labs: Sequence[str] = (),
    sections: Iterable[str] = (),
    sweeps: Sequence[str] = (),
    claims: Sequence[str] = (),
    watched: Sequence[str] = (),
    *,
    book: bool = True,
) -> list[str]:
    """Return the report's pages and what they load, relative to its folder.

    `sections` are those of the models, labs and claims: each chapter that they lie in has a page.
    `watched` are the data sets of which a watch was rehearsed.
    A project of no `book` has neither chapters nor errata.

    Copies of the figures come on top, below ``figures/``: which there are depends on the runs
    that succeeded.

    Examples
    --------
    >>> pages(["lenet"], ["mnist"], sections=["3.13"])[-3:]
    ['models/lenet.html', 'data/mnist.html', 'chapters/3.html']
    """
    return [
        "index.html",
        "overfitting.html",
        "accuracy.html",
        "race.html",
        "models.html",
        "metrics.html",
        "deployment.html",
        "monitoring.html",
        *(["errata.html"] if book else []),
        "made.html",
        *assets(),
        *FILES,
        *(["labs.html"] if labs else []),
        *(["leakage.html"] if set(LEAKAGE) <= set(data) else []),
        *map(model_page, models),
        *map(data_page, data),
        *map(lab_page, labs),
        *(["claims.html"] if claims else []),
        *map(claim_page, claims),
        *(dict.fromkeys(map(chapter_page, sections)) if book else []),
        *(["sweeps.html"] if sweeps else []),
        *map(sweep_page, sweeps),
        *map(watch_page, watched),
    ]


def templates() -> list[Path]:
    """Return the files that the pages are made from; a change to one changes the report."""
    loaded = [FOLDER.parent / name for name in assets()]
    return sorted([*TEMPLATES.iterdir(), *TEXTS.iterdir(), *loaded, *LIBRARY])


def model_page(model: str) -> str:
    """Return the page of a model, for all its data sets and variants."""
    return f"models/{_safe(model)}.html"


def data_page(data: str) -> str:
    """Return the page of a data set."""
    return f"data/{_safe(data)}.html"


def lab_page(lab: str) -> str:
    """Return the page of a lab."""
    return f"labs/{_safe(lab)}.html"


def claim_page(claim: str) -> str:
    """Return the page of a claim."""
    return f"claims/{_safe(claim)}.html"


def chapter_page(section: str) -> str:
    """Return the page of the chapter that a section lies in."""
    return f"chapters/{chapter_of(section)}.html"


def sweep_page(sweep: str) -> str:
    """Return the page of a sweep."""
    return f"sweeps/{_safe(sweep)}.html"


def watch_page(data: str) -> str:
    """Return the page of what a watch sees on a data set."""
    return f"watch/{_safe(data)}.html"


def _safe(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise HandbookError(
            f"{name!r} cannot name a page: use letters, digits and hyphens in params.yaml"
        )
    return name
