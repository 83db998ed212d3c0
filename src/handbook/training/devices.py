"""What torch computes on here, and which estimators are this project's networks."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from handbook.core.errors import HandbookError
from handbook.models.trainer.devices import available
from handbook.models.trainer.estimator import TorchEstimator
from handbook.training.classes import load_class

__all__ = ["look"]


def look(paths: Iterable[str], trusted: Collection[str] = ()) -> dict[str, list[str]]:
    """Return the devices that are here, and which estimators are torch models of this project.

    It imports the estimators and may start CUDA, after which a process must not be forked.

    Parameters
    ----------
    paths : iterable of str
        Import paths of estimators; those that do not import are none.
    trusted : collection of str
        See :func:`handbook.training.classes.refusal`.

    Returns
    -------
    dict
        ``available``, the quickest device first, and ``networks``, those of `paths`.
    """
    return {
        "available": available(),
        "networks": [path for path in paths if _network(path, trusted)],
    }


def _network(path: str, trusted: Collection[str]) -> bool:
    try:
        return issubclass(load_class(path, trusted), TorchEstimator)
    except HandbookError:
        return False
