"""Metrics: their names for people, which way is better, and between which bounds they lie."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

__all__ = ["METRICS", "Metric"]


@dataclass(frozen=True)
class Metric:
    """All that is known of a metric, apart from how it is computed.

    Examples
    --------
    >>> rmse = METRICS["rmse"]
    >>> rmse.title, rmse.direction, rmse.sign, rmse.perfect
    ('RMSE', 'lower is better', -1.0, 0.0)
    """

    name: str  # key in the files of results
    title: str  # name for people
    tasks: tuple[str, ...] = ()  # kinds of task that are scored by it
    higher: bool = True  # whether higher is better
    low: float = -inf  # least and largest value
    high: float = inf

    @classmethod
    def named(cls, name: str) -> Metric:
        """Return the metric of a name that a file holds, which may be of no metric known here.

        Examples
        --------
        >>> Metric.named("roc_auc").title, Metric.named("hinge_loss").title
        ('ROC AUC', 'hinge loss')
        """
        return METRICS.get(name) or cls(name, name.replace("_", " "))

    @property
    def sign(self) -> float:
        """What values are multiplied by so that higher is better: 1 or -1."""
        return 1.0 if self.higher else -1.0

    @property
    def direction(self) -> str:
        """Which way is better, in words; empty for a metric not known here."""
        if self.name not in METRICS:
            return ""
        return "higher is better" if self.higher else "lower is better"

    @property
    def perfect(self) -> float:
        """The best possible value."""
        return self.high if self.higher else self.low

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and largest value."""
        return self.low, self.high

    @property
    def difference_bounds(self) -> tuple[float, float]:
        """Least and largest difference between two values.

        Examples
        --------
        >>> METRICS["roc_auc"].difference_bounds, METRICS["rmse"].difference_bounds
        ((-1.0, 1.0), (-inf, inf))
        """
        return self.low - self.high, self.high - self.low

    def standing(self, mean: float | None, name: str) -> tuple[int, float, str]:
        """Return a key that sorts the runs of a data set, the best first.

        The best mean over folds comes first. Equal means are settled by the name of the run, so
        that the order in which runs are read has no say. Runs without a mean come last, in the
        order given.

        Examples
        --------
        >>> means = {"ridge": 4.0, "svr": None, "lasso": 4.0, "knn": 3.5}
        >>> sorted(means, key=lambda name: METRICS["rmse"].standing(means[name], name))
        ['knn', 'lasso', 'ridge', 'svr']
        """
        return (1, 0.0, "") if mean is None else (0, -self.sign * mean, name)


_RANKED = ("classification", "outliers")
_CLASSES = ("classification",)
_VALUES = ("regression",)
_TEXT = ("language",)
_IMAGES = ("generation",)

#: In the order of tables: name, title, tasks, whether higher is better, least and largest value.
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "accuracy", _RANKED, True, 0.0, 1.0),
        Metric("balanced_accuracy", "balanced accuracy", _RANKED, True, 0.0, 1.0),
        Metric("precision", "precision", _RANKED, True, 0.0, 1.0),
        Metric("recall", "recall", _RANKED, True, 0.0, 1.0),
        Metric("specificity", "specificity", _RANKED, True, 0.0, 1.0),
        Metric("f1", "F1", _RANKED, True, 0.0, 1.0),
        Metric("roc_auc", "ROC AUC", _RANKED, True, 0.0, 1.0),
        Metric("average_precision", "average precision", _RANKED, True, 0.0, 1.0),
        Metric("log_loss", "log loss", _CLASSES, False, 0.0, inf),
        Metric("brier", "Brier score", _CLASSES, False, 0.0, inf),
        Metric("mse", "MSE", _VALUES, False, 0.0, inf),
        Metric("rmse", "RMSE", _VALUES, False, 0.0, inf),
        Metric("mae", "MAE", _VALUES, False, 0.0, inf),
        Metric("r2", "R²", _VALUES, True, -inf, 1.0),
        Metric("adjusted_r2", "adjusted R²", _VALUES, True, -inf, 1.0),
        Metric("bits_per_character", "bits per character", _TEXT, False, 0.0, inf),
        Metric("perplexity", "perplexity", _TEXT, False, 1.0, inf),
        Metric("next_character_accuracy", "next character accuracy", _TEXT, True, 0.0, 1.0),
        Metric("frechet_distance", "Fréchet distance", _IMAGES, False, 0.0, inf),
        Metric("sample_precision", "sample precision", _IMAGES, True, 0.0, 1.0),
        Metric("sample_recall", "sample recall", _IMAGES, True, 0.0, 1.0),
        Metric("class_distance", "class distance", _IMAGES, False, 0.0, 1.0),
    )
}
