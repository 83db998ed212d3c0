"""From the import path of the catalogue to an estimator that is ready to fit."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from handbook.errors import HandbookError, nearest
from handbook.preprocess import pipeline

__all__ = ["build", "faults", "last_step", "load_class"]


def load_class(path: str) -> type[Any]:
    """Import the class that a dotted path names.

    Raises
    ------
    HandbookError
        Where module or class do not exist, with the nearest name.
    """
    module_name, _, class_name = path.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except (ImportError, ValueError) as error:
        raise HandbookError(f"estimator {path!r} does not import: {error}") from error
    found = getattr(module, class_name, None)
    if not inspect.isclass(found):
        known = [name for name, value in vars(module).items() if inspect.isclass(value)]
        raise HandbookError(
            f"estimator {path!r}: {module_name} has no class {class_name!r}; "
            f"{nearest(class_name, known)}"
        )
    return found


def faults(path: str, settings: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with an estimator's path or with the parameters given to it.

    Parameters
    ----------
    path : str
        Import path of the class.
    settings : mapping of str to mapping
        Where the parameters stand in `params.yaml`, and the parameters.
    """
    try:
        estimator = load_class(path)
    except HandbookError as error:
        yield str(error)
        return
    known = list(inspect.signature(estimator).parameters)
    for where, params in settings.items():
        for name in params:
            if name not in known:
                yield f"{where}.{name}: {path} takes no such parameter; {nearest(name, known)}"


def build(spec: Mapping[str, Any], X: Any) -> Any:
    """Return the unfitted estimator of a run, behind its preprocessing where `X` is a table.

    The run's seed becomes `random_state` where the estimator has one and the catalogue sets none.
    """
    estimator = load_class(spec["estimator"])(**spec["params"])
    defaults = estimator.get_params()
    if "random_state" in defaults and "random_state" not in spec["params"]:
        estimator.set_params(random_state=spec["seed"])
    if spec["preprocess"] is None:
        return estimator
    if not isinstance(X, pd.DataFrame):
        raise HandbookError(
            f"models.{spec['model']}.variants.{spec['variant']}.preprocess: "
            f"{spec['data']} is not a table; leave the key out"
        )
    return pipeline(estimator, spec["preprocess"], X)


def last_step(estimator: Any) -> Any:
    """Return the model itself, without the preprocessing before it."""
    return estimator[-1] if hasattr(estimator, "steps") else estimator
