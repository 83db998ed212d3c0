"""Names for people: of metrics and of verdicts."""

from __future__ import annotations

from handbook import tasks

__all__ = ["BEATS", "direction", "metric_name"]

_METRICS = {
    "roc_auc": "ROC AUC",
    "f1": "F1",
    "brier": "Brier score",
    "mse": "MSE",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
    "adjusted_r2": "adjusted R²",
    "frechet_distance": "Fréchet distance",
    "quantization_error": "quantisation error",
}

BEATS = {"yes": "yes", "unclear": "not clearly", "no": "no"}


def metric_name(metric: str) -> str:
    """Return a metric's name as the field writes it.

    Examples
    --------
    >>> metric_name("roc_auc"), metric_name("balanced_accuracy")
    ('ROC AUC', 'balanced accuracy')
    """
    return _METRICS.get(metric, metric.replace("_", " "))


def direction(metric: str) -> str:
    """Say which way is better, or nothing where that is not known."""
    higher = tasks.HIGHER_IS_BETTER.get(metric)
    return "" if higher is None else "higher is better" if higher else "lower is better"
