"""A sweep on forty generated rows, explored in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from handbook.catalogue.sweep_spec import SweepSpec
from handbook.core.folders import DataFolder, SweepFolder
from handbook.data import dataset
from handbook.sweeps import plan
from handbook.sweeps.explore import explore
from handbook.sweeps.rank import rank
from handbook.sweeps.results import Ranking
from handbook.sweeps.trials import Trial, read_trials

SPEC = SweepSpec.model_validate({
    "sweep": "near",
    "model": "knn",
    "data": "blobs",
    "data_variant": "sample",
    "task": "classification",
    "estimator": "sklearn.neighbors.KNeighborsClassifier",
    "params": {"weights": "uniform"},
    "preprocess": {
        "numeric": "standard", "categorical": "onehot", "missing": "indicator", "degree": 1,
    },
    "space": {"n_neighbors": [1, 3, 5]},
    "strategy": "grid",
    "budget": None,
    "metric": None,
    "folds": 4,
    "evaluated": 4,
    "rows": None,
    "seed": 7,
    "threads": 1,
    "level": 0.95,
    "prune": False,
    "batch": 4,
    "chunk": 2,
})  # fmt: skip


def spec_with(**changed: Any) -> SweepSpec:
    """Return the sweep with some fields changed."""
    return SweepSpec.model_validate(SPEC.model_dump() | changed)


def write_rows(path: Path, n: int = 60) -> Path:
    """Write two overlapping clouds of points."""
    chance = np.random.default_rng(0)
    y = np.arange(n) % 2
    X = pd.DataFrame(chance.normal(size=(n, 2)) + y[:, None], columns=["a", "b"])
    dataset.write(
        path, dataset.Dataset("blobs", "sample", "table", X, y, "cloud", ("left", "right"))
    )
    return path


class Bench:
    """A folder of results in which sweeps are explored."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self.folder = SweepFolder(SPEC.sweep, results)
        self.train = DataFolder("blobs", results).train
        self.train.parent.mkdir(parents=True, exist_ok=True)
        write_rows(self.train)
        self.lines: list[str] = []

    def explore(self, made_by: str = "code", **changed: Any) -> list[Trial]:
        """Run every job of a sweep; return its trials."""
        spec = spec_with(**changed)
        folder = SweepFolder(spec.sweep, self.results)
        for job in plan.jobs(spec):
            say = self.lines.append
            explore(spec, (job.round, job.chunk), folder, made_by=made_by, say=say)
        return read_trials(plan.outputs(spec, folder))

    def computed(self) -> list[str]:
        """Return the lines about trials that were computed and not known before, and drop all."""
        new = [line for line in self.lines if "(known)" not in line]
        self.lines.clear()
        return new

    def rank(self, made_by: str = "code", **changed: Any) -> Ranking:
        """Rank what was explored last."""
        return rank(spec_with(**changed), self.folder, made_by=made_by)
