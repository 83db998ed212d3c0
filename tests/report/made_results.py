"""A results folder that tests fill as they need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tests.report.made_context import CONTEXT, GRAPH
from tests.report.made_data import expectations, rows_like
from tests.report.made_diagnoses import compared, curves_of, decomposition
from tests.report.made_intervals import gauged
from tests.report.made_predictions import (
    cross_validated,
    dummy_of,
    hash_of,
    score,
    write_predictions,
)
from tests.report.made_rehearsal import rehearsed

from handbook import tasks
from handbook.catalogue import reading
from handbook.catalogue.overview import overview
from handbook.catalogue.specs import claim_spec
from handbook.catalogue.text_faults import TextFault
from handbook.claims.registry import run as run_claim
from handbook.core.files import read_json, sha256, write_json, write_text
from handbook.core.folders import ClaimFolder, intervals_file
from handbook.data.dataset import write
from handbook.labs.registry import run
from handbook.monitoring.spec import rehearsal_file
from handbook.records.run import RunRecord
from handbook.report.figures.claim import draw as draw_claim
from handbook.report.figures.diagnosed.bias_variance import draw_bias_variance
from handbook.report.figures.diagnosed.curves import draw_curves
from handbook.report.figures.draw import draw
from handbook.report.figures.lab import draw as draw_lab
from handbook.report.site.build import build
from handbook.tasks.figures import CURVES, figure_names

GARMENTS = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
)  # fmt: skip

REAL = reading.read(Path(__file__).parents[2] / "params.yaml")


@dataclass
class Made:
    """A results folder under construction, and the catalogue that goes with it."""

    root: Path
    sample: bool = False
    catalogue: dict[str, Any] = field(
        default_factory=lambda: {
            "seed": 42,
            "tier": "standard",
            "work": {},
            "data": {},
            "models": {},
            "labs": {},
            "claims": {},
            "bias_variance": None,
        }
    )

    text_faults: list[TextFault] = field(default_factory=list)

    @property
    def results(self) -> Path:
        return self.root / "results"

    @property
    def report(self) -> Path:
        return self.results / "report"

    def build(self, output: Path | None = None) -> Path:
        output = output or self.report
        logs = self.root / "logs"
        build(self.results, output, self.catalogue, GRAPH, CONTEXT, logs, self.text_faults)
        return output

    def run_dir(self, model: str, data: str, variant: str = "book") -> Path:
        return self.results / "models" / model / data / variant

    def data(self, name: str, title: str, *, fails: bool = False, **profile: Any) -> None:
        release = "sample" if self.sample else profile.pop("release", "full")
        self.catalogue["data"][name] = release
        folder = self.results / "data" / name
        profile = {
            "data": name,
            "title": title,
            "kind": "table",
            "variant": release,
            "licence": "CC BY 4.0",
            "homepage": f"https://example.org/{name}",
            "citation": "Moro, S., Cortez, P. and Rita, P. (2014). Decision Support Systems 62.",
            "notes": "",
            "target": "y",
            "rows": {"train": 36168, "test": 9043},
            "classes": {},
            "columns": [],
            "raw": []
            if self.sample
            else [
                {
                    "file": "bank.zip",
                    "bytes": 579043,
                    "sha256": "99d7e8eb12401ed278b793984423915411ea8df099e1795f9fefe254f513fe5e",
                }
            ],
        } | profile
        write_json(folder / "profile.json", profile)
        for part in ("train", "test"):
            write(folder / f"{part}.arrow", rows_like(profile, part))
        if not fails:
            write_json(folder / "accepted.json", {})
        write_json(
            folder / "validation.json",
            {
                "data": name,
                "variant": release,
                "kind": profile["kind"],
                "success": not fails,
                "rows": 45211,
                "expectations": expectations(name, fails=fails),
            },
        )

    def model(self, name: str, title: str, task: str, data: list[str], **entry: Any) -> None:
        books = entry.pop("variants", {"book": {}})
        self.catalogue["models"][name] = {
            "title": title,
            "section": "2.7",
            "task": task,
            "data": data,
            "estimator": f"sklearn.made_up.{title.title().replace(' ', '')}",
            "curves": [],
            "shows": [],
            "diagnose": None,
            "errata": [],
            "variants": {
                key: {
                    "data": data,
                    "book": book,
                    "book_lines": {on: {metric: [7] for metric in own} for on, own in book.items()},
                    "folded": True,
                    "shortened": {},
                    "departs": [],
                }
                for key, book in books.items()
            },
        } | entry

    def run(
        self,
        model: str,
        data: str,
        variant: str = "book",
        *,
        true: Any,
        predicted: Any,
        probabilities: Any = None,
        classes: tuple[str, ...] = (),
        target: str = "y",
        history: str = "epoch\n",
        params: dict[str, Any] | None = None,
        preprocess: dict[str, Any] | None = None,
        cv: bool = True,
        scores: Any = None,
        search: dict[str, Any] | None = None,
        threshold: str | None = None,
        chosen: dict[str, Any] | None = None,
        fold_choices: list[dict[str, Any]] | None = None,
        draw_figures: bool = True,
        seconds: float = 1.234,
        **folds: Any,
    ) -> Path:
        """Write everything that a training, a cross-validation and a drawing leave behind."""
        entry = self.catalogue["models"][model]
        folder = self.run_dir(model, data, variant)
        write_predictions(
            folder / "predictions.arrow", entry["task"], true, predicted, probabilities,
            classes, target, scores,
        )  # fmt: skip
        metrics, undefined = score(entry["task"], true, predicted, probabilities, scores)
        dummy = dummy_of(entry["task"], np.asarray(true), len(classes))
        baseline, _ = score(entry["task"], true, *dummy)
        write_json(
            folder / "metrics.json",
            {"primary": tasks.module(entry["task"]).primary(len(classes))}
            | {"metrics": metrics, "baseline": baseline, "undefined": undefined},
        )
        write_text(folder / "history.csv", history)
        rows = self.results / "data" / data
        record = {
            "job_key": f"{abs(hash_of(model + data + variant)):064x}",
            "model": model,
            "data": data,
            "variant": variant,
            "task": entry["task"],
            "data_variant": "sample" if self.sample else self.catalogue["data"][data],
            "seed": 42,
            "threads": 1,
            "estimator": entry["estimator"],
            "params": params or {"max_iter": 1000},
            "fitted_params": {"C": 1.0, "max_iter": 1000, "solver": None} | (params or {}),
            "preprocess": preprocess,
            "search": search,
            "threshold": threshold,
            "fit_rows": None,
            "chosen": chosen,
            "code": {
                "handbook.training.preprocess": "0123456789abcdef",
                "handbook.training.train": "fedcba9876543210",
            },
            "data_digests": {part: sha256(rows / f"{part}.arrow") for part in ("train", "test")},
            "versions": {"numpy": "2.4.6", "scikit-learn": "1.9.1"},
            "status": "FINISHED",
            "rows": {"train": 36168, "test": len(true)},
        }
        write_json(folder / "run.json", record)
        self.catalogue["work"][f"{model}/{data}/{variant}"] = RunRecord(record).work
        write_json(
            folder / "context.json",
            {
                "started": "2026-11-20T10:00:00+00:00",
                "ended": "2026-11-20T10:00:02+00:00",
                "train_seconds": seconds,
                "train_mib": 12.5,
                "step_times": [],
                "tier": "standard",
                "commit": CONTEXT.commit,
                "dirty": False,
            },
        )
        if draw_figures:
            names = figure_names(entry["task"], entry["curves"])
            out = {name: folder / "figures" / f"{name}.svg" for name in names}
            draw(names, folder, out, entry["curves"])
        if cv:
            write_json(
                self.results / "cv" / model / data / f"{variant}.json",
                cross_validated(record, metrics, baseline, chosen=fold_choices, **folds),
            )
        return folder

    def failed(self, model: str, data: str, error: str, variant: str = "book") -> None:
        entry = self.catalogue["models"][model]
        record = {
            "model": model,
            "data": data,
            "variant": variant,
            "task": entry["task"],
            "estimator": entry["estimator"],
            "params": {},
            "preprocess": None,
            "search": None,
            "threshold": None,
            "fit_rows": None,
            "threads": 1,
            "seed": 42,
            "status": "FAILED",
            "error": error,
        }
        self.catalogue["work"][f"{model}/{data}/{variant}"] = RunRecord(record).work
        write_json(self.root / "logs" / "train" / model / data / f"{variant}.failed.json", record)

    def curves(self, model: str, data: str, metric: str, **shape: Any) -> None:
        """Write learning and validation curves with their figures."""
        entry = self.catalogue["models"][model]
        entry["diagnose"] = {"data": entry["data"]}
        folder = self.results / "diagnose" / model / data
        variant = next(iter(entry["variants"]))
        record = {"model": model, "data": data, "variant": variant, "metric": metric}
        record["work"] = self.catalogue["work"][f"{model}/{data}/{variant}"]
        write_json(folder / "curves.json", record | curves_of(metric, **shape))
        out = {name: folder / "figures" / f"{name}.svg" for name in CURVES}
        draw_curves(folder / "curves.json", out)

    def bias_variance(self) -> None:
        """Write errors taken apart, with their figure."""
        self.catalogue["bias_variance"] = {"data": "boston-housing"}
        folder = self.results / "bias-variance"
        write_json(folder / "decomposition.json", decomposition())
        draw_bias_variance(folder / "decomposition.json", folder / "figure.svg")

    def compare(self, data: str, metric: str) -> None:
        """Compare the runs of a data set that have been cross-validated."""
        folds = {
            f"{path.parent.parent.name}/{path.stem}": read_json(path)
            for path in sorted((self.results / "cv").glob(f"*/{data}/*.json"))
        }
        path = self.results / "comparisons.json"
        known = read_json(path) if path.exists() else {}
        found = compared(folds, metric)
        write_json(path, known | {data: {found["task"]: found}})

    def gauge(self, data: str) -> None:
        """Write the intervals of the test scores on a data set."""
        write_json(intervals_file(data, self.results), gauged(data, self.results))

    def rehearse(self, run: str, **settings: Any) -> None:
        """Write what a watch sees of made rows, under the data set of a run."""
        path = rehearsal_file(run.split("/")[1], self.results)
        write_json(path, rehearsed(run, **settings))

    def lab(
        self,
        name: str,
        title: str,
        results: list[dict[str, Any]] | None,
        section: str = "4.3.1",
        about: str = "",
        params: dict[str, Any] | None = None,
    ) -> None:
        told = {"title": title, "section": section}
        self.catalogue["labs"][name] = told | {"about": about, "ours": list(params or {})[:1]}
        if results is not None:
            record = {"lab": name, **told, "params": params or {}, "results": results}
            write_json(self.results / "labs" / name / "result.json", record)

    def worked(self, name: str) -> None:
        """Work a lab of the real catalogue, and draw it."""
        lab = REAL.labs[name]
        folder = self.results / "labs" / name
        record = run(name, lab.title, lab.section, lab.params)
        self.lab(name, lab.title, record["results"], lab.section, params=lab.params)
        write_json(folder / "result.json", record)
        draw_lab(name, folder / "result.json", folder / "figure.svg")

    def claim(self, name: str, *, demo: bool = True, **params: Any) -> dict[str, Any]:
        """Put a claim of the real catalogue to the test, smaller, and draw it."""
        given = REAL.model_copy(update={"tier": "demo" if demo else "standard"})
        entry = overview(given)["claims"][name]
        self.catalogue["claims"][name] = entry
        spec = claim_spec(given, name)
        record = run_claim(spec.model_copy(update={"params": spec.params | params}))
        folder = ClaimFolder(name, self.results)
        write_json(folder.result, record)
        draw_claim(name, folder.result, folder.figure)
        return record
