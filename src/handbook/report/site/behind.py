"""The files of results behind a page, so that whoever reads it can take them along."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

__all__ = ["Behind", "File"]

_KINDS = {".arrow", ".csv", ".json", ".skops"}


class File(NamedTuple):
    """A file of results: its name, and where it lies from the report's root, empty if elsewhere."""

    name: str
    address: str


@dataclass(frozen=True)
class Behind:
    """Where the results lie that a report shows.

    Parameters
    ----------
    results : Path or None
        None where nobody can tell.
    output : Path or None
        The folder of the report. Links lead out of it where it lies in the results themselves:
        the two are moved together. Elsewhere, only names are given.
    """

    results: Path | None = None
    output: Path | None = None

    def files(self, folder: str, *kinds: str) -> list[File]:
        """Return the files of a folder of the results, of some kinds or all that people can use.

        Examples
        --------
        >>> Behind().files("models/ridge/diabetes/book", ".json")
        []
        """
        if self.results is None:
            return []
        wanted = set(kinds) or _KINDS
        paths = sorted((self.results / folder).glob("*"))
        inside = self.output is not None and self.output.resolve().parent == self.results.resolve()
        return [
            File(path.name, f"../{folder}/{path.name}".replace("/./", "/") if inside else "")
            for path in paths
            if path.suffix in wanted and path.is_file()
        ]
