"""A sweep on forty generated rows, explored in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from handbook.catalogue.sweep_spec import SweepSpec
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
    """A folder in which sweeps are explored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.train = write_rows(folder / "train.arrow")
        self.lines: list[str] = []

    def explore(self, made_by: str = "code", **changed: Any) -> list[Trial]:
        """Run every job of a sweep; return its trials."""
        spec = spec_with(**changed)
        done: dict[int, list[Path]] = {}
        for job in plan.jobs(spec):
            out = self.folder / spec.sweep / f"{job.round}-{job.chunk}.json"
            earlier = [path for number, some in done.items() if number < job.round for path in some]
            done.setdefault(job.round, []).append(out)
            explore(
                spec, (job.round, job.chunk), self.train, earlier, self.folder / ".trials", out,
                made_by=made_by, say=self.lines.append,
            )  # fmt: skip
        self.chunks = [path for some in done.values() for path in some]
        return read_trials(self.chunks)

    def computed(self) -> list[str]:
        """Return the lines about trials that were computed and not known before, and drop all."""
        new = [line for line in self.lines if "(known)" not in line]
        self.lines.clear()
        return new

    def rank(self, made_by: str = "code", **changed: Any) -> Ranking:
        """Sum up what was explored last."""
        out = self.folder / "ranked"
        return rank(
            spec_with(**changed), self.chunks, self.train, self.folder / ".trials", made_by=made_by,
            table=out / "trials.csv", times=out / "times.csv", best=out / "best.json",
            record=out / "sweep.json",
        )  # fmt: skip
