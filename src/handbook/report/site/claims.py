"""The book's claims as the pages show them, each with or without a result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handbook.catalogue.overview import Overview
from handbook.core.files import read_json
from handbook.core.folders import ClaimFolder
from handbook.report.site.results import Figure
from handbook.report.site.sections import order

__all__ = ["Claim", "by_section", "read_claims"]


@dataclass(frozen=True)
class Claim:
    """A claim of the book.

    Parameters
    ----------
    name : str
    entry : mapping
        What the catalogue says of it.
    record : mapping or None
        Content of its ``result.json``; None where the experiment has not been done.
    figure : Figure or None
    """

    name: str
    entry: Mapping[str, Any]
    record: Mapping[str, Any] | None = None
    figure: Figure | None = None

    @property
    def title(self) -> str:
        """What it is about."""
        return str(self.entry["title"])

    @property
    def section(self) -> str:
        """Section of the book."""
        return str(self.entry["section"])

    @property
    def verdict(self) -> Mapping[str, str] | None:
        """Kind and words of the verdict."""
        return self.record["verdict"] if self.record else None

    @property
    def rows(self) -> list[tuple[int, list[float]]]:
        """Each seed with what was measured for it."""
        assert self.record is not None
        columns = self.record["measured"].values()
        return [
            (seed, [values[position] for values in columns])
            for position, seed in enumerate(self.record["seeds"])
        ]


def by_section(claims: Iterable[Claim]) -> list[Claim]:
    """Return claims in the order of the book."""
    return sorted(claims, key=lambda claim: order(claim.section))


def read_claims(results: Path, catalogue: Overview) -> tuple[Claim, ...]:
    """Read the results of all claims of the catalogue, in its order."""
    claims = []
    for name, entry in catalogue.get("claims", {}).items():
        folder = ClaimFolder(name, results)
        record = read_json(folder.result) if folder.result.is_file() else None
        drawn = record is not None and folder.figure.is_file()
        figure = Figure.of(folder.figure, f"figures/claims/{name}") if drawn else None
        claims.append(Claim(name, entry, record, figure))
    return tuple(claims)
