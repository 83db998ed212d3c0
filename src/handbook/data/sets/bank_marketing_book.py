"""Bank marketing once more, for the split that the book's listing draws in section 7.3."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from handbook.data.dataset import Dataset
from handbook.data.sets import bank_marketing
from handbook.data.sets.bank_marketing import KIND, TASKS, expectations

__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

SOURCES = {
    release: replace(
        source,
        title="Bank marketing, the book's split",
        notes=(
            "The same rows and columns as bank-marketing, split as the book's listing splits them: "
            "33 % are held out at random, whatever the answer, from seed 4 (section 7.3). "
            + source.notes
        ),
    )
    for release, source in bank_marketing.SOURCES.items()
}


def load(raw: Path, release: str) -> Dataset:
    """Read ``bank-full.csv`` out of the zip file; pdays of -1 becomes missing."""
    return _named(bank_marketing.load(raw, release))


def sample(seed: int) -> Dataset:
    """Draw the sample of bank marketing."""
    return _named(bank_marketing.sample(seed))


def _named(data: Dataset) -> Dataset:
    return replace(data, name="bank-marketing-book")
