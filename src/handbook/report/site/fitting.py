"""Which models over- or underfit, from their learning curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from handbook.report.figures.diagnosed.diagnosis import NOTHING, Scores, fits
from handbook.report.site.site import Curves
from handbook.tasks.metric import Metric

__all__ = ["Fit", "fitted"]


class Fit(NamedTuple):
    """How a model fits, at the largest number of rows of its learning curve.

    Parameters
    ----------
    model, data, metric : str
    rows : int
        Training rows.
    train, check, spread : float
        Mean scores on training and on validation rows, and the deviation of the latter over splits.
    dummy : float
    verdict : str
    """

    model: str
    data: str
    metric: str
    rows: int
    train: float
    check: float
    spread: float
    dummy: float
    verdict: str

    @property
    def gap(self) -> float:
        """How much better the model is on its own training rows."""
        return Metric.named(self.metric).sign * (self.train - self.check)

    @property
    def lost(self) -> float | None:
        """The gap as a part of what the model gains over the dummy on its own training rows.

        Examples
        --------
        >>> Fit("tree", "iris", "accuracy", 90, 1.0, 0.8, 0.02, 0.5, "overfits").lost
        0.4
        """
        gained = Metric.named(self.metric).sign * (self.train - self.dummy)
        return round(self.gap / gained, 9) if gained > 0 else None

    @property
    def kind(self) -> str:
        """Which badge the verdict has."""
        if NOTHING in self.verdict:
            return "no"
        return "yes" if self.verdict == "generalises" else "unclear"


def fitted(curves: Sequence[Curves]) -> list[Fit]:
    """Judge every learning curve; what loses most on new rows stands first."""
    rows = []
    for each in curves:
        learning = each.record.get("learning")
        if not learning:
            continue
        train, check = Scores.of(learning["train"]), Scores.of(learning["validation"])
        ends = float(train.mean[-1]), float(check.mean[-1]), float(check.spread[-1])
        dummy, metric = each.record["baseline"], each.record["metric"]
        verdict = fits(*ends, dummy, metric)
        size = learning["sizes"][-1]
        rows.append(Fit(each.model, each.data, metric, size, *ends, dummy, verdict))
    return sorted(rows, key=lambda fit: (-(fit.lost or 0), fit.model, fit.data))
