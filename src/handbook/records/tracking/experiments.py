"""What MLflow says of an experiment: a data set, its best runs, and its page in the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlflow import MlflowClient
from mlflow.entities import ViewType

from handbook.records.run import RunRecord
from handbook.records.tracking import entry

__all__ = ["describe", "remove_empty_default"]

_NOTE = "mlflow.note.content"
_DEFAULT = "0"  # MLflow makes it with each store


def describe(
    client: MlflowClient,
    data: str,
    experiment_id: str,
    best: Mapping[tuple[str, str], RunRecord],
    missing: str,
) -> None:
    """Write the description of a data set's experiment, where it is not there already.

    Parameters
    ----------
    client : MlflowClient
    data, experiment_id : str
    best : mapping of tuple to RunRecord
        By data set and task, see :func:`handbook.records.champions.champions`.
    missing : str
        Why there is no best run, empty where there may be one.
    """
    # The best first: MLflow's list of experiments shows the beginning alone.
    text = " ".join([*_best_of(data, best, missing), _page(data)])
    if client.get_experiment(experiment_id).tags.get(_NOTE) != text:
        client.set_experiment_tag(experiment_id, _NOTE, text)


def _best_of(data: str, best: Mapping[tuple[str, str], RunRecord], missing: str) -> Iterable[str]:
    if missing:
        yield f"No best run yet: {missing}."
    for (own, task), record in best.items():
        if own == data:
            name = f"{entry.as_written(record.title)} `{record.variant}`"
            yield f"Best: {name}, {entry.said_of(record)} ({task})."
            if record.sample:
                yield "The data is generated: its figures say nothing about the real data."


def _page(data: str) -> str:
    return f"Its page: {entry.page(f'data/{data}.html')}."


def remove_empty_default(client: MlflowClient) -> None:
    """Remove the experiment that MLflow makes for those who name none, while it holds nothing."""
    own = client.get_experiment(_DEFAULT)
    if own.lifecycle_stage == "active" and not client.search_runs(
        [_DEFAULT], run_view_type=ViewType.ALL, max_results=1
    ):
        client.delete_experiment(_DEFAULT)
