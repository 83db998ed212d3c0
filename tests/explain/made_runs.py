"""Small fitted runs of made-up tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from handbook.data.dataset import Dataset
from handbook.explain.run import Fitted
from handbook.explain.spec import ExplainSpec
from handbook.training.preprocess import pipeline
from handbook.training.spec import Preprocess, RunSpec

RECIPE = Preprocess()


def dataset(X: pd.DataFrame, y: Any, classes: tuple[str, ...] = ()) -> Dataset:
    # codes of classes, or values
    return Dataset(
        "made",
        "sample",
        "table",
        X,
        np.asarray(y, dtype=int if classes else float),
        target="y",
        classes=classes,
    )


def spec_of(
    task: str,
    preprocess: Preprocess | None = None,
    *,
    data: str = "made",
    seed: int = 7,
    shows: Sequence[str] = (),
) -> ExplainSpec:
    """What an explanation depends on."""
    run = RunSpec(
        model="made",
        data=data,
        variant="book",
        task=task,
        estimator="made",
        params={},
        preprocess=preprocess,
        seed=seed,
    )
    return ExplainSpec(run=run, shows=list(shows), shuffles=10)


def fit(
    model: Any,
    X: pd.DataFrame,
    y: Any,
    *,
    classes: tuple[str, ...] = (),
    test: tuple[pd.DataFrame, Any] | None = None,
    **recipe: Any,
) -> Fitted:
    """Fit a model behind its preprocessing; its test rows are its training rows unless given."""
    preprocess = RECIPE.model_copy(update=recipe)
    train = dataset(X, y, classes)
    spec = spec_of("classification" if classes else "regression", preprocess)
    estimator = pipeline(model, preprocess, X).fit(X, train.y)
    return Fitted(spec, estimator, train, dataset(*test, classes) if test else train)


def numbers(rows: int, columns: int = 3, seed: int = 0) -> pd.DataFrame:
    """Independent columns of unlike units."""
    rng = np.random.default_rng(seed)
    scale = 10.0 ** np.arange(columns)
    table = rng.normal(size=(rows, columns)) * scale + 5 * scale
    return pd.DataFrame(table, columns=list("abcdefgh"[:columns]))


def mixed(rows: int, seed: int = 0) -> pd.DataFrame:
    """Numbers, one of them with gaps, and categories of two and of three values."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "age": rng.integers(18, 90, rows),
            "job": pd.Categorical(rng.choice(["admin.", "student", "retired"], rows)),
            "pdays": rng.normal(100, 30, rows),
            "loan": pd.Categorical(rng.choice(["no", "yes"], rows)),
        }
    )
    table.loc[rng.random(rows) < 0.3, "pdays"] = np.nan
    return table


def flowers() -> tuple[pd.DataFrame, Any, tuple[str, ...]]:
    from sklearn.datasets import load_iris

    iris = load_iris(as_frame=True)
    return iris.data, iris.target.to_numpy(), tuple(iris.target_names)
