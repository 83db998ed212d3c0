"""Small things that all who write to MLflow's store need."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from mlflow import MlflowClient

from handbook.core.errors import HandbookError

__all__ = ["batches", "experiment", "named"]

Item = TypeVar("Item")


def experiment(client: MlflowClient, data: str, artifacts: Path) -> str:
    """Return the experiment of a data set; make it, or take it out of the bin.

    Raises
    ------
    HandbookError
        Its files lie elsewhere: the folder was moved.
    """
    place = (artifacts / data).as_uri()
    found = client.get_experiment_by_name(data)
    if found is None:
        found = client.get_experiment(client.create_experiment(data, place))
    if found.artifact_location != place:
        raise HandbookError(
            f"experiment {data!r} keeps its files in {found.artifact_location}, not in "
            f"{place}: the folder was moved; delete the MLflow database "
            f"{client.tracking_uri.removeprefix('sqlite:///')} and run the same "
            "command again, which rebuilds it from the records on disk"
        )
    if found.lifecycle_stage != "active":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def named(name: str) -> str:
    """Return a name that MLflow accepts: others' characters become underscores.

    Examples
    --------
    >>> named("best.C (log)")
    'best.C _log_'
    """
    return "".join(c if c.isalnum() or c in "_-./ " else "_" for c in name)[:250]


def batches(items: list[Item], size: int) -> Iterable[list[Item]]:
    """Cut a list into pieces that MLflow takes at once."""
    return (items[start : start + size] for start in range(0, len(items), size))
