"""Experiments of MLflow: one for each data set, with its best runs and its page in the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from mlflow import MlflowClient
from mlflow.entities import Experiment, ViewType
from mlflow.exceptions import MlflowException

from handbook.core.errors import HandbookError
from handbook.records.run import RunRecord
from handbook.records.tracking import entry
from handbook.records.tracking.database import Store, pages
from handbook.records.tracking.namespace import OURS, VARIABLE
from handbook.records.tracking.patience import display

__all__ = ["describe", "experiment", "of_namespace", "remove_empty_default"]

_NOTE = "mlflow.note.content"
_DEFAULT = "0"  # MLflow makes it with each store


def experiment(store: Store, data: str) -> str:
    """Return the experiment of a data set; make it, or restore it if it was deleted.

    Raises
    ------
    HandbookError
        It is somebody else's, or its files lie elsewhere, since the folder was moved.
    """
    client, name = store.client, store.namespace.experiment(data)
    # A server says itself where files go: mostly through itself, which asks for no rights there.
    served = store.uri.startswith(("http://", "https://"))
    location = None if served else (store.artifacts / data).as_uri()
    own = client.get_experiment_by_name(name)
    if own is None:
        try:
            own = client.get_experiment(client.create_experiment(name, location, OURS))
        except MlflowException as error:
            own = client.get_experiment_by_name(name)  # of somebody who was quicker
            if own is None:
                raise error from None
    _check(store, own, location)
    if own.lifecycle_stage != "active":
        client.restore_experiment(own.experiment_id)
    return str(own.experiment_id)


def _check(store: Store, own: Experiment, location: str | None) -> None:
    """Refuse an experiment that is not ours, or whose files are not where they should be."""
    if store.shared and not OURS.items() <= own.tags.items():
        raise HandbookError(
            f"{display(store.uri)}: experiment {own.name!r} is somebody else's, as it has no tag "
            f"project=handbook: give it this tag if it is meant for these runs, or set {VARIABLE} "
            "to another beginning of names"
        )
    if not store.shared and own.artifact_location != location:
        raise HandbookError(
            f"experiment {own.name!r} keeps its files in {own.artifact_location}, not in "
            f"{location}: the folder was moved; delete the MLflow database "
            f"{store.uri.removeprefix('sqlite:///')} and run the same "
            "command again, which rebuilds it from the records on disk"
        )


def of_namespace(store: Store) -> list[str]:
    """Return our experiments; in a store of one's own, all."""
    start = store.namespace.experiment("")
    search = partial(store.client.search_experiments, filter_string=f"name LIKE '{start}%'")
    return [
        str(own.experiment_id)
        for own in pages(search)
        if own.name.startswith(start)  # in a pattern, an underscore is any character
        and (not store.shared or OURS.items() <= own.tags.items())
    ]


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
