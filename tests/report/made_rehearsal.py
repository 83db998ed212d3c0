"""A watch rehearsed on made rows, under the name of a data set and a run."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.monitoring.made_stream import answered, drawn

from handbook.monitoring.rehearse import rehearse
from handbook.monitoring.rule import Rule
from handbook.monitoring.spec import RehearsalSpec


def rehearsed(run: str, *, rows: int = 800, ignore: tuple[str, ...] = ()) -> dict[str, Any]:
    """Rehearse a watch on so many held-out rows."""
    rng = np.random.default_rng(19)
    train, test = drawn(rng, 1_000), drawn(rng, rows)
    data = run.split("/")[1]
    rule = Rule(ignore={data: list(ignore)} if ignore else {})
    spec = RehearsalSpec(data=data, rule=rule, seed=1, repeats=2, windows=10, runs=[run])
    names = {"run": run, "job_key": "key", "task": "classification"}
    return rehearse(spec, train, test, answered(test), **names)
