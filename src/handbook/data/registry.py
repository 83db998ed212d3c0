"""The data sets, one module of :mod:`handbook.data.sets` each; adding a module registers it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from handbook.core.errors import HandbookError, nearest
from handbook.data import sets

if TYPE_CHECKING:
    from handbook.data.dataset import Dataset, Kind
    from handbook.data.expectation import Expectation
    from handbook.data.source import Source

__all__ = ["DataModule", "module", "names"]


class DataModule(Protocol):
    """The content of a data set's module; importing it imports neither numpy nor pandas."""

    SOURCES: Mapping[str, Source]
    """Releases by name; the first is the usual one."""
    KIND: Kind
    TASKS: tuple[str, ...]
    """Names of the tasks it can serve."""

    def load(self, raw: Path, release: str) -> Dataset:
        """Read the files in the folder `raw`, and check that they have the expected structure."""

    def sample(self, seed: int) -> Dataset:
        """Generate a small data set with the same schema, offline."""

    def expectations(self, release: str) -> list[Expectation]:
        """Return the expectations of a release, or of ``sample``."""


@functools.cache
def _modules() -> dict[str, DataModule]:
    modules = {}
    for info in pkgutil.iter_modules(sets.__path__):
        module = importlib.import_module(f"{sets.__name__}.{info.name}")
        modules[info.name.replace("_", "-")] = cast("DataModule", module)
    return modules


def names() -> tuple[str, ...]:
    """Names of all data sets, sorted.

    Examples
    --------
    >>> "bank-marketing" in names()
    True
    """
    return tuple(sorted(_modules()))


def module(name: str) -> DataModule:
    """Return the module of a data set.

    Raises
    ------
    HandbookError
        There is none of that name; the message holds the nearest one.
    """
    try:
        return _modules()[name]
    except KeyError:
        raise HandbookError(f"no data set {name!r}; {nearest(name, names())}") from None
