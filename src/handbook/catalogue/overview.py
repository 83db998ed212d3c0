"""What tables, tracking and report say of the catalogue: ``results/catalogue.json``."""

from __future__ import annotations

from typing import Any, TypedDict

from handbook.catalogue.params import Params
from handbook.catalogue.sections import Variant
from handbook.catalogue.specs import arguments, claim_spec, run_spec
from handbook.claims import registry as claims
from handbook.core.docstrings import first_paragraph, prose
from handbook.labs.registry import module_name

__all__ = ["Overview", "overview"]


class VariantOverview(TypedDict):
    """A variant of a model."""

    data: list[str]
    book: dict[str, dict[str, float]]  # the book's figures, by data set and metric
    book_lines: dict[str, dict[str, list[int]]]  # where its text prints them
    departs: list[dict[str, Any]]  # where it is not as the book has it
    folded: bool
    shortened: dict[str, list[Any]]  # parameters that the full tier sets otherwise: here, there


class ModelOverview(TypedDict):
    """A model."""

    title: str
    section: str
    task: str
    data: list[str]
    estimator: str
    trusted: list[str]
    curves: list[str]
    shows: list[str]
    diagnose: dict[str, list[str]] | None
    variants: dict[str, VariantOverview]
    errata: list[dict[str, Any]]


class LabOverview(TypedDict):
    """A worked example."""

    title: str
    section: str
    about: str
    ours: list[str]  # parameters that are not the book's


class ClaimOverview(TypedDict):
    """A claim of the book."""

    title: str
    section: str
    lines: list[int]
    claim: str
    about: str
    data: str | None
    seeds: int  # in this tier
    threads: int


class Overview(TypedDict):
    """The catalogue as it was when results were collected."""

    title: str | None  # of a project of no book
    seed: int
    tier: str
    work: dict[str, str]  # digest of what each run depends on, by its name
    data: dict[str, str]  # release of each data set
    left_out: dict[str, dict[str, Any]]  # why a data set is missing, and how many runs with it
    models: dict[str, ModelOverview]
    side_by_side: dict[str, str]
    bias_variance: dict[str, str] | None
    labs: dict[str, LabOverview]
    claims: dict[str, ClaimOverview]
    backtests: dict[str, str]  # title, by data set
    promote: dict[str, Any]  # when a model takes the place of another
    watch: dict[str, Any]  # what is an alarm


def overview(params: Params) -> Overview:
    """Return what tables, tracking and report say of the catalogue, as plain data."""
    return {
        "title": params.title,
        "seed": params.seed,
        "tier": params.tier,
        "work": {run.path: run_spec(params, run).work for run in params.runs()},
        "data": {name: params.release(name) for name in params.data},
        "left_out": {name: left.model_dump() for name, left in params.left_out.items()},
        "models": {
            name: {
                "title": model.title,
                "section": model.section,
                "task": model.task,
                "data": model.data,
                "estimator": model.estimator,
                "trusted": list(params.trusts(model)),
                "curves": model.curves,
                "shows": list(model.shows),
                "diagnose": {"data": params.first_in_demo(model.data)} if model.diagnose else None,
                "variants": {
                    key: {
                        "data": params.in_demo(model, variant),
                        "book": {
                            data: {metric: book.figure for metric, book in figures.items()}
                            for data, figures in variant.book.items()
                        },
                        "book_lines": {
                            data: {metric: book.lines for metric, book in figures.items()}
                            for data, figures in variant.book.items()
                        },
                        "departs": [departure.model_dump() for departure in variant.departs],
                        "folded": variant.crossval,
                        "shortened": _shortened(params, variant),
                    }
                    for key, variant in model.variants.items()
                },
                "errata": [defect.model_dump() for defect in model.errata],
            }
            for name, model in params.models.items()
        },
        "side_by_side": {name: section.model for name, section in params.side_by_side.items()},
        "bias_variance": {"data": params.bias_variance.data} if params.bias_variance else None,
        "labs": {
            name: {
                "title": lab.title,
                "section": lab.section,
                "about": first_paragraph(module_name(name), "compute"),
                "ours": lab.ours,
            }
            for name, lab in params.labs.items()
        },
        "claims": {
            name: {
                "title": claim.title,
                "section": claim.section,
                "lines": claim.lines,
                "claim": claim.claim,
                "about": prose(claims.module_name(name), "compute"),
                "data": claim.data,
                "seeds": len(claim_spec(params, name).seeds),
                "threads": params.threads(claim),
            }
            for name, claim in params.claims.items()
        },
        "backtests": {name: backtest.title for name, backtest in params.backtests.items()},
        "promote": params.promote.model_dump(),
        "watch": params.watch.model_dump(),
    }


def _shortened(params: Params, variant: Variant) -> dict[str, list[Any]]:
    """Return the parameters that the full tier sets to other values: here, and there."""
    here, full = arguments(variant, params.tier), arguments(variant, "full")
    return {
        name: [here.get(name), value] for name, value in full.items() if here.get(name) != value
    }
