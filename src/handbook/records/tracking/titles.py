"""The aliases of registered models: who is champion of what."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping

from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from handbook.catalogue.overview import Overview
from handbook.records.champions import titles
from handbook.records.run import RunRecord
from handbook.records.tracking.inventory import Inventory, versions_of_namespace
from handbook.records.tracking.patience import is_gone
from handbook.records.tracking.registry import Registry

__all__ = ["move_titles"]

# Two who track other catalogues at once move a title to and fro. Each looks again after it moved
# any, until nothing is left to move; so one has the last word as soon as the other pauses for long
# enough. How long that is depends on the server.
_PASSES = 12
_LONGEST_PAUSE = 8  # times what a pass took


def move_titles(
    registry: Registry,
    inventory: Inventory,
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
    registry : Registry
    inventory : Inventory
        What the store has of ours.
    best : mapping of tuple to RunRecord
        By data set and task, see :func:`handbook.records.champions.champions`.
    catalogue : mapping
        See `handbook.catalogue.overview`.
    say : callable
        Takes a line for each title.
    unsettled : collection of str
        Data sets of which not every run is current: titles that depend on them stay.
    """
    for number in range(_PASSES):
        clock = time.perf_counter()
        inventory.versions = versions_of_namespace(registry.store)
        wanted = _wanted(inventory, best, catalogue, unsettled)
        if not number:
            for aliases in wanted.values():
                for alias, record in aliases.items():
                    say(f"{alias}: {record.name}")
        try:
            changed = _move(registry, inventory, wanted, best, catalogue, unsettled)
            if not (changed and registry.store.shared):
                return
        except MlflowException as error:
            # somebody has removed a version or a model meanwhile, with its run
            if not is_gone(error) or number == _PASSES - 1:
                raise
            inventory.runs = Inventory.read(registry.store).runs
        if number:
            time.sleep(random.uniform(0, _LONGEST_PAUSE) * (time.perf_counter() - clock))


def _wanted(
    inventory: Inventory,
    best: Mapping[tuple[str, str], RunRecord],
    catalogue: Overview,
    unsettled: Collection[str],
) -> dict[str, dict[str, RunRecord]]:
    """Return the run that each alias of a model or data set should have."""
    real = {version.tags["data"] for version in _of_real_data(inventory)}
    there = inventory.finished()  # all but what somebody deleted meanwhile
    worthy = {
        group: record
        for group, record in best.items()
        if record.job_key in there and not (record.sample and record.data in real)
    }
    return {
        name: {
            alias: record
            for alias, record in aliases.items()
            if not _waits(name, alias, catalogue, unsettled)
        }
        for name, aliases in titles(worthy, catalogue).items()
    }


def _move(
    registry: Registry,
    inventory: Inventory,
    wanted: Mapping[str, Mapping[str, RunRecord]],
    best: Mapping[tuple[str, str], RunRecord],
    catalogue: Overview,
    unsettled: Collection[str],
) -> bool:
    """Set and delete aliases; tell whether anything was changed."""
    client, namespace = registry.store.client, registry.store.namespace
    versions = {
        name: {alias: _version(registry, inventory, record, name) for alias, record in own.items()}
        for name, own in wanted.items()
    }
    real = {(version.name, str(version.version)) for version in _of_real_data(inventory)}
    sample = any(record.sample for record in best.values())
    changed = False
    for registered in registry.models():
        name = namespace.name_of(registered.name) or ""
        current = {
            alias: str(version)
            for alias, version in registered.aliases.items()
            if alias == "champion" or alias.startswith("champion-")
        }
        kept = {
            alias
            for alias, version in current.items()
            if (sample and (registered.name, version) in real)
            or _waits(name, alias, catalogue, unsettled)
        }
        own = versions.get(name, {})
        for alias in current.keys() - own.keys() - kept:
            client.delete_registered_model_alias(registered.name, alias)
            changed = True
        for alias, version in own.items():
            if current.get(alias) != version and alias not in kept:
                client.set_registered_model_alias(registered.name, alias, version)
                changed = True
    return changed


def _of_real_data(inventory: Inventory) -> list[ModelVersion]:
    return [
        version
        for versions in inventory.versions.values()
        for version in versions
        if version.tags["data_variant"] != "sample"
    ]


def _version(registry: Registry, inventory: Inventory, record: RunRecord, name: str) -> str:
    """Return the version of a run under the name of its model, or of its data set.

    A data set's versions are the runs that were ever its best.
    """
    run = inventory.finished()[record.job_key]
    key = registry.store.namespace.model(name), record.job_key
    for version in inventory.versions.get(key, []):
        if version.run_id == run.info.run_id:
            return str(version.version)
    if name == record.data:
        return str(registry.register_best(record, run.info.run_id).version)
    return str(registry.register(record, run.info.run_id).version)


def _waits(model: str, alias: str, catalogue: Overview, unsettled: Collection[str]) -> bool:
    """Tell whether a title depends on a data set of which not every run is current.

    A model's plain title is that of the first of its data sets, so that it waits for all of them.
    """
    data = [alias.removeprefix("champion-")]
    if alias == "champion" and model in catalogue["models"]:
        data = catalogue["models"][model]["data"]
    return not {model, *data}.isdisjoint(unsettled)
