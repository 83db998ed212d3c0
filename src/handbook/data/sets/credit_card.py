"""Credit card fraud: two days of European card payments, their features rotated by PCA."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import Expectation, between, table, unique
from handbook.data.formats import tables
from handbook.data.source import RawFile, Source

__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

_ABOUT = {
    "licence": "DbCL 1.0 (Worldline and the Machine Learning Group of ULB)",
    "homepage": "https://www.kaggle.com/datasets/mlg-ulb/creditcardfraud",
    "citation": (
        "A. Dal Pozzolo, O. Caelen, R. A. Johnson and G. Bontempi. Calibrating probability with "
        "undersampling for unbalanced classification. IEEE CIDM, 2015."
    ),
}
SOURCES = {
    "10k": Source(
        title="Credit card fraud, 10,000 payments",
        folder="credit-card",
        files=(
            RawFile(
                "creditcard_10k.csv",
                3_611_225,
                "af0efe1844593fe04d29b338640017603d78eaac6708e04f81dc57b763bcce1f",
                (
                    "https://raw.githubusercontent.com/mmmlc/mlTeachings/"
                    "f598120ce5f599e2ddfc025e4f85a0bf3858800e/data/creditcard_10k.csv",
                ),
            ),
        ),
        rows="07a2825bc9f6dab6510f84c2fc92d0e2861939b2af397572180b041df0401c5b",
        notes=(
            "A real subset of the 284,807 payments: all 492 frauds and 9,508 others drawn at "
            "random, so that fraud is 4.9 % here and 0.173 % there, and scores such as precision "
            "flatter; the release 'full' has them all. 21 rows repeat an earlier one, as some do "
            "in the full file."
        ),
        **_ABOUT,
    ),
    "full": Source(
        title="Credit card fraud",
        folder="credit-card",
        files=(
            RawFile(
                "creditcard.csv",
                150_828_752,
                "76274b691b16a6c49d3f159c883398e03ccd6d1ee12d9d8ee38f4b4b98551a89",
                ("https://storage.googleapis.com/download.tensorflow.org/data/creditcard.csv",),
            ),
        ),
        notes="Fraud is 0.173 % of the payments. 1,081 rows repeat an earlier one.",
        **_ABOUT,
    ),
}
KIND: Kind = "table"
TASKS = ("classification", "outliers")
TARGET, CLASSES = "Class", ("legitimate", "fraud")

_COMPONENTS = tuple(f"V{number}" for number in range(1, 29))
_TYPES = {"Time": "int64", **dict.fromkeys(_COMPONENTS, "float64"), "Amount": "float64"}
_COUNTS = {
    "10k": {"legitimate": 9_508, "fraud": 492},
    "full": {"legitimate": 284_315, "fraud": 492},
    "sample": {"legitimate": 1_900, "fraud": 100},
}
# Share of rows that have no equal, rounded down
_DISTINCT = {"10k": 0.995, "full": 0.99, "sample": 1.0}

# Shift of the generated frauds in standard deviations: components in which the real ones differ
_SHIFTS = {"V14": -1.5, "V12": -1.0, "V10": -1.0, "V4": 1.0, "V11": 1.0}

_dataset = partial(Dataset, name="credit-card", kind=KIND, target=TARGET, classes=CLASSES)


def load(raw: Path, release: str) -> Dataset:
    """Read the file of a release; its rows keep their order, frauds may stand at the end."""
    path = raw / SOURCES[release].files[0].name
    frame = tables.read_table(path.read_bytes(), str(path), {**_TYPES, TARGET: "category"})
    codes = tables.label_codes(frame[TARGET], ("0", "1"), str(path))
    return _dataset(variant=release, X=frame[list(_TYPES)], y=codes)


def sample(seed: int) -> Dataset:
    """Draw 2,000 payments, 100 of them frauds that differ in five known components.

    All components are standard normal; those of frauds are shifted by -1.5 (V14), -1 (V12, V10)
    and 1 (V4, V11), 2.5 standard deviations in all. So the best possible classifier is linear
    and has a ROC AUC of Phi(2.5 / sqrt(2)) = 0.961.
    """
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    numbers = _COUNTS["sample"]
    rows = sum(numbers.values())
    y = (np.arange(rows) >= numbers["legitimate"]).astype(np.int64)
    X = pd.DataFrame(random.normal(size=(rows, len(_COMPONENTS))), columns=list(_COMPONENTS))
    for name, shift in _SHIFTS.items():
        X[name] += shift * y
    X.insert(0, "Time", random.integers(0, 172_793, rows))
    X["Amount"] = np.round(random.lognormal(3, 1.5, rows).clip(0, 25_000), 2)
    return _dataset(variant="sample", X=X, y=y)


def expectations(release: str) -> list[Expectation]:
    """Return the expectations, from the publisher's description and the file itself."""
    return [
        *table(_TYPES, _COUNTS[release], TARGET),
        between("Time", 0, 172_792, "seconds since the first payment, two days at most"),
        between("Amount", 0, 25_691.16, "the amount is never negative"),
        # the publisher's components have mean 0 over all payments; the largest value is 120.6
        *(between(name, -121, 121) for name in _COMPONENTS),
        *(
            between(name, -1, 1, f"{name} is centred: its mean is near 0", measure="Mean")
            for name in _COMPONENTS
        ),
        unique(
            [*_TYPES, TARGET],
            f"at least {100 * _DISTINCT[release]:g} % of rows have no equal",
            _DISTINCT[release],
        ),
    ]
