"""Reads a run back from MLflow's store."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run

from handbook.core.errors import HandbookError
from handbook.records.reader import read_run
from handbook.records.run import RunRecord
from handbook.records.tracking import database
from handbook.records.tracking.experiments import of_namespace

__all__ = ["look_up"]


def look_up(store_uri: str, run_id: str) -> RunRecord | None:
    """Return the record of a run, without folds: MLflow keeps none.

    Parameters
    ----------
    store_uri : str
    run_id : str
        The beginning of MLflow's own identifier of a run.

    Returns
    -------
    RunRecord or None
        None where no run has such an identifier.

    Raises
    ------
    HandbookError
        Several runs begin so, or the run has no record: it failed, or is of another project.
    """
    client = database.connect(store_uri)
    experiments = of_namespace(database.Store.of(store_uri, client))
    # MLflow cannot search by the beginning of an identifier.
    runs = [
        run
        for run in database.pages(client.search_runs, experiments)
        if run.info.run_id.startswith(run_id)
    ]
    if len(runs) > 1:
        first = ", ".join(run.info.run_id for run in runs[:4])
        raise HandbookError(f"{run_id!r}: {len(runs)} runs of MLflow begin so: {first}")
    if not runs:
        return None
    names = (runs[0].data.tags.get(key, "") for key in ("model", "data", "variant"))
    record = read_run(_Artifacts(client, runs[0]), "/".join(names))
    if record is None:
        info = runs[0].info
        raise HandbookError(
            f"{info.run_id}: MLflow's run {info.run_name!r} has no record of a finished "
            f"training (status {info.status}); it cannot be compared or run again"
        )
    return record


class _Artifacts:
    """Files of one run in the store; its context stands in the run's tags."""

    def __init__(self, client: MlflowClient, run: Run) -> None:
        self.client, self.run = client, run
        self.names = {file.path for file in client.list_artifacts(run.info.run_id)}

    def records(self) -> Iterable[str]:
        return [name for name in self.names if name == "run.json"]

    def json(self, path: Path) -> Any:
        if path.name == "context.json":
            tags = self.run.data.tags
            dirty = {"True": True, "False": False}.get(tags.get("git.dirty", ""))
            return {"commit": tags.get("git.commit"), "dirty": dirty, "tier": tags.get("tier")}
        if path.name not in self.names:
            return None
        with TemporaryDirectory() as folder:
            file = self.client.download_artifacts(self.run.info.run_id, path.name, folder)
            return json.loads(Path(file).read_text(encoding="utf-8"))
