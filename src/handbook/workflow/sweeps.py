"""The sweeps of a catalogue as the rules see them: jobs, code, and which have results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from handbook.catalogue.params import Params
from handbook.catalogue.sweep_spec import SweepSpec, sweep_spec
from handbook.core.files import digest, read_json, sha256
from handbook.core.folders import DataFolder, SweepFolder
from handbook.sweeps.plan import outputs
from handbook.sweeps.results import sweep_key
from handbook.workflow import provenance

__all__ = ["PlannedSweep", "alone", "imports", "planned", "sweeps_with_results"]

# What the jobs of any sweep import.
_IMPORTS = (
    "handbook.commands.line",
    "handbook.catalogue.reading",
    "handbook.catalogue.sweep_spec",
    "handbook.sweeps.explore",
    "handbook.sweeps.rank",
    "handbook.workflow.sweeps",
)


class PlannedSweep:
    """A declared sweep, its jobs, and what its trials depend on.

    Parameters
    ----------
    spec : SweepSpec
    """

    def __init__(self, spec: SweepSpec) -> None:
        self.spec = spec
        self.data = DataFolder(spec.data)
        self.folder = SweepFolder(spec.sweep)

    @cached_property
    def _modules(self) -> list[str]:
        return provenance.modules("sweeps.evaluate", self.spec.task, self.spec.estimator)

    @cached_property
    def code(self) -> str:
        """Digests of the modules that score a trial, as JSON."""
        return json.dumps(provenance.code_digests(*self._modules), separators=(",", ":"))

    @cached_property
    def versions(self) -> str:
        """Versions of the libraries that score a trial, as JSON."""
        return json.dumps(provenance.versions(*self._modules), separators=(",", ":"))

    @cached_property
    def made_by(self) -> str:
        """Digest of what a score depends on besides parameters and data: code and versions."""
        return digest({"code": self.code, "versions": self.versions})

    def chunks(self, before: int | None = None) -> list[str]:
        """Return the outputs of the jobs; of the rounds before a given one, or of all."""
        return [str(path) for path in outputs(self.spec, self.folder, before)]


def planned(params: Params) -> dict[str, PlannedSweep]:
    """Return the sweeps of a catalogue."""
    return {name: PlannedSweep(sweep_spec(params, name)) for name in params.sweeps}


def alone(params: Params, arguments: Sequence[str]) -> list[SweepSpec]:
    """Return the sweeps that Snakemake is called for; none where it is called for anything else.

    Parameters
    ----------
    params : Params
    arguments : sequence of str
        Of its command line; files that are wanted stand behind ``--``.
    """
    targets = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    names = {_sweep_of(Path(target)) for target in targets}
    if not names <= params.sweeps.keys():
        return []
    return [sweep_spec(params, name) for name in sorted(names)]


def _sweep_of(path: Path) -> str:
    """Return the sweep in whose folder a file is, or nothing."""
    top = SweepFolder("").path
    return path.relative_to(top).parts[0] if top in path.parents else ""


def imports(specs: Iterable[SweepSpec]) -> list[str]:
    """Return the modules that jobs of some sweeps import, of the packages that nobody edits.

    A fork of a process that has imported a module of somebody's own would miss an edit of it.
    """
    estimators = {spec.estimator.rpartition(".")[0] for spec in specs}
    packages = ("handbook", "sklearn")
    return [*_IMPORTS, *(name for name in sorted(estimators) if name.split(".")[0] in packages)]


def sweeps_with_results(
    folder: Path, declared: Mapping[str, PlannedSweep]
) -> dict[str, dict[str, str]]:
    """Return the digest of each sweep's record, and why it is out of date.

    Parameters
    ----------
    folder : Path
        Folder of all sweeps.
    declared : mapping of str to PlannedSweep

    Returns
    -------
    dict of str to dict
        ``record`` and ``why``. The reason is empty where the record is current, and for sweeps of
        the command line, which the catalogue does not declare.
    """
    sweeps = {}
    for path in sorted(folder.glob("*/sweep.json")):
        if not (path.parent / "index.html").is_file():
            continue  # it is being made, or its drawing failed
        name, why = path.parent.name, ""
        if name in declared:
            record, sweep = read_json(path), declared[name]
            if record["spec"] != sweep.spec.model_dump():
                why = "params.yaml asks for something else by now"
            elif record["key"] != sweep_key(sweep.spec, sweep.made_by):
                why = "code or versions have changed since"
        sweeps[name] = {"record": sha256(path)[:16], "why": why}
    return sweeps
