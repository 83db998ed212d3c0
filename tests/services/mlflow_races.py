"""Two clones that track into one server at once, and a count of what came of it."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import ViewType

from handbook.records.tracking.database import pages
from handbook.records.tracking.namespace import VARIABLE
from tests.records.tracking.races import Tracking, fill
from tests.services.mlflow_server import Server

OWN = (("ant", "bee", "cat"), ("bee", "cat", "eel"))
SWEPT = 4  # a sweep and its three trials

#: What the clones of races that went wrong printed.
failures: list[str] = []


def race(server: Server, prefix: str, folder: Path) -> Counter[str]:
    """Track two clones at once, with runs and a sweep in common; count what is wrong then."""
    clones = [
        fill(folder / name, models, failed=False)
        for name, models in zip(("one", "two"), OWN, strict=True)
    ]
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = prefix
    try:
        both = [Tracking(clone, server.uri) for clone in clones]
    finally:
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before
    for tracking in both:
        tracking.go()
    printed = [tracking.end() for tracking in both]
    client = MlflowClient(server.uri, server.uri)
    outcome = count(client, prefix) + leftovers(client, prefix)
    outcome["failed"] = sum(tracking.failed for tracking in both)
    outcome["tracebacks"] = sum("Traceback" in text for text in printed)
    if outcome.total():
        failures.append(f"{prefix}: {outcome}\n" + "\n".join(printed))
    outcome["races"] = 1
    return outcome


def count(client: MlflowClient, prefix: str) -> Counter[str]:
    """Count what a part of a server lacks, or has too much of."""
    models = {model for own in OWN for model in own}
    runs = _runs(client, prefix, ViewType.ACTIVE_ONLY)
    keys = Counter(
        run.data.tags.get("job_key") or run.data.tags.get("trial_key") or run.data.tags["sweep_key"]
        for run in runs
    )
    versions = Counter(version.name for version in _versions(client, prefix))
    wanted = Counter(f"{prefix}.{model}" for model in models)
    aliases = {
        alias
        for model in client.search_registered_models(f"name LIKE '{prefix}.%'")
        for alias in model.aliases
    }
    versions.pop(f"{prefix}.bank-marketing", None)
    return Counter(
        lost=max(0, len(models) + SWEPT - len(keys)),
        doubled=len(runs) - len(keys),
        running=sum(run.info.status == "RUNNING" for run in runs),
        versions=int(versions != wanted),
        titles=int(aliases != {"champion", "champion-bank-marketing"}),
    )


def leftovers(client: MlflowClient, prefix: str) -> Counter[str]:
    """Count models and versions of no run, and complete runs that went without another."""
    active = {run.info.run_id: run for run in _runs(client, prefix, ViewType.ACTIVE_ONLY)}
    deleted = _runs(client, prefix, ViewType.DELETED_ONLY)
    keys = {run.data.tags.get("job_key") for run in active.values()}
    gone = [run for run in deleted if run.info.status == "FINISHED" and "job_key" in run.data.tags]
    used = {output.model_id for run in active.values() for output in run.outputs.model_outputs}
    models = pages(client.search_logged_models, _experiments(client, prefix))
    return Counter(
        orphaned_models=sum(model.model_id not in used for model in models),
        orphaned_versions=sum(
            version.run_id not in active for version in _versions(client, prefix)
        ),
        deleted=sum(run.data.tags["job_key"] not in keys for run in gone),
    )


def _experiments(client: MlflowClient, prefix: str) -> list[str]:
    own = client.search_experiments(filter_string=f"name LIKE '{prefix}/%'")
    return [each.experiment_id for each in own]


def _runs(client: MlflowClient, prefix: str, view: int) -> list[Any]:
    return list(client.search_runs(_experiments(client, prefix), run_view_type=view))


def _versions(client: MlflowClient, prefix: str) -> list[Any]:
    return list(pages(client.search_model_versions, f"name LIKE '{prefix}.%'"))
