"""Classification: metrics of section 2.17.3 and those that unbalanced classes need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    log_loss,
    roc_auc_score,
)
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

__all__ = ["SCHEME", "baseline", "folds", "predict", "primary", "score"]

SCHEME = "stratified k-fold"

Array = npt.NDArray[Any]


def primary(classes: int) -> str:
    """Name the metric that ranks models: ROC AUC for two classes, accuracy for more."""
    return "roc_auc" if classes == 2 else "accuracy"


def baseline() -> DummyClassifier:
    """Return a classifier that knows the class shares of the training rows and nothing else."""
    return DummyClassifier(strategy="prior")


def folds(
    y: Array, k: int, seed: int, groups: Array | None = None
) -> Iterator[tuple[Array, Array]]:
    """Yield training and validation positions of stratified folds; groups stay together."""
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    splitter = kind(n_splits=k, shuffle=True, random_state=seed)
    yield from splitter.split(np.zeros(len(y)), y, groups)


def predict(estimator: Any, X: Any, classes: int) -> pd.DataFrame:
    """Return the predicted class code and the probability of every class.

    Parameters
    ----------
    estimator : fitted classifier with ``predict_proba``
    X : rows of shape (n, ...)
    classes : int
        Number of classes of the data set. A class that a training fold lacks gets
        probability 0.

    Returns
    -------
    DataFrame of n rows
        ``predicted`` and ``p:0`` ... ``p:<classes - 1>``.
    """
    probabilities = np.zeros((len(X), classes))
    probabilities[:, np.asarray(estimator.classes_, dtype=int)] = estimator.predict_proba(X)
    table = pd.DataFrame(probabilities, columns=[f"p:{code}" for code in range(classes)])
    table.insert(0, "predicted", np.asarray(estimator.predict(X), dtype=np.int64))
    return table


def score(y: Array, predictions: pd.DataFrame) -> tuple[dict[str, float | None], dict[str, str]]:
    """Score predictions against the true class codes.

    Precision, recall, specificity and F1 speak of the last class where there are two, and are
    the unweighted means over classes where there are more. ROC AUC is one-vs-rest, averaged.

    Parameters
    ----------
    y : int array of shape (n,)
    predictions : DataFrame of n rows, as :func:`predict` returns it

    Returns
    -------
    metrics : dict of str to float or None
        None where a metric is undefined.
    undefined : dict of str to str
        Why it is.

    References
    ----------
    Handbook, section 2.17.3. Brodersen et al. (2010) for balanced accuracy; Brier (1950).

    Examples
    --------
    >>> table = pd.DataFrame({"predicted": [0, 0], "p:0": [0.9, 0.6], "p:1": [0.1, 0.4]})
    >>> metrics, undefined = score(np.array([0, 1]), table)
    >>> metrics["accuracy"], metrics["precision"], undefined["precision"]
    (0.5, None, 'no row was predicted as the positive class')
    """
    classes = predictions.shape[1] - 1
    codes = np.arange(classes)
    p = predictions.filter(like="p:").to_numpy()
    matrix = confusion_matrix(y, predictions["predicted"], labels=codes)
    n = matrix.sum()
    tp = np.diag(matrix)
    support, called = matrix.sum(axis=1), matrix.sum(axis=0)

    metrics: dict[str, float | None] = {}
    undefined: dict[str, str] = {}

    def put(name: str, top: Array, bottom: Array, binary: str, many: str) -> None:
        """Put one rate: of the positive class, or the mean over classes."""
        if classes == 2:
            top, bottom = top[1:], bottom[1:]
        if (bottom == 0).any():
            metrics[name] = None
            undefined[name] = binary if classes == 2 else many
        else:
            metrics[name] = float(np.mean(top / bottom))

    absent = "the rows hold only one class" if classes == 2 else "a class has no row"
    metrics["accuracy"] = float(tp.sum() / n)
    if (support == 0).any():
        metrics["balanced_accuracy"], undefined["balanced_accuracy"] = None, absent
    else:
        metrics["balanced_accuracy"] = float(np.mean(tp / support))
    put(
        "precision",
        tp,
        called,
        "no row was predicted as the positive class",
        "a class was never predicted",
    )
    put("recall", tp, support, "no row is of the positive class", absent)
    put(
        "specificity",
        n - support - called + tp,
        n - support,
        "no row is of the negative class",
        "all rows are of one class",
    )
    put("f1", 2 * tp, support + called, "no row is, or was predicted as, positive", absent)

    if (support == 0).any():
        for name in ("roc_auc", "average_precision"):
            metrics[name], undefined[name] = None, absent
    else:
        truth = y if classes == 2 else np.equal.outer(y, codes)
        scores = p[:, 1] if classes == 2 else p
        metrics["roc_auc"] = float(roc_auc_score(truth, scores))
        metrics["average_precision"] = float(average_precision_score(truth, scores))
    metrics["log_loss"] = float(log_loss(y, p, labels=codes))
    metrics["brier"] = float(brier_score_loss(y, p[:, 1] if classes == 2 else p, labels=codes))
    return metrics, undefined
