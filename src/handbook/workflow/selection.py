"""A part of the catalogue, chosen by names: models, data sets, runs, labs and claims."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from handbook.catalogue.params import Params, Run
from handbook.catalogue.sections import Model
from handbook.core.errors import HandbookError, nearest

__all__ = ["VARIABLE", "Selection", "data_alone", "select", "selected"]

#: Environment variable: the names of the part that a run of the workflow makes; all without it.
VARIABLE = "HANDBOOK_PART"


class Selection(NamedTuple):
    """A catalogue and a part of it.

    Parameters
    ----------
    whole : Params
        Of a demo, with the data sets that were named beside those that it has by itself.
    part : Params
        The chosen runs, labs and claims alone. What is made of several runs at once, as a figure
        of histories side by side, is in it where all of them are.
    names : tuple of str
        By which the part was chosen; none where it is the whole.
    """

    whole: Params
    part: Params
    names: tuple[str, ...] = ()


def selected(params: Params) -> Selection:
    """Choose the part of a catalogue that the environment asks for."""
    names = os.environ.get(VARIABLE, "").split()
    return select(params, names) if names else Selection(params, params)


def select(params: Params, names: Sequence[str]) -> Selection:
    """Choose a part of a catalogue.

    Parameters
    ----------
    params : Params
        Stays as it is.
    names : sequence of str
        Each is a model, a data set, a lab or a claim, or a run as ``model/data/variant``; shell
        patterns such as ``ridge/*/book`` or ``*-regressor`` choose several, ``model/data`` every
        variant.

    Raises
    ------
    HandbookError
        A name chooses nothing; the message holds the nearest one that does.
    """
    runs: set[Run] = set()
    labs: set[str] = set()
    claims: set[str] = set()
    for name in names:
        chosen = _runs(params, name), _matching(params.labs, name), _matching(params.claims, name)
        if not any(chosen):
            raise HandbookError(_unknown(params, name))
        runs.update(chosen[0])
        labs.update(chosen[1])
        claims.update(chosen[2])
    whole = _with(params, runs)
    return Selection(whole, _cut(whole, runs, labs, claims), tuple(names))


def data_alone(params: Params, names: Collection[str]) -> Params:
    """Return some data sets of a catalogue, and nothing that is made of them."""
    data = {name: entry for name, entry in params.data.items() if name in names}
    return _cut(params, (), (), ()).model_copy(update={"data": data})


def _matching(names: Iterable[str], pattern: str) -> list[str]:
    return [name for name in names if fnmatchcase(name, pattern)]


def _runs(params: Params, name: str) -> list[Run]:
    """Return the runs of a name: those of a rebuild, else any that the catalogue can ask for.

    A demo has each variant on few data sets; who names another one wants it all the same.
    """
    parts = name.split("/")
    patterns = [[name, "*", "*"], ["*", name, "*"]] if len(parts) == 1 else [parts]
    for runs in (params.runs(), params.combinations()):
        chosen = [run for run in runs if any(_matches(run, pattern) for pattern in patterns)]
        if chosen:
            return chosen
    return []


def _matches(run: Run, pattern: Sequence[str]) -> bool:
    """Tell whether the names of a run match as many patterns.

    Examples
    --------
    >>> _matches(Run("ridge", "diabetes", "book"), ["ridge", "*"])
    True
    """
    return len(pattern) <= len(run) and all(
        fnmatchcase(part, wanted) for part, wanted in zip(run, pattern, strict=False)
    )


def _unknown(params: Params, name: str) -> str:
    if name in params.sweeps:
        return f"{name!r} is a sweep: `handbook sweep {name}` runs it"
    if name in params.left_out:
        return f"{name!r} is left out: {params.left_out[name].why}"
    if name in params.data:
        return f"no model is on the data set {name!r}: add it to the `data` of one in params.yaml"
    valid = [run.path for run in params.combinations()]
    if "/" not in name:
        valid = [*params.models, *params.data, *params.labs, *params.claims]
    kinds = "model, data set, run, lab or claim"
    return f"{name!r}: no {kinds} of that name in params.yaml; {nearest(name, valid)}"


def _with(params: Params, runs: Collection[Run]) -> Params:
    """Return a catalogue whose rebuild makes some runs, which a demo might not."""
    more = set(runs) - set(params.runs())
    models = {
        name: model.model_copy(
            update={
                "also_in_demo": [
                    data for data in model.data if _is_in_demo(name, data, more, model)
                ]
            }
        )
        for name, model in params.models.items()
    }
    return params.model_copy(update={"models": models}) if more else params


def _is_in_demo(name: str, data: str, more: Collection[Run], model: Model) -> bool:
    added = any(run.model == name and run.data == data for run in more)
    return added or data in model.also_in_demo


def _cut(
    whole: Params, runs: Collection[Run], labs: Collection[str], claims: Collection[str]
) -> Params:
    models = {name: part for name in whole.models if (part := _with_runs(whole, name, runs))}
    kept_labs = {name: lab for name, lab in whole.labs.items() if name in labs}
    kept_claims = {name: claim for name, claim in whole.claims.items() if name in claims}
    data = {run.data for run in runs}
    data |= {lab.data for lab in kept_labs.values() if lab.data}
    data |= {claim.data for claim in kept_claims.values() if claim.data}
    judged = {whole.judge_of(run) for run in runs}
    apart = whole.bias_variance
    if apart and any(whole.first(name, apart.data) not in runs for name in apart.models):
        apart = None
    return whole.model_copy(
        update={
            "data": {name: entry for name, entry in whole.data.items() if name in data},
            "models": models,
            "judges": {name: judge for name, judge in whole.judges.items() if name in judged},
            "side_by_side": {
                name: section
                for name, section in whole.side_by_side.items()
                if set(whole.runs_beside(name)) <= set(runs)
            },
            "bias_variance": apart,
            "backtests": {
                name: section
                for name, section in whole.backtests.items()
                if {Run(model, name, own.variant) for model, own in section.models.items()}
                <= set(runs)
            },
            "labs": kept_labs,
            "claims": kept_claims,
            "sweeps": {},
            "left_out": {},
        }
    )


def _with_runs(whole: Params, name: str, runs: Collection[Run]) -> Model | None:
    """Return a model with some of its runs alone; None without any."""
    model = whole.models[name]
    variants = {}
    for key, variant in model.variants.items():
        on = [data for data in variant.data or model.data if Run(name, data, key) in runs]
        if on:
            variants[key] = variant.model_copy(update={"data": on})
    used = {data for variant in variants.values() for data in variant.data}
    if not used:
        return None
    data = [data for data in model.data if data in used]
    firsts = [whole.first(name, on) for on in data]
    return model.model_copy(
        update={
            "data": data,
            "variants": variants,
            "also_in_demo": data,
            "seeds": model.seeds if whole.first(name) in runs else None,
            "diagnose": model.diagnose if any(first in runs for first in firsts) else None,
            "errata": [row for row in model.errata if Run(name, *row.run.split("/")) in runs],
            "leave_one_out": [on for on in model.leave_one_out if on in used],
        }
    )
