"""The error of a regression taken apart into bias and variance, over bootstrap samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.model_selection import train_test_split

from handbook.core.errors import HandbookError
from handbook.core.files import sha256, write_json
from handbook.data import dataset
from handbook.training.build import build
from handbook.training.spec import DecomposeSpec

__all__ = ["bias_and_variance", "decompose"]

Array = npt.NDArray[np.float64]


def bias_and_variance(y: Array, predictions: Array) -> tuple[float, float, float]:
    """Split the mean squared error of several fits at the same rows into bias and variance.

    `y` is of shape (n,), `predictions` of shape (fits, n). The error is exactly the sum of bias and
    variance, all in squared units of `y`. What cannot be predicted from the columns is part of the
    bias, because `y` stands for the truth.

    References
    ----------
    Geman, Bienenstock and Doursat (1992), "Neural networks and the bias/variance dilemma".

    Examples
    --------
    >>> bias_and_variance(np.array([1.0]), np.array([[2.0], [4.0]]))
    (5.0, 4.0, 1.0)
    """
    error = float(np.mean((predictions - y) ** 2))
    bias = float(np.mean((predictions.mean(axis=0) - y) ** 2))
    variance = float(np.mean(predictions.var(axis=0)))
    return error, bias, variance


def decompose(
    spec: DecomposeSpec, train_path: Path, output: Path, *, say: Callable[[str], None]
) -> None:
    """Fit each model at each value on bootstrap samples, and take its error apart.

    A fifth of the training rows is held back to measure on; the test rows are never looked at.
    """
    rows = dataset.read(train_path)
    if rows.y is None or rows.classes:
        raise HandbookError(f"{spec.data}: bias and variance are taken of a number, not a class")
    seed = spec.seed
    fit_on, check_on = train_test_split(np.arange(len(rows)), test_size=0.2, random_state=seed)
    X, X_check = rows.rows(fit_on).X, rows.rows(check_on).X
    y, y_check = rows.y[fit_on], rows.y[check_on]
    random = np.random.default_rng(seed)
    # The same samples for all models and values.
    samples = [random.integers(0, len(X), len(X)) for _ in range(spec.rounds)]
    models = []
    for name, varied in spec.models.items():
        parts = []
        for value in varied.values:
            params = varied.run.params | {varied.parameter: value}
            estimator = build(varied.run.model_copy(update={"params": params}), X)
            fits = (clone(estimator).fit(X.iloc[sample], y[sample]) for sample in samples)
            predictions = np.stack([fit.predict(X_check) for fit in fits])  # (rounds, check rows)
            parts.append(bias_and_variance(y_check, predictions))
        errors = dict(zip(("error", "bias", "variance"), zip(*parts, strict=True), strict=True))
        about = varied.model_dump(include={"title", "parameter", "values"})
        models.append({"model": name} | about | errors)
        best = varied.values[int(np.argmin(errors["error"]))]
        say(f"{name}: least error at {varied.parameter} {best}")
    write_json(
        output,
        {
            "data": spec.data,
            "data_variant": rows.variant,
            "data_digests": {"train": sha256(train_path)},
            "target": rows.target,
            "rounds": spec.rounds,
            "fit_rows": len(X),
            "check_rows": len(X_check),
            "models": models,
        },
    )
