"""Iris: 150 flowers of three species, four measurements each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import REINSTALL, Expectation, between, table, unique
from handbook.data.source import Source

__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

SOURCES = {
    "bundled": Source(
        title="Iris",
        folder="iris",
        files=(),
        licence="CC BY 4.0",
        homepage="https://archive.ics.uci.edu/dataset/53/iris",
        citation=(
            "R. A. Fisher. The use of multiple measurements in taxonomic problems. "
            "Annals of Eugenics 7, 1936."
        ),
        notes="Comes with scikit-learn. One flower (virginica) is there twice, as in the paper.",
    )
}
KIND: Kind = "table"
TASKS = ("classification",)
TARGET, CLASSES = "species", ("setosa", "versicolor", "virginica")

_RANGES = {
    "sepal_length": (4.3, 7.9),
    "sepal_width": (2.0, 4.4),
    "petal_length": (1.0, 6.9),
    "petal_width": (0.1, 2.5),
}


def load(raw: Path, release: str) -> Dataset:
    """Read the flowers that scikit-learn brings along; `raw` is not read."""
    import pandas as pd
    from sklearn.datasets import load_iris

    bundled = load_iris()
    X = pd.DataFrame(bundled.data, columns=list(_RANGES))
    return Dataset("iris", release, KIND, X, bundled.target.astype("int64"), TARGET, CLASSES)


def sample(seed: int) -> Dataset:
    """Give the same flowers: they are bundled and small, so nothing stands in for them."""
    return load(Path(), "sample")


def expectations(release: str) -> list[Expectation]:
    """Return the expectations, from Fisher's paper."""
    expected = [
        *table(dict.fromkeys(_RANGES, "float64"), dict.fromkeys(CLASSES, 50), TARGET),
        *(
            between(name, *limits, f"{name.replace('_', ' ')} in centimetres")
            for name, limits in _RANGES.items()
        ),
        unique([*_RANGES, TARGET], "at most two flowers are equal", 0.98),
    ]
    return [replace(expectation, remedy=REINSTALL) for expectation in expected]
