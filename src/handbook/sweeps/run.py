"""From a request to a run of the workflow: what to try, whether it can be, what came of it."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handbook.catalogue import reading, sweep_checks
from handbook.catalogue.params import Params
from handbook.catalogue.sweeps import sweep_spec
from handbook.core.errors import HandbookError, nearest
from handbook.core.files import digest, read_json, write_text
from handbook.sweeps import plan
from handbook.sweeps.command_line import read_set

__all__ = ["Request", "asked", "command", "outcome", "run", "targets"]


@dataclass(frozen=True)
class Request:
    """A sweep that is to run.

    Parameters
    ----------
    name : str
    spec : mapping
        What its jobs are told.
    written : Path or None
        Where it is declared beside the catalogue; None for one of `params.yaml`.
    """

    name: str
    spec: Mapping[str, Any]
    written: Path | None = None

    @property
    def plan(self) -> str:
        """Say how much it is."""
        spec, jobs = self.spec, plan.jobs(self.spec)
        rounds = jobs[-1].round + 1
        after = f" in {rounds} rounds" if rounds > 1 else ""
        return (
            f"{self.name}: {plan.total(spec):,} trials of {spec['model']} on {spec['data']} "
            f"({spec['strategy']}), {len(jobs):,} jobs{after}"
        )


def asked(
    catalogue: Mapping[str, Any], name: str, given: Mapping[str, Any], sets: Sequence[str]
) -> Request:
    """Return what a command line asks for, checked.

    Parameters
    ----------
    catalogue : mapping
        Content of `params.yaml`.
    name : str
        A declared sweep; beside `sets`, a model.
    given : mapping
        Keys of a sweep that were given on the command line, and ``name``, where one was given.
    sets : sequence of str
        See :func:`handbook.sweeps.command_line.read_set`.

    Raises
    ------
    HandbookError
        Lists what is wrong with it.
    """
    params = reading.load(catalogue)
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
        return Request(name, sweep_spec(params, name))
    if name not in params.models:
        raise HandbookError(f"{name!r}: no such model; {nearest(name, params.models)}")
    declared = _declared(params, name, dict(given), sets)
    own = declared.pop("name", None) or f"{name}-{digest(declared)[:8]}"
    if own in params.sweeps:
        raise HandbookError(
            f"--name {own}: params.yaml declares a sweep of that name; choose another"
        )
    whole = {**catalogue, "sweeps": {**(catalogue.get("sweeps") or {}), own: declared}}
    try:
        extended = reading.load(whole)
        reading.complain([*sweep_checks.estimator_faults(extended, [own])])
    except HandbookError as error:
        raise HandbookError(_retold(str(error), own)) from None
    path = Path("build") / "sweeps" / f"{own}.json"
    write_text(path, json.dumps({"sweeps": {own: declared}}, indent=2) + "\n")
    return Request(own, sweep_spec(extended, own), path)


def _declared(
    params: Params, model: str, given: dict[str, Any], sets: Sequence[str]
) -> dict[str, Any]:
    """Return the sweep as `params.yaml` would declare it."""
    from handbook.training.build import load_class

    entry = params.models[model]
    variant = given.get("variant") or next(iter(entry.variants))
    if variant not in entry.variants:
        raise HandbookError(f"--variant {variant}: {nearest(variant, entry.variants)}")
    path = entry.variants[variant].estimator or entry.estimator
    known = [name for name in inspect.signature(load_class(path)).parameters if name != "self"]
    return {"model": model, "space": read_set(sets, known), **given}


def _retold(message: str, name: str) -> str:
    """Say of the command line what was said of the catalogue."""
    lines = [line.replace(f"sweeps.{name}.", "").strip() for line in message.splitlines()[1:]]
    return "handbook sweep: nothing ran\n" + "\n".join(f"  {line}" for line in lines)


def targets(name: str) -> list[str]:
    """Return the files that a sweep is to leave."""
    return [f"results/sweeps/{name}/{file}" for file in ("index.html", "tracked.json")]


def command(request: Request, profile: Path, more: Sequence[str] = ()) -> list[str]:
    """Return the call of Snakemake that runs a sweep and nothing else."""
    written = ["--configfile", str(request.written.resolve())] if request.written else []
    return [
        *(sys.executable, "-m", "snakemake", "--workflow-profile", str(profile)),
        *(*written, *more, "--", *targets(request.name)),
    ]


def run(request: Request, profile: Path, more: Sequence[str] = ()) -> int:
    """Run a sweep and return Snakemake's exit status."""
    return subprocess.run(command(request, profile, more), check=False).returncode


def outcome(request: Request, profile: Path) -> str:
    """Say what came of a sweep.

    Raises
    ------
    HandbookError
        No trial finished.
    """
    folder = _folder(profile) / "results" / "sweeps" / request.name
    best = read_json(folder / "best.json", made_by=f"handbook sweep {request.name}")
    if best["setting"] is None:
        raise HandbookError(
            f"{request.name}: all {best['trials']} trials failed; the first: {best['error']}"
        )
    setting = ", ".join(f"{key} {value}" for key, value in best["setting"].items())
    counts = ", ".join(f"{best[s]} {s}" for s in ("finished", "pruned", "failed") if best[s])
    page = (folder / "index.html").resolve().as_uri()
    return (
        f"best of {best['trials']} trials ({counts}): {setting}: "
        f"{best['metric']} {best['score']:.4f}\n{page}"
    )


def _folder(profile: Path) -> Path:
    """Return where a profile of Snakemake lets the workflow run."""
    said = yaml.safe_load((profile / "config.yaml").read_text(encoding="utf-8")) or {}
    return Path(said.get("directory", "."))
