"""Where the networks of a catalogue train: ``device``, written out as a parameter of each.

What stands as a parameter of a run is recorded with it and part of its digest, so that no run that
was made on a GPU is taken for one that was made on a processor.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from handbook.catalogue.params import Params, Run
from handbook.catalogue.sections import Judge, Model, Override, Seeds, Variant
from handbook.catalogue.specs import arguments, reseed_spec
from handbook.core.errors import HandbookError

__all__ = [
    "cards",
    "cards_of_judge",
    "cards_of_run",
    "cards_of_seeds",
    "processes_of_run",
    "processes_of_seeds",
    "require",
    "settle",
]

_Part = TypeVar("_Part", Variant, Judge, Seeds)

_CPU, _AUTO = "cpu", "auto"
_LOOK_S = 120.0
_LOOK = (
    "import json, sys; from handbook.training.devices import look; "
    "print(json.dumps(look(*json.loads(sys.argv[1]))))"
)


class _Here(NamedTuple):
    """What a look at this machine has shown."""

    available: tuple[str, ...]  # devices, the quickest first
    networks: frozenset[str]  # estimators that are torch models

    @property
    def best(self) -> str:
        return self.available[0]


def settle(params: Params) -> Params:
    """Return a catalogue in which each network that is not to train on the processor says where.

    Where nothing asks for another device, this is the catalogue itself, and nothing is imported.
    Otherwise a process of its own asks torch what is here, which takes seconds.
    """
    if not _asks(params):
        return params
    here = _look_at(params)
    return params.model_copy(
        update={
            "device": here.best if params.device_of() == _AUTO else params.device_of(),
            "models": {
                name: _settled_model(model, params, here) for name, model in params.models.items()
            },
            "judges": {
                name: _settled(judge, params, here, judge.estimator)
                for name, judge in params.judges.items()
            },
            "sweeps": {
                name: sweep.model_copy(update={"params": _named(sweep.params, here)})
                for name, sweep in params.sweeps.items()
            },
        }
    )


def _asks(params: Params) -> bool:
    """Tell whether some network may train elsewhere than its own parameters say."""
    models = params.models.values()
    if not _estimators(params):
        return False
    defaults = {params.device_of(), *(params.device_of(model) for model in models)}
    parts: list[Variant | Judge | Seeds] = [*params.judges.values()]
    for model in models:
        parts += [*model.variants.values(), *([model.seeds] if model.seeds else [])]
    given = [part.params for part in parts]
    given += [part.tiers[params.tier].params for part in parts if params.tier in part.tiers]
    given += [sweep.params for sweep in params.sweeps.values()]
    return defaults != {_CPU} or any(own.get("device") == _AUTO for own in given)


def require(params: Params) -> None:
    """Raise an error where a run of a settled catalogue is to train on a device that is not here.

    Raises
    ------
    HandbookError
    """
    wanted = {
        (device.partition(":")[0], name)
        for name, given in _trainings(params)
        for device in [_device(given)]
        if device != _CPU
    }
    if not wanted:
        return
    here = _look_at(params)
    missing = sorted(name for device, name in wanted if device not in here.available)
    if missing:
        names = ", ".join(sorted({device for device, _ in wanted} - set(here.available)))
        raise HandbookError(
            f"device {names}: torch computes on {', '.join(here.available)} here; "
            f"{len(missing)} training(s) ask for it, {missing[0]} first; give device: auto, which "
            "takes the quickest device that is here, or device: cpu; for an NVIDIA GPU torch has "
            "to be its build with CUDA (make setup TORCH=cuda)"
        )


def _trainings(params: Params) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the name of each training with its constructor arguments."""
    for run in params.runs():
        yield run.path, _of_run(params, run)
    for data, judge in params.judges.items():
        yield f"judges.{data}", _of_judge(judge, params)
    for model in params.reseeded():
        yield f"models.{model}.seeds", reseed_spec(params, model).run.params
    for name, sweep in params.sweeps.items():
        yield f"sweeps.{name}", sweep.params


def cards(given: Mapping[str, Any]) -> int:
    """Return how many GPUs a training with some constructor arguments takes.

    Examples
    --------
    >>> cards({"device": "cuda"}), cards({"device": "cuda", "devices": 2}), cards({"epochs": 3})
    (1, 2, 0)
    """
    return 0 if _device(given) == _CPU else _devices(given)


def cards_of_judge(params: Params, data: str) -> int:
    """Return how many GPUs the judge of a data set takes."""
    return cards(_of_judge(params.judges[data], params))


def cards_of_run(params: Params, run: Run) -> int:
    """Return how many GPUs a run takes, with the judge that looks at what it generates."""
    return max(cards(_of_run(params, run)), _beside(params, run))


def cards_of_seeds(params: Params, model: str) -> int:
    """Return how many GPUs the trainings of a model from several seeds take."""
    own = cards(reseed_spec(params, model).run.params)
    return max(own, _beside(params, params.first(model)))


def _beside(params: Params, run: Run) -> int:
    data = params.judge_of(run)
    return 0 if data is None else cards_of_judge(params, data)


def _of_judge(judge: Judge, params: Params) -> dict[str, Any]:
    return judge.params | judge.tiers.get(params.tier, Override()).params


def _of_run(params: Params, run: Run) -> dict[str, Any]:
    return arguments(params.models[run.model].variants[run.variant], params.tier)


def processes_of_run(params: Params, run: Run) -> int:
    """Return how many processes train a run: one a device."""
    return _devices(_of_run(params, run))


def processes_of_seeds(params: Params, model: str) -> int:
    """Return how many processes train a model from each of several seeds."""
    return _devices(reseed_spec(params, model).run.params)


def _devices(given: Mapping[str, Any]) -> int:
    return int(given.get("devices", 1))


def _device(given: Mapping[str, Any]) -> str:
    return str(given.get("device", _CPU))


def _settled_model(model: Model, params: Params, here: _Here) -> Model:
    default = params.device_of(model)
    variants = {
        name: _settled(variant, params, here, variant.estimator or model.estimator, default)
        for name, variant in model.variants.items()
    }
    seeds = model.seeds and _settled(model.seeds, params, here)
    return model.model_copy(update={"variants": variants, "seeds": seeds})


def _settled(
    part: _Part, params: Params, here: _Here, estimator: str = "", default: str | None = None
) -> _Part:
    """Return a part of the catalogue that names devices, also in the catalogue's tier.

    What its parameters leave open becomes `default`, the catalogue's where it is None; so it is
    for networks alone, which `estimator` tells.
    """
    own = dict(part.params)
    if estimator in here.networks:
        own = {"device": default or params.device_of()} | own
    own = _named(own, here)
    if own.get("device") == _CPU and part.params.get("device", _AUTO) == _AUTO:
        del own["device"]  # the default, as where nobody asks for a device
    tiers = dict(part.tiers)
    if params.tier in tiers:
        override = tiers[params.tier]
        lowered = _named(override.params, here)
        if override.params.get("device") == _AUTO and lowered["device"] == own.get("device", _CPU):
            del lowered["device"]  # as where the tier does not ask for one
        tiers[params.tier] = override.model_copy(update={"params": lowered})
    return part.model_copy(update={"params": own, "tiers": tiers})


def _named(given: Mapping[str, Any], here: _Here) -> dict[str, Any]:
    """Return constructor arguments with the name of a device in the place of ``auto``."""
    return {
        name: here.best if name == "device" and value == _AUTO else value
        for name, value in given.items()
    }


def _look_at(params: Params) -> _Here:
    trusted = {name for model in params.models.values() for name in params.trusts(model)}
    return _look(tuple(_estimators(params)), tuple(sorted(trusted | {*params.trusts()})))


def _estimators(params: Params) -> list[str]:
    """Return the estimators that may be networks: those of other packages than scikit-learn."""
    paths = {judge.estimator for judge in params.judges.values()}
    for model in params.models.values():
        paths |= {variant.estimator or model.estimator for variant in model.variants.values()}
    return sorted(path for path in paths if not path.startswith("sklearn."))


@lru_cache(maxsize=4)
def _look(paths: tuple[str, ...], trusted: tuple[str, ...]) -> _Here:
    """Look in a process of its own: jobs are forked from this one, which must not start CUDA."""
    root = Path(__file__).parents[2]
    try:
        ended = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r}); {_LOOK}",
             json.dumps([paths, trusted])],
            capture_output=True, text=True, timeout=_LOOK_S, check=False,
        )  # fmt: skip
        last = (ended.stderr.strip().splitlines() or ["no word of why"])[-1]
    except subprocess.TimeoutExpired:
        ended, last = None, f"no answer in {_LOOK_S:.0f} s"
    if ended is None or ended.returncode:
        raise HandbookError(
            f"device: torch could not be asked what it computes on here ({last}); mend the "
            "environment with `make setup`, or give device: cpu"
        )
    answer = json.loads(ended.stdout.strip().splitlines()[-1])
    return _Here(tuple(answer["available"]), frozenset(answer["networks"]))
