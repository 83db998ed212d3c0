"""The results folder, read into the types of the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from handbook.catalogue.overview import Overview
from handbook.catalogue.text_faults import TextFault
from handbook.core.files import read_json
from handbook.core.folders import DataFolder
from handbook.records.collect import comparisons
from handbook.records.reader import read
from handbook.records.run import Context, Folds, RunRecord, Scores
from handbook.report.figures.lab import has_figure
from handbook.report.site.backtests import read_backtests
from handbook.report.site.claims import read_claims
from handbook.report.site.curves import learning_lines, lines_of
from handbook.report.site.glimpse import glimpse
from handbook.report.site.reseeded import read_reseeded
from handbook.report.site.results import DataSet, Figure, Lab, Run, index
from handbook.report.site.site import Curves, Site
from handbook.report.site.sweeps import read_sweeps
from handbook.report.site.texts import data_texts
from handbook.report.site.uncertainty import tested
from handbook.report.site.watched import read_rehearsals
from handbook.tasks.figures import CURVES, FIGURES, HISTORY, SHOWS

__all__ = ["gather"]


def gather(
    results: Path,
    logs: Path | None,
    catalogue: Overview,
    text_faults: Sequence[TextFault] = (),
    *,
    whole: bool = True,
) -> Site:
    """Read all that the catalogue asks for, in its order, and keep the faults of the text with it.

    What lies in the folder without being asked for is left out: it belongs to another catalogue.
    Tables of the folder are of the whole catalogue: where it is a part, runs are compared here.
    """
    bias_variance = results / "bias-variance" / "figure.svg"
    intervals: dict[str, Any] = {}  # files by data set
    records = read(results, catalogue, logs)
    decomposed = catalogue.get("bias_variance") is not None and bias_variance.is_file()
    curves = tuple(_curves(results, catalogue))
    finished = [record for record in records if record.state == "finished"]
    compared = _optional(results / "comparisons.json") if whole else comparisons(finished)
    learning = {f"{c.model}/{c.data}/{c.record.get('variant')}": c.record for c in curves}
    return Site(
        runs=tuple(
            _run(results, catalogue, record, intervals, learning.get(record.name))
            for record in records
        ),
        data=tuple(_data_sets(results, catalogue)),
        labs=tuple(_labs(results, catalogue)),
        curves=curves,
        side_by_side=_side_by_side(results, catalogue),
        comparisons=compared or {},
        bias_variance=Figure.of(bias_variance, "figures/bias-variance") if decomposed else None,
        sweeps=read_sweeps(results) if whole else (),
        reseeded=read_reseeded(results, catalogue),
        claims=read_claims(results, catalogue),
        text_faults=tuple(text_faults),
        backtests=read_backtests(results, catalogue),
        rehearsals=read_rehearsals(results, catalogue),
    )


def _run(
    results: Path,
    catalogue: Overview,
    record: RunRecord,
    intervals: dict[str, Any],
    diagnosed: Mapping[str, Any] | None,
) -> Run:
    entry = catalogue["models"][record.model]
    shortened = entry["variants"][record.variant]["shortened"]
    if record.state != "finished":
        bare = replace(record, context=Context(), scores=Scores(), folds=Folds())
        return Run(**vars(bare), shortened=shortened)
    lines, step = lines_of(record.file(""), record.task)
    usual = [name for names in FIGURES.values() for name in names] + [HISTORY, *SHOWS]
    return Run(
        **vars(record),
        figures=tuple(_figures(record.file("figures"), f"figures/{record.name}", usual)),
        outliers=_outliers(record) if "outliers" in entry["shows"] else None,
        shortened=shortened,
        tested=tested(results, record, intervals),
        lines=lines | ({} if diagnosed is None else {"learning": learning_lines(diagnosed)}),
        step=step,
    )


def _outliers(record: RunRecord) -> Any:
    """Return what a run tells of the rows that it flags, None before that is computed."""
    explained = _optional(record.file("explain.json")) or {"shows": {}}
    return explained["shows"].get("outliers")


def _figures(folder: Path, copies: str, usual: Sequence[str]) -> Iterator[Figure]:
    """Yield the figures of a folder, the usual ones in their order, others after them."""
    names = list(usual)
    paths = sorted(folder.glob("*.svg"), key=lambda path: (index(names, path.stem), path.stem))
    yield from (Figure.of(path, copies) for path in paths)


def _curves(results: Path, catalogue: Overview) -> Iterator[Curves]:
    for model, entry in catalogue["models"].items():
        for data in (entry.get("diagnose") or {}).get("data", []):
            folder = results / "diagnose" / model / data
            record = _optional(folder / "curves.json") or {}
            run = f"{model}/{data}/{record.get('variant')}"
            if "work" in record and record["work"] != catalogue["work"].get(run):
                continue  # of other settings than those of now
            drawn = _figures(folder / "figures", f"figures/diagnose/{model}/{data}", CURVES)
            if figures := tuple(drawn):
                yield Curves(model, data, figures, record)


def _side_by_side(results: Path, catalogue: Overview) -> dict[str, tuple[Figure, ...]]:
    by_model: dict[str, tuple[Figure, ...]] = {}
    for name, model in catalogue.get("side_by_side", {}).items():
        path = results / "side-by-side" / f"{name}.svg"
        if path.is_file():
            figure = Figure.of(path, "figures/side-by-side")
            by_model[model] = (*by_model.get(model, ()), figure)
    return by_model


def _data_sets(results: Path, catalogue: Overview) -> Iterator[DataSet]:
    for name, release in catalogue["data"].items():
        folder, text = DataFolder(name, results), data_texts().get(name)
        stand_in = text is not None and text.drawn == "sample" and release != text.drawn
        yield DataSet(
            name=name,
            release=release,
            profile=_optional(folder.profile),
            validation=_optional(folder.validation),
            glimpse=glimpse(folder, name, drawn=stand_in),
            text=text,
        )


def _labs(results: Path, catalogue: Overview) -> list[Lab]:
    labs = []
    for name, entry in catalogue.get("labs", {}).items():
        folder = results / "labs" / name
        result, figure = _optional(folder / "result.json"), folder / "figure.svg"
        drawn = has_figure(name) and figure.is_file()
        labs.append(
            Lab(
                name=name,
                title=entry["title"],
                section=entry["section"],
                results=None if result is None else tuple(result["results"]),
                figure=Figure.of(figure, f"figures/labs/{name}") if drawn else None,
                about=entry["about"],
                params=(result or {}).get("params", {}),
                ours=entry["ours"],
            )
        )
    return labs


def _optional(path: Path) -> Any:
    return read_json(path, made_by="make rebuild") if path.is_file() else None
