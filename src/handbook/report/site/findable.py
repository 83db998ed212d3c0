"""What the search box of the pages looks through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handbook.catalogue.overview import Overview
from handbook.report.numbers import number, value
from handbook.report.site.chapters import Chapter
from handbook.report.site.errata import Errata
from handbook.report.site.menu import Link
from handbook.report.site.metrics import MEANINGS
from handbook.report.site.pages import (
    claim_page,
    data_page,
    lab_page,
    model_page,
    sweep_page,
    watch_page,
)
from handbook.report.site.results import Run
from handbook.report.site.search.script import Entry
from handbook.report.site.search.synonyms import FIGURE_NAMES, SHORT_NAMES, WORDS, synonyms
from handbook.report.site.site import Site
from handbook.tasks.metric import METRICS, Metric

__all__ = ["entries"]

# Short texts are told apart by less than this; what is longer only makes the file larger.
_LONGEST = 160


def entries(
    site: Site,
    catalogue: Overview,
    book: Sequence[Chapter],
    errata: Errata,
    menu: Sequence[Link],
) -> list[Entry]:
    """Return all that can be found, each kind in the order of its page.

    Parameters
    ----------
    site : Site
    catalogue : mapping
    book : sequence of Chapter
    errata : Errata
    menu : sequence of Link
    """
    titles = {data.name: data.title for data in site.data}
    return [
        *(Entry("Page", *link[:2], "", link.words) for link in menu),
        *_chapters(book),
        *_models(site, catalogue, titles),
        *_data_sets(site, catalogue),
        *_words(),
        *_metrics(site),
        *_parameters(site, catalogue),
        *_labs(site),
        *_claims(site),
        *_runs(site, catalogue, titles),
        *_errata(errata),
        *(
            Entry("Sweep", sweep.name, sweep_page(sweep.name), sweep.spec["model"])
            for sweep in site.sweeps
        ),
    ]


def _chapters(book: Sequence[Chapter]) -> Iterator[Entry]:
    for chapter in book:
        sections = " ".join(entry.section for entry in chapter.entries)
        yield Entry("Chapter", chapter.name, chapter.page, "", sections)


def _models(site: Site, catalogue: Overview, titles: Mapping[str, str]) -> Iterator[Entry]:
    drawn: dict[str, dict[str, None]] = {}
    pictured = [(run.model, run.figures) for run in site.runs]
    pictured += [(curves.model, curves.figures) for curves in site.curves]
    for model, figures in pictured:
        names = (figure.name for figure in figures)
        words = (FIGURE_NAMES.get(name, name.replace("-", " ")) for name in names)
        drawn.setdefault(model, {}).update(dict.fromkeys(words))
    for model, entry in catalogue["models"].items():
        learnt = dict.fromkeys(run.data for run in site.runs if run.model == model)
        note = ", ".join(
            [*_section(entry["section"]), *(titles.get(data, data) for data in learnt)]
        )
        estimator = str(entry["estimator"]).rpartition(".")[2]
        also = filter(None, [entry["task"], estimator, synonyms(model), *drawn.get(model, ())])
        yield Entry("Model", entry["title"], model_page(model), note, ", ".join(also))


def _section(section: str) -> list[str]:
    return [f"section {section}"] if section else []


def _data_sets(site: Site, catalogue: Overview) -> Iterator[Entry]:
    for data in site.data:
        profile = data.profile or {}
        tasks = dict.fromkeys(run.task for run in site.runs if run.data == data.name)
        classes = profile.get("classes") or {}
        words = [profile.get("target") or "", *map(str, classes), synonyms(data.name)]
        note = ", ".join([profile.get("kind", ""), *tasks]).removeprefix(", ")
        yield Entry(
            "Data set", data.title, data_page(data.name), note, " ".join(filter(None, words))
        )
        if data.name in site.rehearsals:
            also = "drift monitoring psi alarm windows stability"
            address = watch_page(data.name)
            yield Entry("Watch", f"Watching {data.title}", address, "what is usual", also)
        for column in profile.get("columns") or ():
            yield Entry("Column", column["name"], f"{data_page(data.name)}#profile", data.title)


def _words() -> Iterator[Entry]:
    for name, anchor, meaning in WORDS:
        yield Entry("Word", name, f"metrics.html#{anchor}", meaning)


def _metrics(site: Site) -> Iterator[Entry]:
    used = {name for run in site.runs for name in run.metrics}
    for name, metric in METRICS.items():
        if name in used:
            yield Entry(
                "Metric",
                _capital(metric.title),
                f"metrics.html#{name}",
                MEANINGS[name],
                f"{name} {SHORT_NAMES.get(name, '')}".strip(),
            )


def _parameters(site: Site, catalogue: Overview) -> Iterator[Entry]:
    for model, entry in catalogue["models"].items():
        settings: dict[str, dict[str, list[str]]] = {}
        for run in site.runs:
            if run.model == model and run.state == "finished":
                for name, setting, who in run.params:
                    if who:
                        runs = settings.setdefault(name, {}).setdefault(value(setting, 40), [])
                        runs += [run.variant] if run.variant not in runs else []
        for name, values in sorted(settings.items()):
            listed = "; ".join(f"{text} ({', '.join(runs[:3])})" for text, runs in values.items())
            note = f"{entry['title']}: {listed}"
            words = SHORT_NAMES.get(name, "")
            yield Entry("Parameter", name, model_page(model), _cut(note), words)


def _labs(site: Site) -> Iterator[Entry]:
    for lab in site.labs:
        results = [result["name"] for result in lab.results or ()]
        words = ". ".join([*filter(None, [synonyms(lab.name)]), lab.about, *results])
        yield Entry(
            "Worked example", lab.title, lab_page(lab.name), f"section {lab.section}", _cut(words)
        )


def _claims(site: Site) -> Iterator[Entry]:
    for claim in site.claims:
        outcome = claim.verdict["kind"] if claim.verdict else "not run"
        note = f"section {claim.section}, {outcome}"
        yield Entry("Claim", claim.title, claim_page(claim.name), note, str(claim.entry["claim"]))


def _runs(site: Site, catalogue: Overview, titles: Mapping[str, str]) -> Iterator[Entry]:
    for run in site.runs:
        title = catalogue["models"][run.model]["title"]
        address = f"{model_page(run.model)}#{run.anchor}"
        on = titles.get(run.data, run.data)
        yield Entry("Run", f"{title}, {run.variant}", address, f"{on}: {_outcome(run)}", run.name)


def _outcome(run: Run) -> str:
    """Return the score that ranks a run, or what became of the run."""
    if run.state != "finished":
        return {"failed": "failed", "outdated": "out of date", "missing": "not run"}[run.state]
    where = "test rows" if run.mean(run.primary) is None else "over folds"
    return f"{Metric.named(run.primary).title} {number(run.score(run.primary), 3)}, {where}"


def _errata(errata: Errata) -> Iterator[Entry]:
    for erratum in errata.listed:
        note = ", ".join(filter(None, [f"section {erratum.section}", erratum.title, erratum.fault]))
        address = f"errata.html#{erratum.anchor}"
        yield Entry("Erratum", erratum.what, address, note, _cut(erratum.why, 80))


def _capital(text: Any) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _cut(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + "…"
