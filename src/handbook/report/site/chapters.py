"""The chapters of the book, each with its worked examples, claims and models by section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handbook.catalogue.overview import Overview
from handbook.report.site.claims import Claim
from handbook.report.site.errata import Errata, Erratum
from handbook.report.site.pages import chapter_page, claim_page, lab_page, model_page
from handbook.report.site.results import Figure, Lab, Run
from handbook.report.site.sections import (
    chapter_in_brief,
    chapter_name,
    chapter_of,
    chapter_title,
    order,
)
from handbook.report.site.site import Site
from handbook.tasks.figures import HISTORY

__all__ = ["Chapter", "Entry", "chapters"]


@dataclass(frozen=True)
class Entry:
    """A worked example, a claim or a model in its section of the book.

    Parameters
    ----------
    name, title, section : str
        As in the catalogue.
    errata : tuple of Erratum
        Where the book differs.
    lab : Lab or None
        The worked example; None for others.
    claim : Claim or None
        The claim; None for others.
    runs : tuple of Run
        Of a model, on each data set: its first variant and, where another has better folds, the
        best of them.
    every : int
        How many runs the model has in all.
    """

    name: str
    title: str
    section: str
    errata: tuple[Erratum, ...] = ()
    lab: Lab | None = None
    claim: Claim | None = None
    runs: tuple[Run, ...] = ()
    every: int = 0

    @property
    def page(self) -> str:
        """Its own page."""
        page = lab_page if self.lab else claim_page if self.claim else model_page
        return page(self.name)

    @property
    def anchor(self) -> str:
        """Its place on the chapter's page."""
        return f"{'lab' if self.lab else 'claim' if self.claim else 'model'}-{self.name}"

    @property
    def chapter(self) -> str:
        """The chapter that it lies in."""
        return chapter_of(self.section)

    @property
    def address(self) -> str:
        """Page and anchor, from the report's root."""
        return f"{chapter_page(self.section)}#{self.anchor}"

    @property
    def figure(self) -> Figure | None:
        """The figure of the worked example or the claim; of a model, one of its best whole run."""
        if shown := self.lab or self.claim:
            return shown.figure
        by_rank = sorted(self.runs, key=lambda run: (bool(run.left_out), run.rank))
        drawn = [run for run in by_rank if run.figures]
        return min(drawn[0].figures, key=lambda figure: figure.name == HISTORY) if drawn else None


@dataclass(frozen=True)
class Chapter:
    """One chapter of the book.

    Parameters
    ----------
    number : str
        As :func:`handbook.report.site.sections.chapter_of` gives it.
    entries : tuple of Entry
        By section; within one, worked examples before claims, and these before models.
    of_text : tuple of Erratum
        Where the book's text is wrong, without a run.
    """

    number: str
    entries: tuple[Entry, ...]
    of_text: tuple[Erratum, ...] = ()

    @property
    def name(self) -> str:
        """Its number and what it is about."""
        return chapter_name(self.number)

    @property
    def title(self) -> str:
        """What it is about."""
        return chapter_title(self.number) or self.name

    @property
    def brief(self) -> str:
        """What it is about, in a word or two."""
        return chapter_in_brief(self.number)

    @property
    def page(self) -> str:
        """Its page."""
        return f"chapters/{self.number}.html"

    @property
    def pages(self) -> frozenset[str]:
        """The pages of what it holds."""
        return frozenset(entry.page for entry in self.entries)

    @property
    def labs(self) -> list[Lab]:
        """The worked examples."""
        return [entry.lab for entry in self.entries if entry.lab]

    @property
    def models(self) -> list[Entry]:
        """The models."""
        return [entry for entry in self.entries if not entry.lab and not entry.claim]

    @property
    def claims(self) -> list[Claim]:
        """The claims."""
        return [entry.claim for entry in self.entries if entry.claim]

    @property
    def errata(self) -> int:
        """How many rows of errata it has."""
        return sum(len(entry.errata) for entry in self.entries) + len(self.of_text)

    @property
    def verdicts(self) -> Counter[str]:
        """How many results of worked examples have each verdict on the book."""
        return Counter(result["verdict"] for lab in self.labs for result in lab.results or ())


def chapters(site: Site, catalogue: Overview, errata: Errata) -> list[Chapter]:
    """Sort every worked example, claim and model of the catalogue into its chapter."""
    by_chapter: dict[str, list[Entry]] = {}
    claims = [Entry(claim.name, claim.title, claim.section, claim=claim) for claim in site.claims]
    entries = [*_labs(site, errata), *claims, *_models(site, catalogue, errata)]
    for entry in sorted(entries, key=lambda entry: order(entry.section)):
        by_chapter.setdefault(chapter_of(entry.section), []).append(entry)
    return [
        Chapter(number, tuple(own), errata.of_text(number)) for number, own in by_chapter.items()
    ]


def _labs(site: Site, errata: Errata) -> Iterator[Entry]:
    for lab in site.labs:
        own = errata.on(lab_page(lab.name))
        yield Entry(lab.name, lab.title, lab.section, own, lab=lab)


def _models(site: Site, catalogue: Overview, errata: Errata) -> Iterator[Entry]:
    for name, entry in catalogue["models"].items():
        runs = [run for run in site.runs if run.model == name]
        yield Entry(
            name,
            entry["title"],
            entry["section"],
            errata.on(model_page(name)),
            runs=tuple(_key_runs(runs)),
            every=len(runs),
        )


def _key_runs(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield on each data set the first run, and the best over folds where that is another.

    Without folds none is best; a whole run then stands beside a first one that was shortened.
    """
    for data in dict.fromkeys(run.data for run in runs):
        own = [run for run in runs if run.data == data]
        yield own[0]
        best = min(own, key=lambda run: run.rank)
        if not best.ranked and own[0].left_out:
            whole = (run for run in own if run.state == "finished" and not run.left_out)
            best = next(whole, own[0])
        if best is not own[0] and best.state == "finished" and (best.ranked or not best.left_out):
            yield best
