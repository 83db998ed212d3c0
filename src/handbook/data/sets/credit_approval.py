"""Credit approval: 690 applications for a credit card, all names and values made anonymous."""

from __future__ import annotations

from functools import partial
from itertools import chain, starmap
from pathlib import Path
from typing import Any

from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import Expectation, between, categories, table, unique
from handbook.data.formats import tables
from handbook.data.source import RawFile, Source

__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

SOURCES = {
    "customer-id": Source(
        title="Credit card applications",
        folder="credit-approval",
        files=(
            RawFile(
                "Credit_Card_Applications.csv",
                34_952,
                "7ec643837a80130adfa4d5f4cefb1c413b855eff6138ab43daac54e7d0c2cbd3",
                (
                    "https://raw.githubusercontent.com/DevHunterYZ/Self-Organizing-Maps/"
                    "f1e157d9250978809a96249cffe506825e9faf2f/Credit_Card_Applications.csv",
                ),
            ),
        ),
        rows="424b375b2a9d98e1e4d5be3f3e71e0ace119d5f554eafc3d1ef9dd5b7befd025",
        licence="CC BY 4.0",
        homepage="https://archive.ics.uci.edu/dataset/143/statlog+australian+credit+approval",
        citation=(
            "R. Quinlan. Statlog (Australian Credit Approval). UCI Machine Learning Repository, "
            "1987. doi:10.24432/C59012."
        ),
        notes=(
            "The Statlog rows as they were issued again with a CustomerID column; UCI's "
            "australian.dat has the same rows, separated by spaces and without CustomerID. "
            "CustomerID is kept beside the rows, never as a feature."
        ),
    )
}
KIND: Kind = "table"
TASKS = ("classification", "outliers")
TARGET, CLASSES = "Class", ("rejected", "approved")

_CATEGORIES = {
    "A1": ("0", "1"),
    "A4": ("1", "2", "3"),
    "A5": ("1", "10", "11", "12", "13", "14", "2", "3", "4", "5", "6", "7", "8", "9"),
    "A6": ("1", "2", "3", "4", "5", "7", "8", "9"),
    "A8": ("0", "1"),
    "A9": ("0", "1"),
    "A11": ("0", "1"),
    "A12": ("1", "2", "3"),
}
_RANGES = {
    "A2": (13.75, 80.25),
    "A3": (0, 28),
    "A7": (0, 28.5),
    "A10": (0, 67),
    "A13": (0, 2_000),
    "A14": (1, 100_001),
}
_FRACTIONS = ("A2", "A3", "A7")
# In the order of the file
_TYPES = {
    name: "category" if name in _CATEGORIES else "float64" if name in _FRACTIONS else "int64"
    for name in (f"A{number}" for number in range(1, 15))
}
_COUNTS = {"rejected": 383, "approved": 307}
_SAMPLE_COUNTS = {"rejected": 333, "approved": 267}

_dataset = partial(Dataset, name="credit-approval", kind=KIND, target=TARGET, classes=CLASSES)


def load(raw: Path, release: str) -> Dataset:
    """Read the file; CustomerID becomes a detail of each row."""
    path = raw / "Credit_Card_Applications.csv"
    types = {"CustomerID": "int64", **_TYPES, TARGET: "category"}
    frame = tables.read_table(path.read_bytes(), str(path), types)
    codes = tables.label_codes(frame[TARGET], ("0", "1"), str(path))
    return _dataset(variant=release, X=frame[list(_TYPES)], y=codes, details=frame[["CustomerID"]])


def sample(seed: int) -> Dataset:
    """Draw 600 applications whose approval is known to follow a logistic model.

    The log-odds are 3 for A8 = 1, 1 for A9 = 1 and 0.15 for each unit of A10; the 267
    applications with the highest log-odds plus logistic noise are approved.
    """
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    rows = sum(_SAMPLE_COUNTS.values())
    X = pd.DataFrame(
        {
            name: pd.Categorical(
                random.choice(list(_CATEGORIES[name]), rows), categories=list(_CATEGORIES[name])
            )
            if kind == "category"
            else _skewed(random.random(rows), *_RANGES[name], whole=kind == "int64")
            for name, kind in _TYPES.items()
        }
    )
    score = 3.0 * (X["A8"] == "1") + 1.0 * (X["A9"] == "1") + 0.15 * X["A10"]
    y = tables.highest(score.to_numpy() + random.logistic(0, 1, rows), _SAMPLE_COUNTS["approved"])
    details = pd.DataFrame({"CustomerID": 15_000_000 + random.permutation(rows)})
    return _dataset(variant="sample", X=X, y=y, details=details)


def _skewed(uniform: Any, low: float, high: float, *, whole: bool) -> Any:
    """Spread uniform numbers over a range, most of them near its low end as amounts are."""
    values = low + (high - low) * uniform**4
    return values.astype("int64") if whole else values


def expectations(release: str) -> list[Expectation]:
    """Return the expectations, from the description of the Statlog rows and the file itself."""
    counts = _SAMPLE_COUNTS if release == "sample" else _COUNTS
    return [
        *table(_TYPES, counts, TARGET, more={"CustomerID": "int64"}),
        *chain.from_iterable(starmap(categories, _CATEGORIES.items())),
        *(between(name, low, high) for name, (low, high) in _RANGES.items()),
        between("CustomerID", 15_000_000, 16_000_000, "customer numbers have eight digits"),
        unique(["CustomerID"], "every customer applies once"),
        unique(list(_TYPES), "no two applications are equal"),
    ]
