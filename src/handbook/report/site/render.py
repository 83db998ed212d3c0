"""The text of every page of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handbook.catalogue.overview import Overview
from handbook.report.site.accuracy import equal_in_print, unbalanced
from handbook.report.site.chapters import chapters
from handbook.report.site.claims import by_section
from handbook.report.site.errata import errata
from handbook.report.site.leaderboards import leaderboards
from handbook.report.site.leakage import leakage
from handbook.report.site.pages import (
    TEMPLATES,
    claim_page,
    data_page,
    lab_page,
    model_page,
    sweep_page,
)
from handbook.report.site.pictures.rules import picture
from handbook.report.site.prevalence import subsets
from handbook.report.site.race import race
from handbook.report.site.results import Run
from handbook.report.site.site import Site
from handbook.report.site.templating import templating
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
    """

    commit: str | None = None
    dirty: bool | None = None
    tools: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


def render(site: Site, catalogue: Overview, graph: Graph, context: Context) -> dict[str, str]:
    """Return the text of every file of the report by its name.

    Parameters
    ----------
    site : Site
        What lies in the results folder.
    catalogue, graph, context
        As :func:`handbook.report.site.build.build` takes them.
    """
    engine = templating()
    engine.globals |= {
        "catalogue": catalogue,
        "context": context,
        "releases": {data_set.name: data_set for data_set in site.data},
    }
    boards, leak, contests = leaderboards(site), leakage(site), race(site)
    models, wrong = catalogue["models"], errata(site, catalogue)
    section, equal_models = equal_in_print(models)
    book = chapters(site, catalogue, wrong)
    engine.globals["book"] = book
    steps = {entry.page: entry for chapter in book for entry in chapter.entries}
    single: dict[str, dict[str, Any]] = {
        "index.html": {"site": site, "boards": boards, "leak": leak, "contests": contests},
        "overfitting.html": {"site": site},
        "accuracy.html": {
            "sets": unbalanced(site),
            "subsets": subsets(site),
            "titles": {name: entry["title"] for name, entry in models.items()},
            "section": section,
            "equal_models": {name: models[name]["title"] for name in equal_models},
        },
        "race.html": {"contests": contests},
        "errata.html": {"errata": wrong, "chapter_pages": {chapter.page for chapter in book}},
        "made.html": _made(site, graph),
    }
    if leak is not None:
        single["leakage.html"] = {"leak": leak}
    if site.sweeps:
        single["sweeps.html"] = {"sweeps": site.sweeps}
    if site.claims:
        single["claims.html"] = {"claims": by_section(site.claims)}
    engine.globals["single_pages"] = frozenset(single)  # for links to pages that may be missing

    def page(template: str, path: str, **given: Any) -> str:
        values = {"sample": site.sample, "root": "../" * path.count("/"), "path": path} | given
        return engine.get_template(template).render(values).rstrip() + "\n"

    texts = {path: page(path, path, **given) for path, given in single.items()}
    texts["style.css"] = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    for model, entry in models.items():
        path = model_page(model)
        texts[path] = page(
            "model.html",
            path,
            model=model,
            entry=entry,
            step=steps[path],
            runs=[run for run in site.runs if run.model == model],
            beside=site.side_by_side.get(model, ()),
            reseeded=site.reseeded.get(model),
            curves=[curves for curves in site.curves if curves.model == model],
        )
    for data in site.data:
        path = data_page(data.name)
        own = [board for board in boards if board.data is data]
        texts[path] = page("data.html", path, data=data, boards=own, sample=data.sample)
    for lab in site.labs:
        path = lab_page(lab.name)
        texts[path] = page("lab.html", path, lab=lab, step=steps[path])
    for claim in site.claims:
        path = claim_page(claim.name)
        texts[path] = page("claim.html", path, claim=claim, step=steps[path])
    for before, chapter, after in zip([None, *book], book, [*book[1:], None], strict=False):
        texts[chapter.page] = page(
            "chapter.html", chapter.page, chapter=chapter, before=before, after=after
        )
    for sweep in site.sweeps:
        path = sweep_page(sweep.name)
        texts[path] = page("sweep.html", path, sweep=sweep, sample=sweep.sample)
    return texts


def _made(site: Site, graph: Graph) -> dict[str, Any]:
    finished = [run for run in site.runs if run.state == "finished"]
    return {
        "graph": graph,
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
