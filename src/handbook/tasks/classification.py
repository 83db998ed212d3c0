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
    get_scorer,
    log_loss,
    roc_auc_score,
)
from sklearn.model_selection import FixedThresholdClassifier, StratifiedGroupKFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier

from handbook.tasks.task import Judge, Predictions, Scores

__all__ = ["SCHEME", "baseline", "folds", "predict", "primary", "score", "scorer"]

SCHEME = "stratified k-fold"

Array = npt.NDArray[Any]


def primary(classes: int) -> str:
    """Name the metric that ranks models: ROC AUC for two classes, accuracy for more."""
    return "roc_auc" if classes == 2 else "accuracy"


def scorer(classes: int) -> Any:
    """Return scikit-learn's scorer of the primary metric."""
    return get_scorer(primary(classes))


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


def predict(estimator: Any, X: Any, classes: int, judge: Judge | None = None) -> Predictions:
    """Return the predicted class code, and the probability of every class where there is one.

    Columns are ``predicted`` and ``p:0`` ... ``p:<classes - 1>``; a class that a training fold
    lacks gets probability 0. Of a classifier with ``decision_function`` alone (support vector
    machines) and of two classes they are ``predicted`` and ``score``, which grows towards the
    second class.
    """
    if hasattr(estimator, "steps"):
        # Columns are encoded once for both probabilities and classes.
        estimator, X = estimator[-1], estimator[:-1].transform(X)
    if hasattr(estimator, "predict_proba"):
        probabilities = np.zeros((len(X), classes))
        given = np.asarray(estimator.predict_proba(X))
        probabilities[:, np.asarray(estimator.classes_, dtype=int)] = given
        if given.dtype != np.float64:  # XGBoost's sum to 1 less exactly than metrics ask for
            probabilities /= probabilities.sum(axis=1, keepdims=True)
        table = pd.DataFrame(probabilities, columns=[f"p:{code}" for code in range(classes)])
        ranking = probabilities[:, -1]
    elif classes == 2:
        ranking = np.asarray(estimator.decision_function(X), dtype=float)
        table = pd.DataFrame({"score": ranking})
    else:
        table = pd.DataFrame(index=range(len(X)))
    if isinstance(estimator, FixedThresholdClassifier):
        # What its own `predict` does, without ranking all rows a second time.
        predicted = ranking >= estimator.threshold
    elif isinstance(estimator, KNeighborsClassifier):
        # The vote of the neighbours is in the probabilities: no second search for them.
        predicted = probabilities.argmax(axis=1)
    else:
        predicted = estimator.predict(X)
    table.insert(0, "predicted", np.ravel(predicted).astype(np.int64))  # CatBoost's is (n, 1)
    return Predictions(table, classes=classes)


def score(y: Array, predictions: Predictions) -> Scores:
    """Score predictions against the true class codes.

    Precision, recall, specificity and F1 speak of the last class where there are two, and are
    the unweighted means over classes where there are more. ROC AUC is one-vs-rest, averaged.

    References
    ----------
    Handbook, section 2.17.3. Brodersen et al. (2010) for balanced accuracy; Brier (1950).

    Examples
    --------
    >>> table = pd.DataFrame({"predicted": [0, 0], "p:0": [0.9, 0.6], "p:1": [0.1, 0.4]})
    >>> metrics, undefined = score(np.array([0, 1]), Predictions(table))
    >>> metrics["accuracy"], metrics["precision"], undefined["precision"]
    (0.5, None, 'no row was predicted as the positive class')
    """
    table = predictions.table
    p = table.filter(like="p:").to_numpy()
    classes = predictions.classes or p.shape[1]
    codes = np.arange(classes)
    matrix = confusion_matrix(y, table["predicted"], labels=codes)
    n = matrix.sum()
    tp = np.diag(matrix)
    support, predicted = matrix.sum(axis=1), matrix.sum(axis=0)

    metrics: dict[str, float | None] = {}
    undefined: dict[str, str] = {}

    def undefine(reason: str, *names: str) -> None:
        metrics.update(dict.fromkeys(names))
        undefined.update(dict.fromkeys(names, reason))

    def put(name: str, top: Array, bottom: Array, binary: str, many: str) -> None:
        """Put one rate: of the positive class, or the mean over classes."""
        if classes == 2:
            top, bottom = top[1:], bottom[1:]
        if (bottom == 0).any():
            undefine(binary if classes == 2 else many, name)
        else:
            metrics[name] = float(np.mean(top / bottom))

    absent = "the rows hold only one class" if classes == 2 else "a class has no row"
    metrics["accuracy"] = float(tp.sum() / n)
    if (support == 0).any():
        undefine(absent, "balanced_accuracy")
    else:
        metrics["balanced_accuracy"] = float(np.mean(tp / support))
    put(
        "precision",
        tp,
        predicted,
        "no row was predicted as the positive class",
        "a class was never predicted",
    )
    put("recall", tp, support, "no row is of the positive class", absent)
    put(
        "specificity",
        n - support - predicted + tp,
        n - support,
        "no row is of the negative class",
        "all rows are of one class",
    )
    put("f1", 2 * tp, support + predicted, "no row is, or was predicted as, positive", absent)

    # (n,) for two classes, (n, classes) for more
    ranking = p if p.size else table.get("score", pd.Series()).to_numpy()
    if classes == 2 and p.size:
        ranking = p[:, 1]
    fault = absent if (support == 0).any() else "" if ranking.size else "the model ranks no rows"
    if fault:
        undefine(fault, "roc_auc", "average_precision")
    else:
        truth = y if classes == 2 else np.equal.outer(y, codes)
        metrics["roc_auc"] = float(roc_auc_score(truth, ranking))
        metrics["average_precision"] = float(average_precision_score(truth, ranking))
    if p.size:
        metrics["log_loss"] = float(log_loss(y, p, labels=codes))
        metrics["brier"] = float(brier_score_loss(y, p[:, 1] if classes == 2 else p, labels=codes))
    else:
        undefine("the model gives no probabilities", "log_loss", "brier")
    return metrics, undefined
