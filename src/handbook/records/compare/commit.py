"""What git alone knows of the runs of a commit, where their records are not at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

import yaml

from handbook.catalogue import file, reading
from handbook.catalogue.params import EMPTY, Params
from handbook.catalogue.specs import run_spec
from handbook.core.errors import HandbookError
from handbook.records.git import Git
from handbook.records.run import RunFile, RunRecord
from handbook.workflow import provenance

__all__ = ["declared_runs"]


_PIN = re.compile(r"^([\w.-]+)(?:\[.*\])?==([^\s;]+)", re.MULTILINE)
_SECTIONS: dict[str, Any] = {"tier": "standard", "data_source": "real", "crossval": {}, **EMPTY}


def declared_runs(git: Git, commit: str) -> dict[str, RunRecord]:
    """Return the runs of a commit with their metrics, and with what its files ask for.

    That is: settings where its catalogue can still be read, digests of the modules that a training
    of today imports, and the pinned versions. There are neither folds nor digests of rows.
    """
    metrics = json.loads(git.read(commit, "results/metrics.json") or b"{}")
    catalogue = _catalogue(git.read(commit, "params.yaml"), git.read(commit, file.OVERRIDES))
    runs = {} if catalogue is None else {run.path: run for run in catalogue.runs()}
    sources = _digests(git.files(commit, "src/handbook"))
    lock = (git.read(commit, "requirements.lock") or b"").decode()
    pins = {_normal(name): version for name, version in _PIN.findall(lock)}
    records = {}
    for model, sets in metrics.items():
        if not isinstance(sets, dict):  # beside the models stands a mark of generated data
            continue
        for data, variants in sets.items():
            for variant, scores in variants.items():
                run: dict[str, Any] = {"model": model, "data": data, "variant": variant}
                name = "/".join(run.values())
                if catalogue is not None and name in runs:
                    run |= run_spec(catalogue, runs[name]).settings()
                    run |= _code(run["task"], run["estimator"], sources, pins)
                if metrics.get("data") == "sample":
                    run["data_variant"] = "sample"
                records[name] = RunRecord(cast(RunFile, run), scores={"metrics": scores})
    return records


def _code(
    task: str, estimator: str, sources: Mapping[str, str], pins: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return the digests of code and the versions that a commit has for a run."""
    begin = provenance.modules("training.train", task, estimator)
    try:
        closure, versions = provenance.closure(begin), provenance.versions(*begin)
    except HandbookError:  # the estimator does not exist any more
        return {}
    return {
        "code": {module: sources[module] for module in closure if module in sources},
        "versions": {name: pins[_normal(name)] for name in versions if _normal(name) in pins},
    }


def _normal(distribution: str) -> str:
    """Return a distribution's name as every tool may spell it: `ruamel.yaml` is `ruamel-yaml`."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _catalogue(source: bytes | None, overrides: bytes | None) -> Params | None:
    """Read the catalogue of a commit; None where today's rules do not understand it."""
    try:
        content = yaml.safe_load(source or b"") or {}
        content = reading.merged(content, yaml.safe_load(overrides or b"") or {})
        # Older catalogues lack sections that stand in every one of today.
        return reading.load(_SECTIONS | content)
    except (HandbookError, yaml.YAMLError, TypeError):
        return None


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    digests = {}
    for path, source in files.items():
        if path.endswith(".py"):
            module = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__")
            digests[module.replace("/", ".")] = provenance.code_digest(source)
    return digests
