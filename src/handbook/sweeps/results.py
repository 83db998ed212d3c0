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
    """A trial beside the best one.

    Parameters
    ----------
    standard_error : float or None
        Of the mean over folds; None where there are no several folds.
    interval : list of float or None
        Confidence interval of the mean.
    behind : list of float or None
        Confidence interval of how much better the best trial is.
    """

    standard_error: float | None = None
    interval: list[float] | None = None
    behind: list[float] | None = None

    @property
    def level(self) -> bool:
        """Whether the folds cannot tell the trial from the best one."""
        return self.behind is not None and self.behind[0] <= 0


@dataclass(frozen=True)
class Ranking:
    """Content of `sweep.json`.

    Parameters
    ----------
    sweep : str
    key : str
        See :func:`sweep_key`.
    spec : SweepSpec
    metric : str
    data_digests : mapping of str to str
    states : mapping of str to int
        Number of trials by state.
    importance : mapping of str to float or None
        Share of the variance by parameter.
    best : int or None
        Number of the best trial; None where no trial finished.
    level_with_best : int
        How many trials the folds cannot tell from the best one, itself included.
    trials : list of RankedTrial
    """

    sweep: str
    key: str
    spec: SweepSpec
    metric: str
    data_digests: Mapping[str, str]
    states: Mapping[str, int]
    importance: Mapping[str, float | None]
    best: int | None
    level_with_best: int
    trials: list[RankedTrial]

    @property
    def leader(self) -> RankedTrial | None:
        """The best trial."""
        return None if self.best is None else self.trials[self.best]

    def plain(self) -> dict[str, Any]:
        """Return the record as plain data for JSON."""
        return vars(self) | {
            "spec": self.spec.model_dump(), "trials": [vars(trial) for trial in self.trials],
        }  # fmt: skip


def sweep_key(spec: SweepSpec, made_by: str) -> str:
    """Return a digest of a sweep's spec and of the code that computes its trials."""
    return digest({"spec": spec.model_dump(), "made_by": made_by})
