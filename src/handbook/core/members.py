"""Modules of a package by the names that the catalogue has for them."""

from __future__ import annotations

import pkgutil
from types import ModuleType

__all__ = ["member", "members"]


def members(package: ModuleType) -> tuple[str, ...]:
    """Names of a package's modules, sorted, with hyphens.

    Examples
    --------
    >>> import email
    >>> "quoprimime" in members(email)
    True
    """
    return tuple(
        sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(package.__path__))
    )


def member(package: ModuleType, name: str) -> str:
    """Return the import path of the module of a name.

    Examples
    --------
    >>> import email
    >>> member(email, "base64-mime")
    'email.base64_mime'
    """
    return f"{package.__name__}.{name.replace('-', '_')}"
