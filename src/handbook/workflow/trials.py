"""Trials of models of other libraries: whether they can be kept is seen before they are trained."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from handbook.catalogue import reading
from handbook.catalogue.checks import untrusted
from handbook.catalogue.params import Params, Run
from handbook.catalogue.specs import run_spec
from handbook.core.files import digest, read_json, write_json
from handbook.data import dataset, registry
from handbook.training.spec import RunSpec
from handbook.workflow import provenance
from handbook.workflow.memo import write_memo

__all__ = ["MEMO", "Outcome", "TrialFolder", "check", "lines_to_add", "tried"]

#: Where the trials that passed are remembered, below the folder of the catalogue.
MEMO = Path(".snakemake/tried-models")

_REMEMBERED = 500
# Of all settings of one model; a fit of few rows takes one or two. On a busy machine it may have
# little of a core, so that the limit on computing is the one that counts.
_COMPUTING_S, _LIMIT_S = 120, 900.0
_WAY_OUT = (
    "a model keeps what it learnt in attributes that are numbers, text, bytes or arrays; for a "
    "network of torch, subclass handbook.models.network.NetworkClassifier or NetworkRegressor: "
    "docs/own-models.md"
)


class TrialFolder:
    """Files by which a process that tries models is told what to try, and tells what came of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: What to try, in order.
        self.request = path / "request.json"

    def rows(self, data: str) -> Path:
        """Return the file with generated rows of a data set."""
        return self.path / f"{data}.arrow"

    def outcome(self, number: int) -> Path:
        """Return the file with the outcome of one model, by its place in the request."""
        return self.path / f"outcome-{number}.json"


class Outcome(NamedTuple):
    """What a trial has shown.

    Parameters
    ----------
    refused : tuple of str
        Types in the saved file that nothing trusts.
    error : str
        Why the model cannot be fitted or kept, with what to do; empty where it can.
    """

    refused: tuple[str, ...]
    error: str


def check(params: Params, memo: Path) -> None:
    """Try each setting of a model that is neither scikit-learn's nor ours, unless it passed before.

    Parameters
    ----------
    params : Params
    memo : Path
        Remembers what passed.

    Raises
    ------
    HandbookError
        Lists every setting that cannot be kept, with the lines to add where trust is missing.
    """
    passed = memo.read_text(encoding="utf-8").split() if memo.exists() else []
    new: list[str] = []
    faults: list[str] = []
    for name in params.models:
        keys = {spec.variant: _key(spec) for spec in _foreign(params, name)}
        specs = [spec for spec in _foreign(params, name) if keys[spec.variant] not in passed]
        for spec, outcome in zip(specs, tried(specs), strict=True):
            if fault := _fault(spec, outcome):
                faults.append(f"models.{name}.variants.{spec.variant}: {fault}")
            else:
                new.append(keys[spec.variant])
    if new:
        write_memo(memo, "\n".join([*passed, *new][-_REMEMBERED:]) + "\n")
    reading.complain(faults)


def tried(specs: Sequence[RunSpec]) -> list[Outcome]:
    """Fit each of a model's settings to a few generated rows in a process of its own, and keep it.

    What the code of another library does there, a crash or an endless loop, ends with that process.
    """
    if not specs:
        return []
    with tempfile.TemporaryDirectory() as made:
        folder = TrialFolder(Path(made))
        for spec in specs:
            dataset.write(folder.rows(spec.data), registry.module(spec.data).sample(spec.seed))
        request = [{"spec": spec.settings(), "trusted": spec.trusted} for spec in specs]
        write_json(folder.request, request)
        ended = _end(folder)
        outcomes = []
        for number in range(len(specs)):
            file = folder.outcome(number)
            outcomes.append(_outcome(read_json(file)) if file.is_file() else Outcome((), ended))
        return outcomes


def _end(folder: TrialFolder) -> str:
    """Run the process, and return why an outcome may be missing."""
    # first this package: a model that MLflow has loaded may have put a part of it on the path
    own = Path(__file__).parents[2]
    path = os.pathsep.join([str(own), *filter(None, sys.path)])
    try:
        process = subprocess.run(
            [sys.executable, "-m", "handbook.workflow.trial", str(folder.path), str(_COMPUTING_S)],
            env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return (
            f"a fit of few rows did not end in {_LIMIT_S:g} s; look whether it waits for something"
        )
    if process.returncode == -signal.SIGXCPU:
        return (
            f"a fit of few rows did not end in {_COMPUTING_S} s of computing; give it fewer steps"
        )
    last = (process.stderr.strip().splitlines() or ["no word of why"])[-1]
    if process.returncode < 0:
        last = f"ended by {signal.Signals(-process.returncode).name}"
    return f"a fit of few rows ended its process ({last})"


def _outcome(content: Mapping[str, Any]) -> Outcome:
    error = content["error"]
    if content["at"] == "fit":
        error = f"cannot be fitted to generated rows: {error}"
    elif content["at"] == "read":
        error = f"cannot be kept in a file and read back: {error}; {_WAY_OUT}"
    return Outcome(tuple(content["refused"]), error)


def _fault(spec: RunSpec, outcome: Outcome) -> str:
    if outcome.error or not outcome.refused:
        return outcome.error
    return (
        f"its saved file would hold {', '.join(outcome.refused)}, which nothing trusts; if you "
        f"would run their code, write below models.{spec.model}:\n"
        f"    {lines_to_add(spec, outcome.refused)}"
    )


def lines_to_add(spec: RunSpec, refused: Iterable[str]) -> str:
    """Return the line of a model's entry that trusts some more types."""
    return f"trusted: [{', '.join(dict.fromkeys([*spec.trusted, *refused]))}]"


def _foreign(params: Params, name: str) -> Iterator[RunSpec]:
    """Yield each setting of a model that names a class of another library, as it will be fitted."""
    model = params.models[name]
    for key, variant in model.variants.items():
        path = variant.estimator or model.estimator
        if not any(untrusted("", [{"class": path}, variant.model_dump(warnings=False)], ())):
            continue
        spec = run_spec(params, Run(name, (variant.data or model.data)[0], key))
        # a search and a threshold need more rows, and keep nothing else
        yield spec.model_copy(update={"search": None, "threshold": None, "fit_rows": None})


def _key(spec: RunSpec) -> str:
    """Return a digest of all that the outcome of a trial depends on."""
    module = spec.estimator.rpartition(".")[0]
    modules = provenance.modules("workflow.trial", spec.task, spec.estimator)
    return digest(
        {
            "settings": spec.settings(),
            "trusted": list(spec.trusted),
            "code": provenance.code_digests(*modules),
            "versions": provenance.versions("skops", module, *modules),
        }
    )
