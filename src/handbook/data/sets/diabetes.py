"""Diabetes: ten measurements of 442 patients and the progression of their disease a year later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import REINSTALL, Expectation, between, categories, table, unique
from handbook.data.source import Source

__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

SOURCES = {
    "bundled": Source(
        title="Diabetes",
        folder="diabetes",
        files=(),
        licence="freely used, no licence stated",
        homepage="https://www4.stat.ncsu.edu/~boos/var.select/diabetes.html",
        citation=(
            "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani. Least angle regression. "
            "Annals of Statistics 32, 2004."
        ),
        notes=(
            "Comes with scikit-learn; read in its original units, not scaled over all rows as "
            "scikit-learn does by default, which would let test rows into the scaling."
        ),
    )
}
KIND: Kind = "table"
TASKS = ("regression",)
TARGET = "progression"

_RANGES = {
    "age": (19, 79, "age in years"),
    "bmi": (18, 42.2, "body mass index"),
    "bp": (62, 133, "mean blood pressure"),
    "s1": (97, 301, "total serum cholesterol"),
    "s2": (41.6, 242.4, "low-density lipoproteins"),
    "s3": (22, 99, "high-density lipoproteins"),
    "s4": (2, 9.09, "total cholesterol over high-density lipoproteins"),
    "s5": (3.2581, 6.107, "logarithm of serum triglycerides"),
    "s6": (58, 124, "blood sugar"),
}
_COLUMNS = ("age", "sex", *list(_RANGES)[1:])


def load(raw: Path, release: str) -> Dataset:
    """Read the patients that scikit-learn brings along; `raw` is not read."""
    import pandas as pd
    from sklearn.datasets import load_diabetes

    bundled = load_diabetes(scaled=False)
    X = pd.DataFrame(bundled.data, columns=list(_COLUMNS))
    X["sex"] = X["sex"].astype("int64").astype(str).astype(pd.CategoricalDtype(["1", "2"]))
    return Dataset("diabetes", release, KIND, X, bundled.target.astype("float64"), TARGET)


def sample(seed: int) -> Dataset:
    """Give the same patients: they are bundled and few, so nothing stands in for them."""
    return load(Path(), "sample")


def expectations(release: str) -> list[Expectation]:
    """Return the expectations, from the paper's description and the data themselves."""
    names = [*_COLUMNS, TARGET]
    types = {name: "category" if name == "sex" else "float64" for name in names}
    expected = [
        *table(types, 442),
        *categories("sex", ("1", "2")),
        *(between(name, *limits) for name, limits in _RANGES.items()),
        between(TARGET, 25, 346, "progression of the disease a year later"),
        unique(names),
    ]
    return [replace(expectation, remedy=REINSTALL) for expectation in expected]
