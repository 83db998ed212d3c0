"""Estimators by their import paths: which of them a catalogue may name, and their import."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Collection, Mapping
from typing import Any, TypeGuard

from handbook.core.errors import HandbookError, nearest

__all__ = ["arguments_of", "is_listed", "load_class", "refusal"]

# Packages whose estimators any catalogue may name, but for what belongs to their tests.
_PACKAGES = ("sklearn", "handbook.models")
_TESTS = {"conftest", "tests"}
_INTERFACE = ("fit", "get_params", "set_params")


def refusal(path: Any, trusted: Collection[str] = ()) -> str | None:
    """Return why a catalogue may not name a class; None where it may. Nothing is imported.

    Parameters
    ----------
    path : Any
        What the catalogue gives as the import path of a class.
    trusted : collection of str
        Import paths of further classes and packages that the catalogue lists under `trusted`.

    Examples
    --------
    >>> refusal("sklearn.svm.SVC")
    >>> refusal("lightgbm.LGBMRanker", ["lightgbm"])
    >>> refusal("SVC")
    "'SVC' is no import path of a class, such as sklearn.svm.SVC"
    """
    parts = path.split(".") if isinstance(path, str) else []
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        return f"{path!r} is no import path of a class, such as sklearn.svm.SVC"
    own = any(path.startswith(f"{package}.") for package in _PACKAGES)
    if own and _TESTS.isdisjoint(parts):
        return None
    if is_listed(path, trusted):
        return None
    return (
        f"{path!r} is not imported: estimators are scikit-learn's (sklearn.*), this project's "
        "(handbook.models.*), and those that params.yaml lists under 'trusted'; add its path "
        "there, or to the 'trusted' of its model, if you would run its code"
    )


def is_listed(path: str, trusted: Collection[str]) -> bool:
    """Tell whether an import path, or a package that holds it, is among others.

    Examples
    --------
    >>> is_listed("lightgbm.basic.Booster", ["lightgbm"]), is_listed("lightgbm", ["light"])
    (True, False)
    """
    return any(path == name or path.startswith(f"{name}.") for name in trusted)


def load_class(path: str, trusted: Collection[str] = ()) -> type[Any]:
    """Import the estimator that a dotted path names.

    Parameters
    ----------
    path : str
    trusted : collection of str
        See :func:`refusal`.

    Raises
    ------
    HandbookError
        The path is refused, module or class do not exist, or the class is no estimator: then it
        has been imported, and nothing of it called.
    """
    refused = refusal(path, trusted)
    if refused:
        raise HandbookError(refused)
    module_name, _, class_name = path.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # a module of one's own may raise anything
        reason = f"{type(error).__name__}: {error}"
        raise HandbookError(f"estimator {path!r} does not import: {reason}") from error
    member = getattr(module, class_name, None)
    if _is_estimator(member):
        return member
    names = [name for name, value in vars(module).items() if _is_estimator(value)]
    hint = nearest(class_name, names) if names else "it has no estimators"
    if inspect.isclass(member):
        lack = f"{class_name!r} is no estimator: it has no {', '.join(_INTERFACE)}"
    else:
        lack = f"{module_name} has no class {class_name!r}"
    raise HandbookError(f"estimator {path!r}: {lack}; {hint}")


def _is_estimator(member: Any) -> TypeGuard[type[Any]]:
    """Tell whether something is a class with the interface of scikit-learn's estimators."""
    return inspect.isclass(member) and all(
        callable(inspect.getattr_static(member, name, None)) for name in _INTERFACE
    )


def arguments_of(nested: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constructor arguments of an argument such as ``{class: ..., params: {...}}``.

    Raises
    ------
    HandbookError
        It has other keys, or its params are no mapping.
    """
    params = nested.get("params", {})
    if not nested.keys() <= {"class", "params"} or not isinstance(params, Mapping):
        raise HandbookError(
            f"{dict(nested)!r}: write {{class: <import path>, params: {{<argument>: <value>}}}}"
        )
    return dict(params)
