"""What a rehearsal of the watch depends on in the catalogue, and where its result lies."""

from __future__ import annotations

from pathlib import Path

from handbook.core.section import Section
from handbook.monitoring.rule import Rule

__all__ = ["RehearsalSpec", "rehearsal_file"]


class RehearsalSpec(Section):
    """A watch on the held-out rows of a data set.

    Parameters
    ----------
    data : str
    rule : Rule
    seed : int
    repeats : int
        Orders in which the held-out rows are watched.
    windows : int
        Windows of each made drift.
    runs : list of str
        Of which the best by its folds answers the rows.
    """

    data: str
    rule: Rule
    seed: int
    repeats: int
    windows: int
    runs: list[str]


def rehearsal_file(data: str, results: Path = Path("results")) -> Path:
    """Return the path of what a rehearsal saw on a data set."""
    return results / "watch" / f"{data}.json"
