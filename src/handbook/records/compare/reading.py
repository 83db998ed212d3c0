"""Reads the runs of a state of the project: of the working tree, or of a commit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import yaml

from handbook.catalogue import reading
from handbook.catalogue.params import Params
from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.records.compare.told import Told, from_record, settings
from handbook.records.git import Git
from handbook.workflow import provenance

__all__ = ["declared", "pulled", "workspace"]

_MODELS, _FOLDS = "results/models", "results/cv"
_FILES = ("run.json", "metrics.json", "context.json")


class _Files(Protocol):
    """A tree of files, on disk or in a commit."""

    def paths(self, folder: str) -> Iterable[str]: ...

    def json(self, path: str) -> Any: ...


class _Disk:
    """Files of the working tree."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def paths(self, folder: str) -> Iterable[str]:
        for path in sorted((self.root / folder).rglob("*.json")):
            yield path.relative_to(self.root).as_posix()

    def json(self, path: str) -> Any:
        return read_json(self.root / path, made_by="make rebuild")


def workspace(root: Path) -> dict[str, Told]:
    """Return the finished runs below ``results`` of a folder, by name."""
    return _read(_Disk(root))


def pulled(root: Path, commit: str) -> dict[str, Told]:
    """Return the runs whose records DVC has of a commit; none where it has not their files."""
    from handbook.records.pulled import ABSENT, Pulled  # DVC takes a second to import

    try:
        return _read(Pulled(root, commit))
    except ABSENT:
        return {}


def _read(files: _Files) -> dict[str, Told]:
    there = set(files.paths(_MODELS))
    folded = set(files.paths(_FOLDS))
    found = {}
    for path in sorted(there):
        folder, _, name = path.rpartition("/")
        needed = [f"{folder}/{one}" for one in _FILES]
        if name != _FILES[0] or not there.issuperset(needed):
            continue
        run, scores, context = map(files.json, needed)
        folds = f"{_FOLDS}{folder.removeprefix(_MODELS)}.json"
        told = from_record(run, scores, files.json(folds) if folds in folded else None, context)
        found[told.name] = told
    return found


def declared(git: Git, commit: str) -> dict[str, Told]:
    """Return what git alone tells of the runs of a commit.

    Their metrics on the test rows, and what the commit's files ask for: settings where its
    catalogue can still be read, digests of the modules that a training of today imports, and
    the pinned versions. Neither folds nor digests of rows.
    """
    metrics = _json(git.read(commit, "results/metrics.json")) or {}
    catalogue = _catalogue(git.read(commit, "params.yaml"))
    names = {
        f"{model}/{data}/{variant}": scores
        for model, sets in metrics.items()
        if isinstance(sets, dict)  # beside the models stands a mark of generated data
        for data, variants in sets.items()
        for variant, scores in variants.items()
    }
    asked = {} if catalogue is None else {run.path: run for run in catalogue.runs()}
    sources = _digests(git.files(commit, "src/handbook"))
    pins = dict(
        line.split("==", 1)
        for line in (git.read(commit, "requirements.lock") or b"").decode().splitlines()
        if "==" in line
    )
    found = {}
    for name, scores in names.items():
        known: dict[str, Any] = {"metrics": scores}
        if catalogue is not None and name in asked:
            spec = json.loads(catalogue.train_spec(asked[name]))
            known |= {"settings": settings(spec), **_code(spec, sources, pins)}
        task = known.pop("task", "")
        sample = "sample" if metrics.get("data") == "sample" else None
        found[name] = Told(name, task, data_variant=sample, **known)
    return found


def _code(
    spec: Mapping[str, Any], sources: Mapping[str, str], pins: Mapping[str, str]
) -> dict[str, Any]:
    """Return the task, and the code and versions that a commit has for a run."""
    begin = provenance.modules("training.train", spec["task"], spec["estimator"])
    try:
        closure, versions = provenance.closure(begin), provenance.versions(*begin)
    except HandbookError:  # an estimator that is no more
        return {"task": spec["task"]}
    return {
        "task": spec["task"],
        "code": {module: sources[module] for module in closure if module in sources},
        "versions": {name: pins[name] for name in versions if name in pins},
    }


def _catalogue(source: bytes | None) -> Params | None:
    """Read the catalogue of a commit; None where today's rules do not understand it."""
    try:
        return reading.load(yaml.safe_load(source or b"") or {})
    except (HandbookError, yaml.YAMLError, TypeError):
        return None


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    found = {}
    for path, source in files.items():
        if path.endswith(".py"):
            module = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__")
            found[module.replace("/", ".")] = provenance.code_digest(source)
    return found


def _json(source: bytes | None) -> Any:
    return None if source is None else json.loads(source)
