"""How far a model's test scores move with the seed of its training, and what that says of runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from scipy.stats import t as student

from handbook.catalogue.overview import Overview
from handbook.core.files import read_json
from handbook.core.folders import seeds_file
from handbook.report.site.results import Run

__all__ = ["Gap", "Reseeded", "read_reseeded"]

_LEVEL = 0.95


class Gap(NamedTuple):
    """Two runs, and the difference between their scores on the test rows."""

    run: Run
    other: Run
    difference: float


@dataclass(frozen=True)
class Reseeded:
    """Scores of one run trained from several seeds.

    Parameters
    ----------
    content : mapping
        Of its file, see :func:`handbook.training.reseed.reseed`.
    """

    content: Mapping[str, Any]

    @property
    def primary(self) -> str:
        """The metric that ranks models."""
        return str(self.content["primary"])

    @property
    def scores(self) -> list[tuple[int, float]]:
        """Each seed and its score by the primary metric."""
        values = self.content["scores"].get(self.primary, [])
        return list(zip(self.content["seeds"], values, strict=False))

    @property
    def deviation(self) -> float:
        """Standard deviation of these scores."""
        return float(self.content["deviation"].get(self.primary, math.nan))

    @property
    def reach(self) -> float:
        """Difference that two trainings of one setting stay below in 95 of 100 cases.

        Each moves by the deviation s, so their difference by sqrt(2) s; t allows for few seeds.
        """
        quantile = float(student.ppf((1 + _LEVEL) / 2, len(self.scores) - 1))
        return quantile * math.sqrt(2) * self.deviation

    def gaps(self, runs: Sequence[Run]) -> list[Gap]:
        """Return the differences between runs on the same data set, the largest first."""
        name = self.primary
        own = [
            run
            for run in runs
            if run.data == self.content["data"]
            and run.state == "finished"
            and run.metrics.get(name) is not None
        ]
        gaps = [
            Gap(run, other, float(run.metrics[name] or 0) - float(other.metrics[name] or 0))
            for run, other in combinations(own, 2)
        ]
        return sorted(gaps, key=lambda gap: -abs(gap.difference))

    def within(self, gap: Gap) -> bool:
        """Whether a difference is no larger than another seed could make."""
        return abs(gap.difference) <= self.reach


def read_reseeded(results: Path, catalogue: Overview) -> dict[str, Reseeded]:
    """Read what was trained from several seeds, by model; what is of other settings is left out."""
    read = {}
    for model in catalogue["models"]:
        path = seeds_file(model, results)
        if path.is_file():
            content = read_json(path, made_by="make rebuild")
            run = f"{model}/{content['data']}/{content['variant']}"
            if catalogue["work"].get(run) == content["work"]:
                read[model] = Reseeded(content)
    return read
