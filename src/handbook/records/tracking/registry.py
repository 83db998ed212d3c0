"""MLflow's registry of models: one version a run, and the titles of the best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import LoggedModel
from mlflow.exceptions import MlflowException

from handbook.catalogue.overview import Overview
from handbook.records.champions import titles
from handbook.records.run import RunRecord
from handbook.records.tracking import entry
from handbook.records.tracking.database import pages

__all__ = ["KEY", "move_titles", "register", "versions_of"]

#: The tag by which a run, its model and its version are recognised.
KEY = "job_key"

_OURS = {"project": "handbook"}  # marks registered models, so that nobody else's are touched


def register(
    client: MlflowClient,
    record: RunRecord,
    run_id: str,
    registered: set[str],
    logged: LoggedModel | None = None,
) -> None:
    """Register a finished run as one version of its model, and as one only.

    Parameters
    ----------
    client : MlflowClient
    record : RunRecord
    run_id : str
    registered : set of str
        Names of models that are there; to ask for one takes longer the more versions it has. A
        name that is added here is added to it.
    logged : LoggedModel, optional
        The run's model, where it is at hand.
    """
    if record.state != "finished":
        return
    versions = versions_of(client, record, record.model)
    for version in versions:
        if version.run_id != run_id:
            client.delete_model_version(record.model, version.version)
    if any(version.run_id == run_id for version in versions):
        return
    if record.model not in registered:
        _ensure(client, record.model, _described(record))
        registered.add(record.model)
    _create(client, record.model, record, run_id, logged or _logged(client, run_id))


def _logged(client: MlflowClient, run_id: str) -> LoggedModel:
    """Return the model of a run."""
    (own,) = client.get_run(run_id).outputs.model_outputs[:1]
    return client.get_logged_model(own.model_id)


def _ensure(client: MlflowClient, name: str, description: str) -> None:
    """Make a registered model, where there is none of a name."""
    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name, tags=_OURS, description=description)


def _create(
    client: MlflowClient, name: str, record: RunRecord, run_id: str, logged: LoggedModel
) -> None:
    """Register a run's model as a version."""
    client.create_model_version(
        name,
        # not models:/<id>, which MLflow looks up in its default store
        source=logged.artifact_location,
        run_id=run_id,
        model_id=logged.model_id,
        tags={KEY: record.job_key}
        | {"model": record.model, "data": record.data, "variant": record.variant}
        | {"data_variant": record.run["data_variant"]},
        description=f"{record.name}: {entry.said_of(record)}; data: {record.run['data_variant']}",
    )


def _described(record: RunRecord) -> str:
    """Say what else a model is called: in the report, and in Python."""
    estimator = record.run["estimator"].rpartition(".")[2]
    where = entry.page(f"models/{record.model}.html")
    return f"{entry.as_written(record.title)} (`{record.model}`, class `{estimator}`): {where}"


def versions_of(client: MlflowClient, record: RunRecord, name: str) -> list[Any]:
    """Return the versions of a registered model that a run has been registered as."""
    wanted = f"name = '{name}' and tags.{KEY} = '{record.job_key}'"
    return list(pages(client.search_model_versions, wanted))


def _version(client: MlflowClient, record: RunRecord, name: str) -> str:
    """Return the version of a run under the name of its model, or of its data set.

    A data set's versions are the runs that were ever its best.
    """
    versions = versions_of(client, record, name)
    if not versions:
        (own,) = versions_of(client, record, record.model)
        data = entry.page(f"data/{record.data}.html")
        _ensure(client, name, f"The best model of the data set `{name}`: {data}")
        _create(client, name, record, own.run_id, _logged(client, own.run_id))
        versions = versions_of(client, record, name)
    return str(versions[0].version)


def move_titles(
    client: MlflowClient,
    best: Mapping[tuple[str, str], RunRecord],
    catalogue: Overview,
    say: Callable[[str], None],
    *,
    unsettled: Collection[str] = (),
) -> None:
    """Move the aliases that begin with ``champion`` to the best runs, of models and of data sets.

    Where a store holds runs on real data, a run on generated data takes no title in their data
    set, and no alias that one of them has.

    Parameters
    ----------
    client : MlflowClient
    best : mapping of tuple to RunRecord
        By data set and task, see :func:`handbook.records.champions.champions`.
    catalogue : mapping
        See `handbook.catalogue.overview`.
    say : callable
        Takes a line for each title.
    unsettled : collection of str
        Data sets of which not every run is current: titles that depend on them stay.
    """
    real = {
        (version.name, str(version.version)): version.tags["data"]
        for version in pages(client.search_model_versions)
        if KEY in version.tags and version.tags["data_variant"] != "sample"
    }
    sample = any(record.sample for record in best.values())
    worthy = {
        group: record
        for group, record in best.items()
        if not (record.sample and record.data in real.values())
    }
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for model, aliases in titles(worthy, catalogue).items():
        for alias, record in aliases.items():
            if _waits(model, alias, catalogue, unsettled):
                continue
            wanted[model][alias] = _version(client, record, model)
            say(f"{alias}: {record.name}")
    for registered in pages(client.search_registered_models):
        if not _OURS.items() <= registered.tags.items():
            continue
        model = registered.name
        current = {
            alias: str(version)
            for alias, version in registered.aliases.items()
            if alias == "champion" or alias.startswith("champion-")
        }
        kept = {alias for alias, version in current.items() if sample and (model, version) in real}
        kept |= {alias for alias in current if _waits(model, alias, catalogue, unsettled)}
        for alias in current.keys() - wanted[model].keys() - kept:
            client.delete_registered_model_alias(model, alias)
        for alias, version in wanted[model].items():
            if current.get(alias) != version and alias not in kept:
                client.set_registered_model_alias(model, alias, version)


def _waits(model: str, alias: str, catalogue: Overview, unsettled: Collection[str]) -> bool:
    """Tell whether a title depends on a data set of which not every run is current.

    A model's plain title is that of the first of its data sets, so that it waits for all of them.
    """
    data = [alias.removeprefix("champion-")]
    if alias == "champion" and model in catalogue["models"]:
        data = catalogue["models"][model]["data"]
    return not {model, *data}.isdisjoint(unsettled)
