"""The metrics of section 2.17.3 on cases small enough to be worked by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from handbook.labs.result import Result, implies
from handbook.tasks import classification, regression
from handbook.tasks.task import Predictions

__all__ = ["classification_by_hand", "compute", "regression_by_hand"]


def regression_by_hand(
    y: Sequence[float], predicted: Sequence[float], columns: int
) -> dict[str, float]:
    """Compute the metrics of predicted values in plain arithmetic.

    `columns` is the number of features, for the adjusted R2.

    Examples
    --------
    >>> regression_by_hand([1.0, 2.0, 3.0, 6.0], [1.0, 2.0, 5.0, 6.0], columns=1)["mse"]
    1.0
    """
    n = len(y)
    errors = [a - b for a, b in zip(y, predicted, strict=True)]
    mse = sum(error * error for error in errors) / n
    middle = sum(y) / n
    r2 = 1 - n * mse / sum((value - middle) ** 2 for value in y)
    return {
        "mse": mse,
        "rmse": math.sqrt(mse),
        "mae": sum(abs(error) for error in errors) / n,
        "r2": r2,
        "adjusted_r2": 1 - (1 - r2) * (n - 1) / (n - columns - 1),
    }


def classification_by_hand(
    y: Sequence[int], probabilities: Sequence[float]
) -> tuple[list[list[int]], dict[str, float]]:
    """Compute the confusion matrix and the metrics of two classes in plain arithmetic.

    The probabilities are those of class 1, which is predicted above one half. The matrix is [[true
    negatives, false positives], [false negatives, true positives]].

    Examples
    --------
    >>> matrix, metrics = classification_by_hand([0, 1, 1], [0.2, 0.9, 0.4])
    >>> matrix, metrics["recall"], metrics["roc_auc"]
    ([[1, 0], [1, 1]], 0.5, 1.0)
    """
    pairs = list(zip(y, probabilities, strict=True))
    tp = sum(1 for truth, p in pairs if truth == 1 and p > 0.5)
    fn = sum(1 for truth, p in pairs if truth == 1 and p <= 0.5)
    fp = sum(1 for truth, p in pairs if truth == 0 and p > 0.5)
    tn = sum(1 for truth, p in pairs if truth == 0 and p <= 0.5)
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    # AUC: how often a row of class 1 is put above one of class 0; a tie counts one half.
    above = [
        1.0 if p > q else 0.5 if p == q else 0.0
        for truth, p in pairs
        for other, q in pairs
        if truth == 1 and other == 0
    ]
    # Average precision: down the ranking, the precision at each threshold, by the recall it adds.
    average_precision, hits = 0.0, 0
    for threshold in sorted(set(probabilities), reverse=True):
        called = [truth for truth, p in pairs if p >= threshold]
        average_precision += (sum(called) - hits) / (tp + fn) * sum(called) / len(called)
        hits = sum(called)
    return [[tn, fp], [fn, tp]], {
        "accuracy": (tp + tn) / len(pairs),
        "precision": precision,
        "recall": recall,
        "specificity": tn / (tn + fp),
        "f1": 2 * precision * recall / (precision + recall),
        "balanced_accuracy": (recall + tn / (tn + fp)) / 2,
        "average_precision": average_precision,
        "brier": sum((p - truth) ** 2 for truth, p in pairs) / len(pairs),
        "log_loss": -sum(math.log(p if truth == 1 else 1 - p) for truth, p in pairs) / len(pairs),
        "roc_auc": sum(above) / len(above),
    }


def compute(
    y: list[float],
    said: list[float],
    columns: int,
    classes: list[int],
    probabilities: list[float],
    figure: list[int],
) -> list[Result]:
    """Score a regression and a classification with this project's metrics and by hand."""
    predictions = Predictions(pd.DataFrame({"predicted": said}), columns=columns)
    measured, _ = regression.score(np.array(y), predictions)
    by_hand = regression_by_hand(y, said, columns)

    p = np.array(probabilities)
    predicted = (p > 0.5).astype(int)
    answers = pd.DataFrame({"predicted": predicted, "p:0": 1 - p, "p:1": p})
    scored, _ = classification.score(np.array(classes), Predictions(answers))
    matrix, counted = classification_by_hand(classes, probabilities)
    confusion = confusion_matrix(classes, predicted)
    return [
        *(Result(name, measured[name], by_hand[name], _SOURCES[name]) for name in by_hand),
        Result("confusion matrix, true by predicted class", confusion, matrix, "counting"),
        *(Result(name, scored[name], counted[name], _SOURCES[name]) for name in counted),
        *_of_figure(*figure),
    ]


def _of_figure(tp: int, fp: int, fn: int) -> Iterator[Result]:
    """Yield precision and recall beside the first form that figure 2.10 gives each."""
    truth, predicted = [1] * (tp + fn) + [0] * fp, [1] * tp + [0] * fn + [1] * fp
    precise, recalled = tp / (tp + fp), tp / (tp + fn)
    for name, line, score, right, by, meant, wrong in (
        ("precision", 2323, precision_score, precise, "actual", "are", recalled),
        ("recall", 2325, recall_score, recalled, "predictive", "are called", precise),
    ):
        yield Result(
            f"{name} of {tp} true and {fp} false positives, {fn} missed: first form of figure 2.10",
            score(truth, predicted),
            right,
            _SOURCES[name],
            book=implies(wrong, line),
            reason=f"the figure divides the true positives by the '{by} results' or by the right "
            f"sum. Read as the rows that {meant} positive, the '{by} results' are the other "
            "metric's sum: the first forms of precision and recall are then swapped",
            instead="has the second forms, which are right, as are those of the text",
            fault="contradicts itself",
        )


_SOURCES = {
    "mse": "sum of squared errors / n",
    "rmse": "its square root",
    "mae": "sum of absolute errors / n",
    "r2": "1 - sum of squared errors / sum of squares about the mean",
    "adjusted_r2": "1 - (1 - R²)(n - 1)/(n - k - 1)",
    "accuracy": "(TP + TN) / n",
    "precision": "TP / (TP + FP)",
    "recall": "TP / (TP + FN)",
    "specificity": "TN / (TN + FP)",
    "f1": "2 precision recall / (precision + recall)",
    "balanced_accuracy": "(recall + specificity) / 2",
    "average_precision": "sum over thresholds of precision times the recall gained",
    "brier": "mean of (p - y)²",
    "log_loss": "mean of -ln p of the true class",
    "roc_auc": "share of pairs in the right order, a tie one half",
}
