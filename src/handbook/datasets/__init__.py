"""The data sets: one module each, found by looking, so that adding one registers it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from handbook.errors import HandbookError, nearest

if TYPE_CHECKING:
    from handbook.datasets.expectation import Expectation
    from handbook.datasets.source import Source
    from handbook.store import Dataset, Kind

__all__ = ["DataModule", "module", "names"]


class DataModule(Protocol):
    """What a data set's module holds; importing it imports neither numpy nor pandas."""

    SOURCES: Mapping[str, Source]
    """Releases by name; the first is the usual one."""
    KIND: Kind
    TASKS: tuple[str, ...]
    """Names of the tasks it can serve."""

    def load(self, raw: Path, release: str) -> Dataset:
        """Read the files in the folder `raw`, checking that they have the known structure."""

    def sample(self, seed: int) -> Dataset:
        """Make a small stand-in with the same schema, offline."""

    def expectations(self, release: str) -> list[Expectation]:
        """Say what must hold for a release, or for ``sample``."""


@functools.cache
def _modules() -> dict[str, DataModule]:
    found = {}
    for info in pkgutil.iter_modules(__path__):
        candidate = importlib.import_module(f"{__name__}.{info.name}")
        # modules that data sets share (formats, source, expectation) have no SOURCES
        if hasattr(candidate, "SOURCES"):
            found[info.name.replace("_", "-")] = cast("DataModule", candidate)
    return found


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
