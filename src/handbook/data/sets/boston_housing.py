"""Boston housing: median house values in 506 census tracts of 1970."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import Expectation, between, categories, count, table, unique
from handbook.data.formats import tables
from handbook.data.source import RawFile, Source

__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

SOURCES = {
    "statlib": Source(
        title="Boston housing",
        folder="boston-housing",
        files=(
            RawFile(
                "BostonHousing.csv",
                35_735,
                "ab16ba38fbbbbcc69fe930aab1293104f1442c8279c130d9eba03dd864bef675",
                (
                    "https://raw.githubusercontent.com/selva86/datasets/"
                    "c943fa8851270387c44d26efb0f9c0aac1559e11/BostonHousing.csv",
                ),
            ),
        ),
        rows="b9329f19489fa478a90ef2da280ea15262bfcd75e1e3b4a0b64425d609ec4c92",
        licence="freely used, no licence stated",
        homepage="http://lib.stat.cmu.edu/datasets/boston",
        citation=(
            "D. Harrison and D. L. Rubinfeld. Hedonic housing prices and the demand for clean "
            "air. Journal of Environmental Economics and Management 5, 1978."
        ),
        notes=(
            "StatLib's values as they were issued again as CSV (StatLib's own file has another "
            "layout). Column b is built on the share of Black "
            "residents under the assumption that segregation raises prices: it is ethically "
            "contested, and scikit-learn removed the data set for it. medv is cut off at 50 "
            "(thousand dollars): 16 rows."
        ),
    )
}
KIND: Kind = "table"
TASKS = ("regression",)
TARGET = "medv"

# In the order of the file
_TYPES = {
    **dict.fromkeys(("crim", "zn", "indus"), "float64"),
    "chas": "category",
    **dict.fromkeys(("nox", "rm", "age", "dis"), "float64"),
    **dict.fromkeys(("rad", "tax"), "int64"),
    **dict.fromkeys(("ptratio", "b", "lstat"), "float64"),
}
_RANGES = {
    "crim": (0, 89, "crimes per resident"),
    "zn": (0, 100, "per cent of land for large lots"),
    "indus": (0, 28, "per cent of land for industry"),
    "nox": (0.38, 0.88, "nitric oxides, parts per 10 million"),
    "rm": (3, 9, "rooms per dwelling"),
    "age": (0, 100, "per cent of units built before 1940"),
    "dis": (1, 13, "distance to places of work"),
    "rad": (1, 24, "index of access to highways"),
    "tax": (187, 711, "property tax per 10,000 dollars"),
    "ptratio": (12, 22, "pupils per teacher"),
    "b": (0, 396.9, "1000 (Bk - 0.63)^2, at most 396.9"),
    "lstat": (1, 38, "per cent of residents of lower status"),
}
_SAMPLE_ROWS = 400

_dataset = partial(Dataset, name="boston-housing", kind=KIND, target=TARGET)


def load(raw: Path, release: str) -> Dataset:
    """Read the file; chas, quoted there, is a category."""
    path = raw / "BostonHousing.csv"
    frame = tables.read_table(path.read_bytes(), str(path), {**_TYPES, TARGET: "float64"})
    return _dataset(variant=release, X=frame[list(_TYPES)], y=frame[TARGET].to_numpy())


def sample(seed: int) -> Dataset:
    """Draw 400 tracts whose value is known to be linear in four columns.

    The value is 22 + 6 (rm - 6) - 0.4 (lstat - 12) - 0.8 (ptratio - 18) + 3 where chas is 1,
    plus normal noise of standard deviation 3, cut off at 5 and 50.
    """
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            name: pd.Categorical(
                np.where(random.random(_SAMPLE_ROWS) < 0.07, "1", "0"), categories=["0", "1"]
            )
            if kind == "category"
            else random.uniform(*_RANGES[name][:2], _SAMPLE_ROWS).astype(kind)
            for name, kind in _TYPES.items()
        }
    )
    X["rm"] = random.normal(6.2, 0.7, _SAMPLE_ROWS).clip(3.5, 8.8)
    value = 22 + 6 * (X["rm"] - 6) - 0.4 * (X["lstat"] - 12) - 0.8 * (X["ptratio"] - 18)
    value = value + 3 * (X["chas"] == "1") + random.normal(0, 3, _SAMPLE_ROWS)
    return _dataset(variant="sample", X=X, y=np.clip(value.to_numpy(), 5, 50))


def expectations(release: str) -> list[Expectation]:
    """Return the expectations, from the description of the tracts and the file itself."""
    real = [
        count(16, {TARGET: 50.0}, "16 values are cut off at 50"),
        count(35, {"chas": "1"}, "35 tracts bound the Charles River"),
    ]
    return [
        *table({**_TYPES, TARGET: "float64"}, _SAMPLE_ROWS if release == "sample" else 506),
        *categories("chas", ("0", "1")),
        *(between(name, low, high, text) for name, (low, high, text) in _RANGES.items()),
        between(TARGET, 5, 50, "median value in thousand dollars, cut off at 50"),
        unique([*_TYPES, TARGET]),
        *(real if release != "sample" else []),
    ]
