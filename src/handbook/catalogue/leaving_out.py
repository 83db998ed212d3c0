"""Leave data sets out of a catalogue, with all that stands on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from handbook.catalogue.params import Params
from handbook.catalogue.sections import Departure, LeftOut, Model

__all__ = ["leave_out"]


def leave_out(params: Params, reasons: Mapping[str, str]) -> Params:
    """Return a catalogue without some data sets, and without what cannot be made without them.

    Parameters
    ----------
    params : Params
        Stays as it is.
    reasons : mapping of str to str
        Why, by data set; those that the catalogue leaves out by itself are added.

    Returns
    -------
    Params
        Its `left_out` says why each data set is missing, and how many runs with it.
    """
    gone = {name: left.why for name, left in params.left_out.items()} | dict(reasons)
    gone = {name: why for name, why in gone.items() if name in params.data}
    if not gone:
        return params
    runs = Counter(run.data for run in params.runs())
    models = {name: kept for name, model in params.models.items() if (kept := _kept(model, gone))}
    beside = {
        name: section
        for name, section in params.side_by_side.items()
        if section.data not in gone and section.model in models
    }
    return params.model_copy(
        update={
            "data": {name: data for name, data in params.data.items() if name not in gone},
            "models": models,
            "judges": {name: judge for name, judge in params.judges.items() if name not in gone},
            "side_by_side": beside,
            "bias_variance": _decomposed(params, gone, models),
            "backtests": {
                name: section
                for name, section in params.backtests.items()
                if name not in gone
                and all(
                    own in models and of.variant in models[own].variants
                    for own, of in section.models.items()
                )
            },
            "labs": {name: lab for name, lab in params.labs.items() if lab.data not in gone},
            "claims": {
                name: claim for name, claim in params.claims.items() if claim.data not in gone
            },
            "sweeps": {
                name: sweep
                for name, sweep in params.sweeps.items()
                if (sweep.data or params.models[sweep.model].data[0]) not in gone
                and sweep.model in models
                and (sweep.variant is None or sweep.variant in models[sweep.model].variants)
            },
            "left_out": {name: LeftOut(why=why, runs=runs[name]) for name, why in gone.items()},
        }
    )


def _kept(model: Model, gone: Mapping[str, str]) -> Model | None:
    """Return a model without some data sets; None where nothing of it is left."""
    data = [name for name in model.data if name not in gone]
    variants = {}
    for name, variant in model.variants.items():
        left = [data for data in variant.data if data not in gone]
        if left or not variant.data:
            book = {data: printed for data, printed in variant.book.items() if data not in gone}
            departs = [kept for of in variant.departs if (kept := _still_true(of, gone))]
            recipe = variant.preprocess
            if recipe is not None:
                columns = {data: kept for data, kept in recipe.columns.items() if data not in gone}
                recipe = recipe.model_copy(update={"columns": columns})
            variants[name] = variant.model_copy(
                update={"data": left, "book": book, "departs": departs, "preprocess": recipe}
            )
    if not data or not variants:
        return None
    errata = []
    for defect in model.errata:
        on, _, variant_name = defect.run.partition("/")
        if on not in gone and variant_name in variants:
            errata.append(defect)
    alone = [name for name in model.leave_one_out if name not in gone]
    update = {"data": data, "variants": variants, "errata": errata, "leave_one_out": alone}
    return model.model_copy(update=update)


def _still_true(departure: Departure, gone: Mapping[str, str]) -> Departure | None:
    """Return a departure without some data sets; None where it was of those alone."""
    left = [name for name in departure.data if name not in gone]
    return departure.model_copy(update={"data": left}) if left or not departure.data else None


def _decomposed(params: Params, gone: Mapping[str, str], models: Mapping[str, Model]) -> object:
    """Return what is left of the section on bias and variance."""
    section = params.bias_variance
    if section is None or section.data in gone:
        return None
    left = {name: diagnose for name, diagnose in section.models.items() if name in models}
    return section.model_copy(update={"models": left}) if left else None
