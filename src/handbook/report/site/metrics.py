"""What each metric says, for readers who meet it for the first time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handbook.report.site.leaderboards import Leaderboard
from handbook.report.site.site import Site
from handbook.tasks.metric import METRICS, Metric

__all__ = ["MEANINGS", "Explained", "explained"]

#: One sentence for each metric.
MEANINGS = {
    "accuracy": "The share of rows that are given their true class; says little where one class "
    "is rare.",
    "balanced_accuracy": "The mean over classes of the share of their rows that are found: every "
    "class counts the same, however rare it is.",
    "precision": "Of the rows that were answered with the class looked for, the share that are of "
    "it: how many alarms are real.",
    "recall": "Of the rows of the class looked for, the share that were found.",
    "specificity": "Of all other rows, the share that raised no alarm; always 1 for who never "
    "raises one.",
    "f1": "The harmonic mean of precision and recall: high only where both are.",
    "roc_auc": "The chance that a random row of the class gets a higher score than a random other "
    "row; 0.5 is guessing.",
    "average_precision": "Precision, averaged over all thresholds as recall grows; guessing gives "
    "the share of the class.",
    "log_loss": "The mean of minus the logarithm of the probability given to the true class: "
    "certain and wrong costs most.",
    "brier": "The mean squared distance between given probabilities and what came true.",
    "mse": "The mean of squared errors, in squared units of the target.",
    "rmse": "The root of the mean of squared errors, in units of the target; large errors count "
    "most.",
    "mae": "The mean size of an error, in units of the target.",
    "r2": "The share of the target’s variance that is explained: 1 is perfect, 0 is as good as the "
    "mean, below that worse.",
    "adjusted_r2": "R², lowered for each column that a model may use.",
    "bits_per_character": "How many bits each next character costs a reader who bets as the model "
    "does.",
    "perplexity": "As if so many characters were equally likely at each place: 2 to the power of "
    "the bits per character.",
    "next_character_accuracy": "The share of characters for which the likeliest one is the true "
    "one.",
    "frechet_distance": "How far made pictures lie from real ones, as a classifier of the real "
    "ones sees them.",
    "sample_precision": "The share of made pictures that lie among the real ones: whether they are "
    "good.",
    "sample_recall": "The share of real pictures that lie among the made ones: whether all kinds "
    "are made.",
    "class_distance": "How far the shares of classes among made pictures are from those among real "
    "ones.",
}


@dataclass(frozen=True)
class Explained:
    """A metric, what it says and where it ranks.

    Parameters
    ----------
    metric : Metric
    meaning : str
    ranks : tuple of Leaderboard
        Those of which it is the primary metric.
    runs : int
        How many runs were measured by it.
    """

    metric: Metric
    meaning: str
    ranks: tuple[Leaderboard, ...]
    runs: int


def explained(site: Site, boards: Sequence[Leaderboard]) -> list[Explained]:
    """Describe the metrics by which any run was measured, in the order of all tables."""
    described = []
    for name, metric in METRICS.items():
        runs = sum(name in run.metrics for run in site.runs)
        if runs:
            ranks = tuple(board for board in boards if board.primary == name)
            described.append(Explained(metric, MEANINGS[name], ranks, runs))
    return described
