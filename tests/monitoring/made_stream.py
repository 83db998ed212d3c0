"""A made model of two classes with rows, answers and labels, of which the drift is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from handbook.data.dataset import Dataset
from handbook.monitoring.reference import Reference, of_model
from handbook.monitoring.watch import Sequenced

CLASSES = ("no", "yes")


def drawn(rng: np.random.Generator, rows: int, *, age: float = 0.0, turn: float = 0.0) -> Dataset:
    """Draw rows: `age` deviations older, and labels whose log-odds are lower by `turn`."""
    X = pd.DataFrame(
        {
            "age": rng.normal(40 + 10 * age, 10, rows),
            "job": pd.Categorical(rng.choice(["clerk", "nurse", "pilot"], rows, p=[0.6, 0.3, 0.1])),
            "calls": rng.poisson(2, rows),
            "days": np.where(rng.random(rows) < 0.3, np.nan, rng.exponential(100, rows)),
        }
    )
    p = 1 / (1 + np.exp(-(log_odds(X) - turn)))
    y = (rng.random(rows) < p.to_numpy()).astype(np.int64)
    return Dataset("calls", "made", "table", X, y, "y", CLASSES)


def log_odds(X: pd.DataFrame) -> Any:
    """Return what the labels follow."""
    return -1.5 + 0.08 * (X["age"] - 40) + 1.0 * (X["job"] == "pilot") - 0.2 * (X["calls"] - 2)


def answered(data: Dataset) -> pd.DataFrame:
    """Answer rows as a model does that knows what labels follow, at a threshold of 0.3."""
    p = 1 / (1 + np.exp(-log_odds(data.X).to_numpy()))
    return pd.DataFrame({"predicted": (p >= 0.3).astype(np.int64), "p:0": 1 - p, "p:1": p})


def made_reference(rng: np.random.Generator, train: int = 6_000, test: int = 3_000) -> Reference:
    """Describe rows without drift."""
    rows, held_out = drawn(rng, train), drawn(rng, test)
    names = {"run": "odds/calls/book", "job_key": "key", "task": "classification"}
    return of_model(rows, held_out, answered(held_out), **names)


def sequenced(*parts: Dataset) -> Sequenced:
    """Put rows one after the other, with answers and labels."""
    tables = [answered(part) for part in parts]
    return Sequenced(
        pd.concat([part.X for part in parts], ignore_index=True),
        pd.concat(tables, ignore_index=True),
        np.concatenate([part.labels for part in parts]).astype(float),
    )
