"""What does not belong in a store: interrupted runs, a job's second run, what removed runs left.

Two who track into one server at once may both log a job that was not there when they began. Each
looks again when it has logged, after its runs are complete: so the later one to look sees both.
Which of them stays is the same to both, see :func:`handbook.records.tracking.inventory.standing`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from mlflow.entities import LoggedModel, Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from handbook.records.run import is_interruption
from handbook.records.tracking import files
from handbook.records.tracking.database import Store, pages
from handbook.records.tracking.inventory import KEY, Inventory, standing
from handbook.records.tracking.owner import Lease, is_abandoned
from handbook.records.tracking.patience import is_gone
from handbook.records.tracking.registry import Registry

__all__ = ["Tidying"]

Say = Callable[[str], None]


class Tidying:
    """Removes runs of one store with all that was made of them.

    Parameters
    ----------
    store : Store
    registry : Registry
    lease : Lease
    say : callable
        Takes a line for each run that was interrupted.
    """

    def __init__(self, store: Store, registry: Registry, lease: Lease, say: Say) -> None:
        self.store = store
        self.registry = registry
        self.lease = lease
        self.say = say

    def tidy(self, inventory: Inventory) -> list[Run]:
        """Remove what does not belong there; return the complete runs, of each job one."""
        complete: dict[str, list[Run]] = defaultdict(list)
        for run in inventory.runs:
            if run.info.status == "RUNNING":
                if is_abandoned(run.data.tags, self.lease, self.store.shared):
                    self.say(f"{run.info.run_name}: was interrupted, is logged again")
                    self.remove(run)
            elif run.info.status == "FAILED" and is_interruption(run.data.tags.get("error", "")):
                self.say(f"{run.info.run_name}: is no failure but was interrupted, is removed")
                self.remove(run)
            else:
                complete[run.data.tags[KEY]].append(run)
        stay = {}
        for key, runs in complete.items():
            *others, stay[key] = sorted(runs, key=standing)
            for run in others:
                self.remove(run, heir=stay[key])
        self._remove_leftovers(inventory, stay)
        return [*stay.values()]

    def remove(self, run: Run, heir: Run | None = None) -> None:
        """Delete a run together with its model, the versions made of it and the files of both.

        Parameters
        ----------
        run : Run
        heir : Run, optional
            Another run of the same job, which gets the aliases that this one has.
        """
        client, run_id = self.store.client, run.info.run_id
        for version in [*pages(client.search_model_versions, f"run_id = '{run_id}'")]:
            self._remove_version(version, heir)
        wanted = [run.info.experiment_id], f"source_run_id = '{run_id}'"
        for model in [*pages(client.search_logged_models, *wanted)]:
            self._remove_model(model)
        client.delete_run(run_id)
        self._remove_files(run.info.artifact_uri, run_id, run.info.run_name)

    def _remove_leftovers(self, inventory: Inventory, stay: Mapping[str, Run]) -> None:
        """Remove models and versions of runs that are gone, where their jobs have other runs.

        Both may also be there twice: a request whose answer got lost is sent again.
        """
        active = {run.info.run_id: run for run in inventory.runs}
        for model in inventory.models.values():
            run = active.get(model.source_run_id)
            if run is None:
                is_left = model.tags[KEY] in stay
            else:
                own = {output.model_id for output in run.outputs.model_outputs}
                is_left = run.info.status != "RUNNING" and model.model_id not in own
            if is_left:
                self._remove_model(model)
        for (_, key), versions in inventory.versions.items():
            of_runs = set()
            for version in versions:
                if key in stay and (version.run_id not in active or version.run_id in of_runs):
                    self._remove_version(version, stay[key])
                of_runs.add(version.run_id)

    def _remove_version(self, version: ModelVersion, heir: Run | None) -> None:
        with _unless_gone():
            if heir is not None and heir.info.status == "FINISHED":
                self.registry.inherit(version, heir.info.run_id)
            self.store.client.delete_model_version(version.name, version.version)

    def _remove_model(self, model: LoggedModel) -> None:
        with _unless_gone():
            self.store.client.delete_logged_model(model.model_id)
        self._remove_files(model.artifact_location, model.model_id, model.name)

    def _remove_files(self, address: str, identifier: str, name: str) -> None:
        reason = files.remove(address, identifier, self.store.uri, self.store.artifacts)
        if reason and self.store.shared:
            self.say(f"{name}: {address} stays, though nothing refers to it ({reason})")


@contextmanager
def _unless_gone() -> Iterator[None]:
    """Pass over what somebody else has removed at the same time."""
    try:
        yield
    except MlflowException as error:
        if not is_gone(error):
            raise
