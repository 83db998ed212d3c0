"""Specifications of jobs, made from the catalogue."""

from __future__ import annotations

from typing import Any

from handbook.catalogue.params import Params, Run
from handbook.catalogue.sections import Diagnose, Override, Preprocess, Tier, Variant
from handbook.claims.spec import ClaimSpec
from handbook.data import registry
from handbook.explain.spec import ExplainSpec
from handbook.monitoring.spec import RehearsalSpec
from handbook.training.spec import (
    CrossvalSpec,
    DecomposeSpec,
    DiagnoseSpec,
    JudgeSpec,
    RunSpec,
    Search,
    VariedModel,
)
from handbook.training.uncertainty import GaugeSpec, ReseedSpec

__all__ = [
    "arguments",
    "claim_spec",
    "crossval_spec",
    "decompose_spec",
    "diagnose_spec",
    "explain_spec",
    "gauge_spec",
    "judge_spec",
    "rehearsal_spec",
    "reseed_spec",
    "run_spec",
]

# Upper limits in the demo tier.
_DEMO_DRAWS, _DEMO_SPLITS, _DEMO_FOLDS, _DEMO_ROWS = 2, 2, 2, 500
_DEMO_VALUES, _DEMO_ROUNDS, _DEMO_SHUFFLES = 5, 5, 2
# Resamples of a bootstrap.
_DRAWS, _DEMO_DRAWN = 1_000, 200
# Orders in which held-out rows are watched, and windows of each made drift.
_REPEATS, _DEMO_REPEATS, _WINDOWS, _DEMO_WINDOWS = 10, 2, 20, 5
# Shuffles per column, for permutation importances.
_SHUFFLES = 10


def run_spec(params: Params, run: Run) -> RunSpec:
    """Return all that the training of a run depends on in the catalogue."""
    model = params.models[run.model]
    variant = model.variants[run.variant]
    table = registry.module(run.data).KIND == "table"
    return RunSpec(
        model=run.model,
        data=run.data,
        variant=run.variant,
        task=model.task,
        estimator=params.estimator(run),
        trusted=params.trusts(model),
        params=arguments(variant, params.tier),
        preprocess=_preprocess(variant, run.data) if table else None,
        search=_search(params, variant),
        threshold=variant.threshold,
        fit_rows=_fit_rows(params, variant, table),
        threads=params.threads(model),
        seed=params.seed,
    )


def crossval_spec(params: Params, run: Run) -> CrossvalSpec:
    """Return all that the cross-validation of a run depends on in the catalogue."""
    model = params.models[run.model]
    once = params.tier == "demo" or model.variants[run.variant].search is not None
    return CrossvalSpec(
        run=run_spec(params, run),
        folds=_folds(params, run.data),
        level=params.crossval.level,
        repeats=1 if once else params.crossval.repeats,
        small=params.crossval.small,
        leave_one_out=not once and run.data in model.leave_one_out,
    )


def explain_spec(params: Params, run: Run) -> ExplainSpec:
    """Return all that the explanation of a fitted run depends on in the catalogue."""
    return ExplainSpec(
        run=run_spec(params, run),
        shows=params.models[run.model].shows,
        shuffles=_DEMO_SHUFFLES if params.tier == "demo" else _SHUFFLES,
    )


def diagnose_spec(params: Params, model: str, data: str) -> DiagnoseSpec:
    """Return the same for the curves of a model's first variant."""
    diagnose = params.models[model].diagnose
    assert diagnose is not None
    return DiagnoseSpec(
        run=run_spec(params, params.first(model, data)),
        folds=_folds(params, data),
        parameter=diagnose.parameter,
        values=_values(params, diagnose),
        rows=diagnose.rows,
    )


def decompose_spec(params: Params) -> DecomposeSpec:
    """Return the same for the decomposition of errors into bias and variance."""
    section = params.bias_variance
    assert section is not None
    demo = params.tier == "demo"
    return DecomposeSpec(
        data=section.data,
        rounds=min(section.rounds, _DEMO_ROUNDS) if demo else section.rounds,
        seed=params.seed,
        models={
            name: VariedModel(
                title=params.models[name].title,
                parameter=str(varied.parameter),
                values=_values(params, varied),
                run=run_spec(params, params.first(name, section.data)),
            )
            for name, varied in section.models.items()
        },
    )


def gauge_spec(params: Params, data: str) -> GaugeSpec:
    """Return the same for the intervals of the test scores on a data set."""
    return GaugeSpec(
        data=data,
        level=params.crossval.level,
        draws=_DEMO_DRAWN if params.tier == "demo" else _DRAWS,
        seed=params.seed,
        runs={run.path: params.models[run.model].task for run in params.runs_on(data)},
    )


def rehearsal_spec(params: Params, data: str) -> RehearsalSpec:
    """Return the same for a watch rehearsed on the held-out rows of a data set."""
    demo = params.tier == "demo"
    own = params.watch.ignore
    return RehearsalSpec(
        data=data,
        rule=params.watch.model_copy(update={"ignore": {data: own[data]} if data in own else {}}),
        seed=params.seed,
        repeats=_DEMO_REPEATS if demo else _REPEATS,
        windows=_DEMO_WINDOWS if demo else _WINDOWS,
        runs=[run.path for run in params.runs_on(data)],
    )


def reseed_spec(params: Params, model: str) -> ReseedSpec:
    """Return the same for the trainings of a model's first variant from several seeds."""
    seeds = params.models[model].seeds
    assert seeds is not None
    run = run_spec(params, params.first(model))
    override = seeds.tiers.get(params.tier, Override())
    here = run.params | seeds.params | override.params
    return ReseedSpec(
        run=run.model_copy(update={"params": here}),
        seeds=[params.seed + step for step in range(1, seeds.number + 1)],
        work=run.work,
        shortened={
            name: [value, run.params.get(name)]
            for name, value in here.items()
            if run.params.get(name) != value
        },
    )


def judge_spec(params: Params, data: str) -> JudgeSpec:
    """Return the same for the judge of a data set."""
    judge = params.judges[data]
    override = judge.tiers.get(params.tier, Override())
    return JudgeSpec(
        data=data,
        estimator=judge.estimator,
        trusted=params.trusts(),
        params=judge.params | override.params,
        labels=judge.labels,
        threads=params.threads(judge),
        seed=params.seed,
    )


def claim_spec(params: Params, name: str) -> ClaimSpec:
    """Return the same for the experiment on a claim; its seeds follow the catalogue's."""
    claim, demo = params.claims[name], params.tier == "demo"
    seeds = claim.demo.seeds if demo else claim.seeds
    return ClaimSpec(
        claim=name,
        title=claim.title,
        section=claim.section,
        data=claim.data,
        params=claim.params | (claim.demo.params if demo else {}),
        seeds=[params.seed + number for number in range(seeds)],
        least=claim.least,
        level=params.crossval.level,
        demo=demo,
    )


def arguments(variant: Variant, tier: Tier) -> dict[str, Any]:
    """Return the constructor arguments of a variant in a tier."""
    return variant.params | variant.tiers.get(tier, Override()).params


def _preprocess(variant: Variant, data: str) -> Preprocess:
    """Return a variant's recipe; of the columns that it names, those of one data set."""
    recipe = variant.preprocess or Preprocess()
    own = {name: columns for name, columns in recipe.columns.items() if name == data}
    return recipe.model_copy(update={"columns": own})


def _search(params: Params, variant: Variant) -> Search | None:
    search = variant.search
    if search is None or params.tier != "demo":
        return search
    fewer = {
        "draws": min(search.draws or _DEMO_DRAWS, _DEMO_DRAWS),
        "splits": min(search.splits, _DEMO_SPLITS),
    }
    return search.model_copy(update=fewer)


def _fit_rows(params: Params, variant: Variant, table: bool) -> int | None:
    if params.tier == "demo" and table:
        return min(variant.fit_rows or _DEMO_ROWS, _DEMO_ROWS)
    return variant.fit_rows


def _folds(params: Params, data: str) -> int:
    folds = params.data[data].folds or params.crossval.folds
    return min(folds, _DEMO_FOLDS) if params.tier == "demo" else folds


def _values(params: Params, diagnose: Diagnose) -> list[Any]:
    """Return the values of a parameter; in a demo the last, which few rows allow."""
    return diagnose.values[-_DEMO_VALUES:] if params.tier == "demo" else diagnose.values
