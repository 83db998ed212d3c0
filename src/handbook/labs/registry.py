"""The worked examples by name, found by looking, so that adding one registers it."""

from __future__ import annotations

import pkgutil

from handbook.labs import examples

__all__ = ["module_name", "names"]


def names() -> tuple[str, ...]:
    """Names of all labs, sorted.

    Examples
    --------
    >>> "som-step" in names()
    True
    """
    return tuple(
        sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(examples.__path__))
    )


def module_name(lab: str) -> str:
    """Return the import path of a lab's module.

    Examples
    --------
    >>> module_name("som-step")
    'handbook.labs.examples.som_step'
    """
    return f"{examples.__name__}.{lab.replace('-', '_')}"
