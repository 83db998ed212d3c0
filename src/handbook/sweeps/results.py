"""The record of a sweep: its trials, ranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handbook.catalogue.sweep_spec import SweepSpec
from handbook.core.files import digest
from handbook.sweeps.trials import Trial

__all__ = ["RankedTrial", "Ranking", "sweep_key"]


@dataclass(frozen=True)
class RankedTrial(Trial):
    """A trial beside the best one; without several folds there are no intervals."""

    standard_error: float | None = None  # of the mean over folds
    interval: list[float] | None = None  # confidence interval of the mean
    behind: list[float] | None = None  # confidence interval of how much better the best trial is

    @property
    def level(self) -> bool:
        """Whether the folds cannot tell the trial from the best one."""
        return self.behind is not None and self.behind[0] <= 0


@dataclass(frozen=True)
class Ranking:
    """Content of `sweep.json`."""

    sweep: str
    key: str  # see sweep_key
    spec: SweepSpec
    metric: str
    data_digests: Mapping[str, str]
    states: Mapping[str, int]  # number of trials by state
    importance: Mapping[str, float | None]  # share of the variance by parameter
    best: int | None  # number of the best trial
    level_with_best: int  # trials that the folds cannot tell from the best one
    trials: list[RankedTrial]

    @property
    def leader(self) -> RankedTrial | None:
        """The best trial."""
        return None if self.best is None else self.trials[self.best]

    def plain(self) -> dict[str, Any]:
        """Return the record as plain data for JSON."""
        trials = [vars(trial) for trial in self.trials]
        return vars(self) | {"spec": self.spec.model_dump(), "trials": trials}


def sweep_key(spec: SweepSpec, made_by: str) -> str:
    """Return a digest of a sweep's spec and of the code that computes its trials."""
    return digest({"spec": spec.model_dump(), "made_by": made_by})
