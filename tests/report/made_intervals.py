"""Intervals of the test scores of runs that tests make up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from handbook.core.files import read_json
from handbook.data import arrow
from handbook.tasks.resampling import Resampling
from handbook.tasks.score_intervals import score_intervals
from handbook.tasks.shares import wilson


def gauged(data: str, results: Path) -> dict[str, Any]:
    """Intervals of all runs on a data set, as the job of that name writes them."""
    how, runs, dummies = Resampling(0.95, 100, 42), {}, {}
    for path in sorted((results / "models").glob(f"*/{data}/*/run.json")):
        record, scores = read_json(path), read_json(path.with_name("metrics.json"))
        table, about = arrow.read(path.with_name("predictions.arrow"))
        table, task = table.to_pandas(), record["task"]
        truth = table["true"].to_numpy() if "true" in table else None
        classes = len(about["classes"])
        intervals = score_intervals(task, table, truth, classes, scores["metrics"], how)
        name = f"{record['model']}/{data}/{record['variant']}"
        runs[name] = {"job_key": record["job_key"], "intervals": intervals}
        accuracy = scores["baseline"].get("accuracy")
        if accuracy is not None and truth is not None:
            ends = wilson(round(accuracy * len(truth)), len(truth))
            entry = {"interval": list(ends), "method": "wilson", "rows": len(truth)}
            dummies[task] = {"accuracy": entry}
    settings = {"data": data, "level": 0.95, "draws": 100, "seed": 42}
    return settings | {"runs": runs, "dummies": dummies}
