"""What is deployed, as MLflow shows it: an alias, and on each version who, when and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlflow.entities.model_registry import ModelVersion

from handbook.records.tracking import database
from handbook.records.tracking.database import Store
from handbook.records.tracking.inventory import KEY, versions_of_namespace
from handbook.records.tracking.registry import Registry

__all__ = ["ALIAS", "Deployment", "show"]

#: The alias of what is deployed, of the registered model that has the data set's name.
ALIAS = "deployed"

_LONGEST = 4_000  # characters of a tag


@dataclass(frozen=True)
class Deployment:
    """A change of what is deployed.

    Parameters
    ----------
    run, job_key : str
    tags : mapping of str to str
        What its version says of it.
    """

    run: str
    job_key: str
    tags: Mapping[str, str]


def show(
    store_uri: str,
    artifacts: Path,
    deployments: Mapping[str, Sequence[Deployment]],
    say: Callable[[str], None],
) -> None:
    """Set alias and tags of each data set's model, whatever they are now.

    Parameters
    ----------
    store_uri : str
    artifacts : Path
        Folder for figures and models.
    deployments : mapping of str to sequence of Deployment
        By data set, the oldest first.
    say : callable
        Takes a line about a run that the store does not have.
    """
    with database.opened(store_uri, artifacts, say) as store:
        registry = Registry(store)
        for data, changes in deployments.items():
            _show(store, registry, data, changes, say)


def _show(
    store: Store,
    registry: Registry,
    data: str,
    changes: Sequence[Deployment],
    say: Callable[[str], None],
) -> None:
    client, name = store.client, store.namespace.model(data)
    latest = {change.job_key: change for change in changes}
    versions = {
        key: version
        for key in latest
        if (version := _version(store, registry, data, key)) is not None
    }
    for key, version in versions.items():
        for tag, value in latest[key].tags.items():
            if version.tags.get(tag) != value:
                client.set_model_version_tag(name, version.version, tag, value[:_LONGEST])
    own = versions.get(changes[-1].job_key)
    if own is not None:
        client.set_registered_model_alias(name, ALIAS, own.version)
        return
    say(
        f"{data}: MLflow has no run of the job that is deployed, {changes[-1].run} "
        f"({changes[-1].job_key[:8]}): its results were made anew since; no alias {ALIAS!r}"
    )
    if any(model.name == name and ALIAS in model.aliases for model in registry.models()):
        client.delete_registered_model_alias(name, ALIAS)


def _version(store: Store, registry: Registry, data: str, job_key: str) -> ModelVersion | None:
    """Return a run's version under the name of its data set, registered where it has another."""
    every = [
        version
        for versions in versions_of_namespace(store).values()
        for version in versions
        if version.tags[KEY] == job_key
    ]
    own = [version for version in every if version.name == store.namespace.model(data)]
    if own:
        return own[0]
    return registry.register_for(data, every[0]) if every else None
