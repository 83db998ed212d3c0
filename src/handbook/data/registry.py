"""The data sets: a module of :mod:`handbook.data.sets` each, or a declaration of the catalogue.

Adding a module registers it. Reading a catalogue registers what it declares, since rules and jobs
are told no more than the name of a data set.
"""

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

__all__ = ["DataModule", "declare", "module", "module_name", "names"]

_declared: dict[str, DataModule] = {}


class DataModule(Protocol):
    """The content of a data set's module; importing it imports neither numpy nor pandas."""

    @property
    def SOURCES(self) -> Mapping[str, Source]:
        """Releases by name; the first is the usual one."""

    @property
    def KIND(self) -> Kind:
        """What its rows are."""

    @property
    def TASKS(self) -> tuple[str, ...]:
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
    """Names of all data sets that have a module, sorted.

    Examples
    --------
    >>> "bank-marketing" in names()
    True
    """
    return tuple(sorted(_modules()))


def declare(data_sets: Mapping[str, DataModule]) -> None:
    """Let these be all data sets that are declared and have no module."""
    _declared.clear()
    _declared.update(data_sets)


def module(name: str) -> DataModule:
    """Return the module of a data set, or what stands for it where the catalogue declares it.

    Raises
    ------
    HandbookError
        There is none of that name; the message holds the nearest one.
    """
    modules = {**_modules(), **_declared}
    try:
        return modules[name]
    except KeyError:
        raise HandbookError(f"no data set {name!r}; {nearest(name, modules)}") from None


def module_name(name: str) -> str:
    """Return the import path of the module that loads a data set.

    Examples
    --------
    >>> module_name("bank-marketing")
    'handbook.data.sets.bank_marketing'
    """
    own = module(name)
    path: str = getattr(own, "__name__", type(own).__module__)
    return path
