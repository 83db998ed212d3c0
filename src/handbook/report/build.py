"""The static report: every page from what lies in the results folder, in one sweep."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2

from handbook.report import numbers, wording
from handbook.report.gather import data_sets, labs, runs
from handbook.report.graph import Graph, picture
from handbook.report.pages import TEMPLATES, data_page, lab_page, model_page
from handbook.report.results import DataSet, Lab, Run
from handbook.report.strip import scale, strip

__all__ = ["Context", "build", "tools"]


@dataclass(frozen=True)
class Context:
    """What only the caller knows about this report.

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


def tools() -> dict[str, str]:
    """Return the versions of Python and of the two tools around it, without importing them."""
    found = {name: importlib.metadata.version(name.lower()) for name in ("Snakemake", "DVC")}
    return {"Python": platform.python_version()} | found


def build(
    results: Path,
    output: Path,
    catalogue: Mapping[str, Any],
    graph: Graph,
    context: Context,
    logs: Path | None = None,
) -> None:
    """Write the report of all results into the folder `output`, whole or not at all.

    Parameters
    ----------
    results : Path
        Holds ``data``, ``models``, ``cv`` and ``labs``; any of them may be incomplete.
    output : Path
        Replaced as a whole, so that no page of an earlier report stays behind.
    catalogue : mapping
        As :meth:`handbook.config.Params.show_spec` gives it.
    graph : Graph
        The rules that made the results.
    context : Context
    logs : Path or None
        Holds ``train/<model>/<data>/<variant>.failed.json`` of the runs that failed.

    Raises
    ------
    HandbookError
        A file of the results that cannot be read, by name.
    """
    all_runs = runs(results, logs, catalogue)
    all_data = data_sets(results, catalogue)
    all_labs = labs(results, catalogue)
    texts = _render(catalogue, graph, context, all_runs, all_data, all_labs)

    partial = output.with_name(f".{output.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for name, text in texts.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for run in all_runs:
            for figure in run.figures:
                copy = partial / figure.copy
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(figure.source, copy)
        _swap(partial, output)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _swap(new: Path, place: Path) -> None:
    """Put the folder `new` in the place of another; at no moment is there a mixture."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _render(
    catalogue: Mapping[str, Any],
    graph: Graph,
    context: Context,
    all_runs: Sequence[Run],
    all_data: Sequence[DataSet],
    all_labs: Sequence[Lab],
) -> dict[str, str]:
    """Return the text of every file by its name."""
    environment = _environment()
    environment.globals |= {
        "catalogue": catalogue,
        "context": context,
        "releases": {one.name: one for one in all_data},
    }
    finished = [run for run in all_runs if run.state == "finished"]
    any_sample = any(run.sample for run in all_runs) or any(data.sample for data in all_data)

    def page(template: str, place: str, **what: Any) -> str:
        what = {"sample": any_sample, "root": "../" * place.count("/"), "place": place} | what
        return environment.get_template(template).render(what).rstrip() + "\n"

    texts = {
        "index.html": page(
            "index.html",
            "index.html",
            runs=all_runs,
            groups=_groups(all_runs, all_data),
            data_sets=all_data,
            labs=all_labs,
        ),
        "made.html": page(
            "made.html",
            "made.html",
            graph=graph,
            picture=picture(graph),
            data_sets=all_data,
            runs=all_runs,
            commits=_commits(finished),
            versions=_merged(run.record["versions"] for run in finished),
            code=_merged(run.record["code"] for run in finished),
        ),
        "style.css": (TEMPLATES / "style.css").read_text(encoding="utf-8"),
    }
    for model, entry in catalogue["models"].items():
        own = [run for run in all_runs if run.model == model]
        place = model_page(model)
        texts[place] = page("model.html", place, model=model, entry=entry, runs=own)
    for data in all_data:
        own = [run for run in all_runs if run.data == data.name]
        place = data_page(data.name)
        texts[place] = page(
            "data.html", place, data=data, groups=_groups(own, [data]), sample=data.sample
        )
    for lab in all_labs:
        texts[lab_page(lab.name)] = page("lab.html", lab_page(lab.name), lab=lab)
    return texts


@dataclass(frozen=True)
class _Group:
    """Runs that may be compared: the same data set and the same kind of task."""

    data: DataSet
    task: str
    runs: tuple[Run, ...]

    def scale(self, metric: str) -> tuple[float, float]:
        return scale(self.runs, metric)


def _groups(all_runs: Sequence[Run], all_data: Sequence[DataSet]) -> list[_Group]:
    groups = []
    for data in all_data:
        own = [run for run in all_runs if run.data == data.name]
        for task in dict.fromkeys(run.task for run in own):
            same = sorted((run for run in own if run.task == task), key=lambda run: run.rank)
            groups.append(_Group(data, task, tuple(same)))
    return groups


def _commits(runs: Sequence[Run]) -> dict[tuple[str | None, bool], int]:
    """Count the runs of each commit, apart where files differed from it; most runs first."""
    counts = Counter((run.times["commit"], bool(run.times["dirty"])) for run in runs)
    return dict(counts.most_common())


def _merged(parts: Any) -> dict[str, list[str]]:
    """Every value that any run gives a name; more than one means that the runs differ."""
    found: dict[str, list[str]] = {}
    for part in parts:
        for name, value in part.items():
            values = found.setdefault(name, [])
            if value not in values:
                values.append(value)
    return dict(sorted(found.items()))


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,  # names come from files of others
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = (
        "asked",
        "count",
        "duration",
        "estimate",
        "number",
        "printed",
        "share",
        "size",
        "value",
    )
    environment.filters |= {name: getattr(numbers, name) for name in names}
    environment.filters |= {"metric": wording.metric_name, "direction": wording.direction}
    environment.globals |= {
        "BEATS": wording.BEATS,
        "data_page": data_page,
        "lab_page": lab_page,
        "model_page": model_page,
        "strip": strip,
    }
    return environment
