"""What MLflow's store tells of one run."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow import MlflowClient

from handbook.core.errors import HandbookError
from handbook.records.tracking import database

__all__ = ["look_up"]


def look_up(
    store_uri: str, run_id: str
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]] | None:
    """Return record, scores and context of a run, as its training wrote them.

    Parameters
    ----------
    store_uri : str
    run_id : str
        The beginning of MLflow's own name of a run.

    Returns
    -------
    tuple of dict, or None
        Content of ``run.json`` and ``metrics.json``, and from which commit it ran; None where no
        run is named so.

    Raises
    ------
    HandbookError
        Several runs begin so, or the run has no such files: it failed, or is of another project.
    """
    client = database.connect(store_uri)
    experiments = [found.experiment_id for found in client.search_experiments()]
    # MLflow cannot search by the beginning of a run's name.
    found = [
        run
        for run in database.pages(client.search_runs, experiments)
        if run.info.run_id.startswith(run_id)
    ]
    if len(found) > 1:
        told = ", ".join(run.info.run_id for run in found[:4])
        raise HandbookError(f"{run_id!r}: {len(found)} runs of MLflow begin so: {told}")
    if not found:
        return None
    run = found[0]
    record, scores = (
        _artifact(client, run.info.run_id, name) for name in ("run.json", "metrics.json")
    )
    if record is None or scores is None:
        raise HandbookError(
            f"{run.info.run_id}: MLflow's run {run.info.run_name!r} has no record of a finished "
            f"training (status {run.info.status}); it cannot be compared or run again"
        )
    tags = run.data.tags
    context = {
        "commit": tags.get("git.commit"),
        "dirty": {"True": True, "False": False}.get(tags.get("git.dirty", "")),
        "tier": tags.get("tier"),
    }
    return record, scores, context


def _artifact(client: MlflowClient, run_id: str, name: str) -> Any:
    if name not in {file.path for file in client.list_artifacts(run_id)}:
        return None
    with TemporaryDirectory() as folder:
        path = client.download_artifacts(run_id, name, folder)
        return json.loads(Path(path).read_text(encoding="utf-8"))
