"""Bank marketing: which customers, called by a Portuguese bank, open a term deposit."""

from __future__ import annotations

from functools import partial
from itertools import chain, starmap
from pathlib import Path

from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import (
    Expectation,
    between,
    categories,
    count,
    missing,
    table,
    unique,
)
from handbook.data.formats import archive, tables
from handbook.data.source import RawFile, Source

__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

SOURCES = {
    "bank-full": Source(
        title="Bank marketing",
        folder="bank-marketing",
        files=(
            RawFile(
                "bank.zip",
                579_043,
                "99d7e8eb12401ed278b793984423915411ea8df099e1795f9fefe254f513fe5e",
                ("https://archive.ics.uci.edu/ml/machine-learning-databases/00222/bank.zip",),
                archive="https://archive.ics.uci.edu/static/public/222/bank+marketing.zip",
            ),
        ),
        rows="f0d9fe596a64a2d698d620569e1eaaef083759c5fcdb8f3030b1316044884a03",
        licence="CC BY 4.0",
        homepage="https://archive.ics.uci.edu/dataset/222/bank+marketing",
        citation=(
            "S. Moro, P. Cortez and P. Rita. A data-driven approach to predict the success of "
            "bank telemarketing. Decision Support Systems 62, 2014."
        ),
        notes=(
            "pdays is -1 in the file where a customer was never contacted before: loaded as a "
            "missing value. duration is known only after the call: a model that uses it cannot "
            "choose whom to call, and its score is flattering."
        ),
    )
}
KIND: Kind = "table"
TASKS = ("classification",)
TARGET, CLASSES = "y", ("no", "yes")

_CATEGORIES = {
    "job": (
        "admin.",
        "blue-collar",
        "entrepreneur",
        "housemaid",
        "management",
        "retired",
        "self-employed",
        "services",
        "student",
        "technician",
        "unemployed",
        "unknown",
    ),
    "marital": ("divorced", "married", "single"),
    "education": ("primary", "secondary", "tertiary", "unknown"),
    "default": ("no", "yes"),
    "housing": ("no", "yes"),
    "loan": ("no", "yes"),
    "contact": ("cellular", "telephone", "unknown"),
    "month": ("apr", "aug", "dec", "feb", "jan", "jul", "jun", "mar", "may", "nov", "oct", "sep"),
    "poutcome": ("failure", "other", "success", "unknown"),
}
# In the order of the file
_TYPES = {
    "age": "int64",
    **dict.fromkeys(("job", "marital", "education", "default"), "category"),
    "balance": "int64",
    **dict.fromkeys(("housing", "loan", "contact"), "category"),
    "day": "int64",
    "month": "category",
    **dict.fromkeys(("duration", "campaign"), "int64"),
    "pdays": "float64",
    "previous": "int64",
    "poutcome": "category",
}
_COUNTS = {"no": 39_922, "yes": 5_289}
_SAMPLE_COUNTS = {"no": 1_760, "yes": 240}

_dataset = partial(Dataset, name="bank-marketing", kind=KIND, target=TARGET, classes=CLASSES)


def load(raw: Path, release: str) -> Dataset:
    """Read ``bank-full.csv`` out of the zip file; pdays of -1 becomes missing."""
    what = f"{raw / 'bank.zip'}: bank-full.csv"
    data = archive.member(raw / "bank.zip", "bank-full.csv", limit=16 * 2**20)
    frame = tables.read_table(data, what, {**_TYPES, TARGET: "category"}, separator=";")
    X = frame.drop(columns=TARGET)
    X["pdays"] = X["pdays"].where(X["pdays"] != -1)
    return _dataset(variant=release, X=X, y=tables.label_codes(frame[TARGET], CLASSES, what))


def sample(seed: int) -> Dataset:
    """Draw 2,000 customers whose answer is known to follow a logistic model.

    The log-odds are 2.5 for a success in the last campaign, 1 for each three minutes of the
    call, 0.8 for a mobile telephone, -0.7 for a housing loan and -0.1 for each call of this
    campaign; the 240 customers with the highest log-odds plus logistic noise say yes.
    """
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    rows = sum(_SAMPLE_COUNTS.values())
    drawn = {name: random.choice(list(values), rows) for name, values in _CATEGORIES.items()}
    # as in the real data, most customers have never been contacted before
    called = random.random(rows) < 0.2
    earlier = random.choice(["failure", "other", "success"], rows)
    drawn["poutcome"] = np.where(called, earlier, "unknown")
    numbers = {
        "age": random.integers(18, 96, rows),
        "balance": random.normal(1_400, 3_000, rows).clip(-8_000, 100_000).astype("int64"),
        "day": random.integers(1, 32, rows),
        "duration": random.exponential(260, rows).clip(0, 4_900).astype("int64"),
        "campaign": random.geometric(0.36, rows).clip(1, 63),
        "pdays": np.where(called, random.integers(1, 872, rows), np.nan),
        "previous": np.where(called, random.geometric(0.3, rows), 0),
    }
    score = (
        2.5 * (drawn["poutcome"] == "success")
        + numbers["duration"] / 180
        + 0.8 * (drawn["contact"] == "cellular")
        - 0.7 * (drawn["housing"] == "yes")
        - 0.1 * numbers["campaign"]
        + random.logistic(0, 1, rows)
    )
    X = pd.DataFrame(
        {
            name: pd.Categorical(drawn[name], categories=list(_CATEGORIES[name]))
            if kind == "category"
            else numbers[name].astype(kind)
            for name, kind in _TYPES.items()
        }
    )
    return _dataset(variant="sample", X=X, y=tables.highest(score, _SAMPLE_COUNTS["yes"]))


def expectations(release: str) -> list[Expectation]:
    """Return the expectations, from UCI's description and the file itself."""
    counts = _SAMPLE_COUNTS if release == "sample" else _COUNTS
    real = [count(36_954, {"pdays": None}, "36,954 customers were never contacted before")]
    return [
        *table(_TYPES, counts, TARGET, gaps=["pdays"]),
        *chain.from_iterable(starmap(categories, _CATEGORIES.items())),
        between("age", 18, 95, "customers are adults, the oldest is 95"),
        between("balance", -8_019, 102_127, "the yearly balance in euros"),
        between("day", 1, 31, "day of the month"),
        between("duration", 0, 4_918, "the last call took 0 to 4,918 seconds"),
        between("campaign", 1, 63, "calls in this campaign, this one included"),
        between("previous", 0, 275, "calls before this campaign"),
        between("pdays", 1, 871, "days since the last campaign's call"),
        missing("pdays", {"previous": 0}, "nobody is called back who was never called"),
        Expectation(
            "ExpectColumnValuesToNotBeNull",
            {"column": "pdays", "where": {"previous": (">", 0)}},
            "whoever was called before was called some days ago",
        ),
        Expectation(
            "ExpectColumnValuesToBeInSet",
            {"column": "poutcome", "value_set": ["unknown"], "where": {"previous": 0}},
            "without an earlier call its outcome is unknown",
        ),
        unique([*_TYPES, TARGET]),
        *(real if release != "sample" else []),
    ]
