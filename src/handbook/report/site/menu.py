"""The menu of every page: what it leads to, where a page stands in it, what lies beside a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from handbook.report.site.chapters import Chapter
from handbook.report.site.pages import data_page, sweep_page, watch_page
from handbook.report.site.site import Site

__all__ = ["MENU", "Link", "Neighbours", "beside", "menu_of", "place_in_menu"]


class Link(NamedTuple):
    """A page with the name by which a menu leads to it, and what else it is looked for by."""

    title: str
    address: str
    words: str = ""


class Neighbours(NamedTuple):
    """The pages before and after one, each of its kind; None at the ends."""

    before: Link | None
    after: Link | None


#: In the order of the menu. Which of them there are depends on what was run.
MENU = (
    Link("Results", "index.html", "start overview best model leaderboard ranking summary findings"),
    Link("Models", "models.html", "all models list algorithms estimators"),
    Link("Worked examples", "labs.html", "labs listings code exercises"),
    Link("Claims", "claims.html", "experiments hypotheses statements verdict"),
    Link("Data", "index.html#data", "data sets datasets profile columns"),
    Link(
        "Overfitting",
        "overfitting.html",
        "overfitting underfitting bias variance learning curve validation curve",
    ),
    Link("Leakage", "leakage.html", "data leakage leak target duration"),
    Link(
        "Accuracy",
        "accuracy.html",
        "imbalance unbalanced imbalanced rare class precision recall fraud",
    ),
    Link("Tuning", "race.html", "search hyperparameters tuning tuned grid random"),
    Link(
        "Deployment",
        "deployment.html",
        "deploy production predict serve promote rollback shadow server prediction process",
    ),
    Link(
        "Monitoring",
        "monitoring.html",
        "drift watch alarm retraining backtest time months concept shift maintenance process",
    ),
    Link("Sweeps", "sweeps.html", "sweep trials hyperparameters optuna"),
    Link("Errata", "errata.html", "errors mistakes wrong book corrections bugs"),
    Link("Metrics", "metrics.html", "metric score measure meaning glossary explanation words"),
    Link(
        "How it was made",
        "made.html",
        "reproducibility versions commit seed graph workflow digest provenance libraries",
    ),
)

_SECTIONS = {
    "models": "models.html",
    "labs": "labs.html",
    "claims": "claims.html",
    "data": "index.html#data",
    "sweeps": "sweeps.html",
    "watch": "index.html#data",
}


def menu_of(pages: Iterable[str]) -> list[Link]:
    """Return the menu without what leads to no page.

    Examples
    --------
    >>> [link.title for link in menu_of(["index.html", "made.html"])]
    ['Results', 'Data', 'How it was made']
    """
    there = set(pages)
    return [link for link in MENU if link.address.partition("#")[0] in there]


def place_in_menu(page: str) -> str:
    """Return where the menu leads that a page belongs to; the page itself where it is in the menu.

    Examples
    --------
    >>> place_in_menu("models/lenet.html"), place_in_menu("errata.html")
    ('models.html', 'errata.html')
    """
    return _SECTIONS.get(page.partition("/")[0], page)


def beside(site: Site, book: Sequence[Chapter]) -> dict[str, Neighbours]:
    """Return the pages before and after each page that has any of its kind.

    Worked examples, claims and models follow the book; data sets and sweeps the catalogue.
    """
    steps = [entry for chapter in book for entry in chapter.entries]
    kinds = [
        [Link(chapter.name, chapter.page) for chapter in book],
        [Link(step.title, step.page) for step in steps if step.lab],
        [Link(step.title, step.page) for step in steps if step.claim],
        [Link(step.title, step.page) for step in steps if not step.lab and not step.claim],
        [Link(data.title, data_page(data.name)) for data in site.data],
        [Link(sweep.name, sweep_page(sweep.name)) for sweep in site.sweeps],
        [
            Link(data.title, watch_page(data.name))
            for data in site.data
            if data.name in site.rehearsals
        ],
    ]
    neighbours: dict[str, Neighbours] = {}
    for links in kinds:
        for before, after in pairwise(links):
            ahead = neighbours.get(before.address, Neighbours(None, None))
            neighbours[before.address] = ahead._replace(after=after)
            neighbours[after.address] = Neighbours(before, None)
    return neighbours
