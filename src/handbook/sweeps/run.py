"""Run a sweep through the workflow: read and check a request, call Snakemake, report the best."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handbook.catalogue import reading, sweep_checks
from handbook.catalogue.names import LONGEST
from handbook.catalogue.params import Params
from handbook.catalogue.sweep_spec import SweepSpec, sweep_spec
from handbook.core.errors import HandbookError, nearest
from handbook.core.files import digest, read_json, write_text
from handbook.core.folders import SweepFolder
from handbook.core.processes import call
from handbook.sweeps import plan
from handbook.sweeps.command_line import read_set
from handbook.tasks.figures import SWEEP_FIGURES

__all__ = ["Request", "outcome", "request", "run"]


@dataclass(frozen=True)
class Request:
    """A sweep that is to run.

    Parameters
    ----------
    spec : SweepSpec
    declaration : Path or None
        File that declares a sweep of the command line; None for a sweep of `params.yaml`.
    lowered : str
        What the catalogue's tier has lowered of what was asked for; empty where nothing.
    """

    spec: SweepSpec
    declaration: Path | None = None
    lowered: str = ""

    @property
    def name(self) -> str:
        """Name of the sweep."""
        return self.spec.sweep

    @property
    def plan(self) -> str:
        """How many trials and jobs there are, in words."""
        spec, jobs = self.spec, plan.jobs(self.spec)
        rounds = jobs[-1].round + 1
        after = f" in {rounds} rounds" if rounds > 1 else ""
        return (
            f"{self.name}: {plan.total(spec):,} trials of {spec.model} on {spec.data} "
            f"({spec.strategy}), {len(jobs):,} jobs{after}{self.lowered and '; '}{self.lowered}"
        )


def request(params: Params, name: str, given: Mapping[str, Any], sets: Sequence[str]) -> Request:
    """Return what a command line asks for, checked.

    Parameters
    ----------
    params : Params
        The catalogue.
    name : str
        A declared sweep; beside `sets`, a model.
    given : mapping
        Keys of a sweep, and ``name``, that the command line gives.
    sets : sequence of str
        See :func:`handbook.sweeps.command_line.read_set`.

    Raises
    ------
    HandbookError
        Lists what is wrong with it.
    """
    if not sets:
        if given:
            raise HandbookError(
                f"handbook sweep {name}: {', '.join(given)} can only be given beside --set; a "
                "declared sweep says all in params.yaml"
            )
        if name not in params.sweeps:
            models = "give --set to sweep the model" if name in params.models else ""
            hint = nearest(name, params.sweeps) if params.sweeps else "none is declared"
            raise HandbookError(f"{name!r}: no sweep of that name in params.yaml; {models or hint}")
        return _request(params, name)
    if name not in params.models:
        raise HandbookError(f"{name!r}: no such model; {nearest(name, params.models)}")
    declared = _declared(params, name, dict(given), sets)
    short = name[: LONGEST - 9].rstrip("-")
    own = declared.pop("name", None) or f"{short}-{digest(declared)[:8]}"
    if own in params.sweeps:
        raise HandbookError(
            f"--name {own}: params.yaml declares a sweep of that name; choose another"
        )
    extended = params.model_dump(exclude_unset=True)
    extended["sweeps"] = extended.get("sweeps", {}) | {own: declared}
    try:
        params = reading.load(extended)
        reading.complain([*sweep_checks.estimator_faults(params, [own])])
    except HandbookError as error:
        # What is wrong stands on the command line, not in params.yaml.
        faults = [line.replace(f"sweeps.{own}.", "") for line in str(error).splitlines()[1:]]
        raise HandbookError("\n".join(["handbook sweep: nothing ran", *faults])) from None
    path = Path("build") / "sweeps" / f"{own}.json"
    write_text(path, json.dumps({"sweeps": {own: declared}}, indent=2) + "\n")
    return _request(params, own, path)


def _request(params: Params, name: str, declaration: Path | None = None) -> Request:
    spec, sweep = sweep_spec(params, name), params.sweeps[name]
    given = {"folds": sweep.score.folds, "rows": sweep.rows, "budget": sweep.budget}
    lowered = [
        f"{key} {value:,} -> {used:,}"
        for key, value in given.items()
        if value is not None and (used := getattr(spec, key)) is not None and used != value
    ]
    words = f"{', '.join(lowered)} by tier {params.tier}" if lowered else ""
    return Request(spec, declaration, words)


def _declared(
    params: Params, model: str, given: dict[str, Any], sets: Sequence[str]
) -> dict[str, Any]:
    """Return the sweep as `params.yaml` would declare it."""
    from handbook.training.classes import load_class

    entry = params.models[model]
    variant = given.get("variant") or next(iter(entry.variants))
    if variant not in entry.variants:
        raise HandbookError(f"--variant {variant}: {nearest(variant, entry.variants)}")
    path = entry.variants[variant].estimator or entry.estimator
    estimator_class = load_class(path, params.trusts(entry))
    parameters = list(inspect.signature(estimator_class).parameters)
    with suppress(TypeError):  # of one that needs arguments; XGBoost's signature has but two
        parameters += estimator_class().get_params(deep=False)
    space = read_set(sets, list(dict.fromkeys(parameters)))
    return {"model": model, "space": space, **given}


def run(sweep: Request, arguments: Sequence[str]) -> int:
    """Run a sweep and nothing else, and return the exit status of Snakemake.

    Parameters
    ----------
    sweep : Request
    arguments : sequence of str
        With which Snakemake is called, its profile among them.
    """
    declaration = ["--configfile", str(sweep.declaration.resolve())] if sweep.declaration else []
    folder = SweepFolder(sweep.name)
    command = [
        *(sys.executable, "-m", "snakemake", *arguments, *declaration),
        *("--", *map(str, [folder.page, folder.tracked, *_kept(sweep.spec, folder)])),
    ]
    return call(command)


def _kept(spec: SweepSpec, folder: SweepFolder) -> list[Path]:
    """Return what a sweep leaves beside its page, so that what is lost of it is made again."""
    figures = [folder.figure(name) for name in SWEEP_FIGURES]
    tables = [folder.table, folder.times, folder.best, folder.record]
    return [*plan.outputs(spec, folder), *tables, *figures]


def outcome(sweep: Request, folder: Path) -> str:
    """Return the best setting of a sweep that has run in a folder, in words.

    Raises
    ------
    HandbookError
        No trial finished.
    """
    files = SweepFolder(sweep.name, folder / "results")
    best = read_json(files.best, made_by=f"handbook sweep {sweep.name}")
    if best["setting"] is None:
        raise HandbookError(
            f"{sweep.name}: all {best['trials']} trials failed; the first: {best['error']}"
        )
    setting = ", ".join(f"{key} {value}" for key, value in best["setting"].items())
    counts = ", ".join(f"{best[s]} {s}" for s in ("finished", "pruned", "failed") if best[s])
    return (
        f"best of {best['trials']} trials ({counts}): {setting}: "
        f"{best['metric']} {best['score']:.4f}\n{files.page.resolve().as_uri()}"
    )
