"""The text of every page of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from handbook.catalogue.overview import Overview
from handbook.records.failures import Failures
from handbook.records.times import Times, heading
from handbook.report.site.accuracy import equal_in_print, unbalanced
from handbook.report.site.aligned import aligned
from handbook.report.site.assets import FOLDER, assets
from handbook.report.site.behind import Behind
from handbook.report.site.board_overlay import board_overlay
from handbook.report.site.chapters import chapters
from handbook.report.site.claims import by_section
from handbook.report.site.errata import errata
from handbook.report.site.findable import entries
from handbook.report.site.findings import findings
from handbook.report.site.fitting import fitted
from handbook.report.site.leaderboards import leaderboards
from handbook.report.site.leakage import leakage
from handbook.report.site.menu import beside, menu_of, place_in_menu
from handbook.report.site.metrics import explained
from handbook.report.site.outcomes import outcomes
from handbook.report.site.pages import (
    claim_page,
    data_page,
    lab_page,
    model_page,
    sweep_page,
    watch_page,
)
from handbook.report.site.part import Part
from handbook.report.site.pictures.rules import picture
from handbook.report.site.prevalence import subsets
from handbook.report.site.race import race
from handbook.report.site.results import Run
from handbook.report.site.search.script import files
from handbook.report.site.search.synonyms import WORDS
from handbook.report.site.site import Site
from handbook.report.site.templating import templating
from handbook.tasks import pairwise
from handbook.workflow.graph import Graph

__all__ = ["Context", "render"]


@dataclass(frozen=True)
class Context:
    """Where and with which versions the report is made.

    Parameters
    ----------
    commit : str or None
        Of this project; None outside a repository.
    dirty : bool or None
        Whether files differ from that commit.
    tools : mapping of str to str
        Versions of what runs the workflow, see :func:`tools`.
    versions : mapping of str to str
        Of the libraries that made the report; those of each run come from its record.
    failures : Failures
        What failed in the run that ended without making the report of its results.
    times : Times or None
        Where the time of the rebuild went, as far as there are records of it.
    folder : str
        The way from the report to the folder of that run, below which its logs lie.
    part : Part or None
        Which part of the catalogue the report is of; None for all of it.
    """

    commit: str | None = None
    dirty: bool | None = None
    tools: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    failures: Failures = field(default_factory=Failures)
    times: Times | None = None
    folder: str = ""
    part: Part | None = None


_NOWHERE = Behind()


def render(
    site: Site,
    catalogue: Overview,
    graph: Graph,
    context: Context,
    behind: Behind = _NOWHERE,
) -> dict[str, str]:
    """Return the text of every file of the report by its name.

    Parameters
    ----------
    site : Site
        What lies in the results folder.
    catalogue, graph, context
        As :func:`handbook.report.site.build.build` takes them.
    behind : Behind
        Where the files lie that pages lead to.
    """
    engine = templating()
    engine.globals |= {
        "catalogue": catalogue,
        "context": context,
        "behind": behind,
        "most_compared": pairwise.MOST,
        "releases": {data_set.name: data_set for data_set in site.data},
    }
    boards, leak, contests = (
        leaderboards(site),
        leakage(site),
        race(site, book=not catalogue.get("title")),
    )
    models, wrong = catalogue["models"], errata(site, catalogue)
    section, equal_models = equal_in_print(models)
    project = catalogue.get("title")
    order = chapters(site, catalogue, wrong)
    book = [] if project else order
    engine.globals |= {"book": book, "project": project}
    titles = {name: entry["title"] for name, entry in models.items()}
    engine.globals["board_overlay"] = partial(board_overlay, titles=titles)
    steps = {entry.page: entry for chapter in order for entry in chapter.entries}
    few = unbalanced(site)
    single: dict[str, dict[str, Any]] = {
        "index.html": {
            "site": site,
            "boards": boards,
            "contests": contests,
            "findings": findings(site, wrong, leak, few),
            "unbalanced": few,
        },
        "overfitting.html": {"site": site, "fits": fitted(site.curves)},
        "accuracy.html": {
            "sets": few,
            "subsets": subsets(site),
            "titles": titles,
            "section": section,
            "equal_models": {name: models[name]["title"] for name in equal_models},
        },
        "race.html": {"contests": contests},
        "models.html": {
            "models": [step for step in steps.values() if step.page.startswith("models/")],
            "runs": {name: [run for run in site.runs if run.model == name] for name in models},
        },
        "metrics.html": {"metrics": explained(site, boards), "words": WORDS},
        "deployment.html": {"boards": boards},
        "monitoring.html": {"backtests": site.backtests, "rehearsed": site.rehearsals},
        "made.html": _made(site, graph, context),
    }
    if not project:
        pages_of = {chapter.page for chapter in book}
        single["errata.html"] = {"errata": wrong, "chapter_pages": pages_of}
    if site.labs:
        single["labs.html"] = {"labs": [step for step in steps.values() if step.lab]}
    if leak is not None:
        single["leakage.html"] = {"leak": leak}
    if site.sweeps:
        single["sweeps.html"] = {"sweeps": site.sweeps}
    if site.claims:
        single["claims.html"] = {"claims": by_section(site.claims)}
    engine.globals["single_pages"] = frozenset(single)  # for links to pages that may be missing
    menu, neighbours = menu_of(single), beside(site, order)
    engine.globals |= {"menu": menu, "neighbours": neighbours, "place_in_menu": place_in_menu}

    def page(template: str, path: str, **given: Any) -> str:
        values = {"sample": site.sample, "root": "../" * path.count("/"), "path": path} | given
        return aligned(engine.get_template(template).render(values)).rstrip() + "\n"

    texts = {path: page(path, path, **given) for path, given in single.items()}
    texts |= {name: (FOLDER.parent / name).read_text(encoding="utf-8") for name in assets()}
    for model, entry in models.items():
        path = model_page(model)
        own_runs = [run for run in site.runs if run.model == model]
        told = outcomes(model, boards, contests)
        texts[path] = page(
            "model.html",
            path,
            model=model,
            entry=entry,
            outcomes=told,
            boards=boards,
            opened=told[0].best if told else next(iter(own_runs), None),
            step=steps[path],
            runs=own_runs,
            beside=site.side_by_side.get(model, ()),
            reseeded=site.reseeded.get(model),
            curves=[curves for curves in site.curves if curves.model == model],
            own_boards=[b for b in boards if any(run.model == model for run in b.runs)],
        )
    for data in site.data:
        path = data_page(data.name)
        own = [board for board in boards if board.data is data]
        rehearsal = site.rehearsals.get(data.name)
        given = {"data": data, "sample": data.sample, "watched": rehearsal}
        texts[path] = page("data.html", path, boards=own, **given)
        if rehearsal is not None:
            texts[watch_page(data.name)] = page("watch.html", watch_page(data.name), **given)
    for lab in site.labs:
        path = lab_page(lab.name)
        texts[path] = page("lab.html", path, lab=lab, step=steps[path])
    for claim in site.claims:
        path = claim_page(claim.name)
        texts[path] = page("claim.html", path, claim=claim, step=steps[path])
    for chapter in book:
        texts[chapter.page] = page("chapter.html", chapter.page, chapter=chapter)
    for sweep in site.sweeps:
        path = sweep_page(sweep.name)
        texts[path] = page("sweep.html", path, sweep=sweep, sample=sweep.sample)
    return texts | files(entries(site, catalogue, book, wrong, menu))


def _made(site: Site, graph: Graph, context: Context) -> dict[str, Any]:
    finished = [run for run in site.runs if run.state == "finished"]
    return {
        "graph": graph,
        "time": context.times.everything if context.times else None,
        "time_heading": heading(context.times) if context.times else "",
        "picture": picture(graph),
        "data_sets": site.data,
        "runs": site.runs,
        "commits": _commits(finished),
        "versions": _merged(run.record["versions"] for run in finished),
        "code": _merged(run.record["code"] for run in finished),
    }


def _commits(runs: Sequence[Run]) -> dict[tuple[str | None, bool], int]:
    """Count the runs of each commit, apart where files differed from it; most runs first."""
    counts = Counter((run.times["commit"], bool(run.times["dirty"])) for run in runs)
    return dict(counts.most_common())


def _merged(parts: Any) -> dict[str, list[str]]:
    """Every value that any run gives a name; more than one means that the runs differ."""
    merged: dict[str, list[str]] = {}
    for part in parts:
        for name, value in part.items():
            values = merged.setdefault(name, [])
            if value not in values:
                values.append(value)
    return dict(sorted(merged.items()))
