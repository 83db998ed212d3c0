"""Bank marketing without the length of the call, which nobody knows before the call is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from handbook.data.dataset import Dataset
from handbook.data.expectation import Expectation, columns
from handbook.data.sets import bank_marketing
from handbook.data.sets.bank_marketing import KIND, TASKS

__all__ = ["KIND", "LEAK", "SOURCES", "TASKS", "expectations", "load", "sample"]

LEAK = "duration"
"""The column left out: it is zero for whoever was not reached, and long for whoever agreed."""

SOURCES = {
    release: replace(
        source,
        title="Bank marketing, realistic",
        rows="76fafab2fbc8bede0b501ab2ca58afbe481e6a3171ecf5b442d633642b8be6df",
        notes=(
            "The same raw file as bank-marketing, without the column duration: a call's length is "
            "known only when it is over, and then its outcome is known too. What a model reaches "
            "here is what a bank that chooses whom to call could expect. pdays of -1 (never "
            "contacted before) is loaded as a missing value."
        ),
    )
    for release, source in bank_marketing.SOURCES.items()
}


def load(raw: Path, release: str) -> Dataset:
    """Read ``bank-full.csv`` out of the zip file, without `LEAK`."""
    return _realistic(bank_marketing.load(raw, release))


def sample(seed: int) -> Dataset:
    """Draw the sample of bank marketing, without `LEAK`."""
    return _realistic(bank_marketing.sample(seed))


def _realistic(data: Dataset) -> Dataset:
    return replace(data, name="bank-marketing-realistic", X=data.X.drop(columns=LEAK))


def expectations(release: str) -> list[Expectation]:
    """Return the expectations of bank marketing that do not concern `LEAK`."""
    order, *rest = bank_marketing.expectations(release)
    return [
        columns([name for name in order.arguments["column_list"] if name != LEAK]),
        *(
            expected
            for expected in rest
            if expected.arguments.get("column") != LEAK and "column_list" not in expected.arguments
        ),
    ]
