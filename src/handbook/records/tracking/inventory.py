"""What a store has of ours, read in few calls."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from mlflow.entities import LoggedModel, Run
from mlflow.entities.model_registry import ModelVersion

from handbook.records.tracking import entry
from handbook.records.tracking.database import Store, pages
from handbook.records.tracking.experiments import of_namespace

__all__ = ["EDITION", "KEY", "Inventory", "standing", "versions_of_namespace"]

#: The tag by which a run, its model and its version are recognised.
KEY = "job_key"

#: The tag that counts how often a job has been logged.
EDITION = "tracking.edition"


@dataclass
class Inventory:
    """Runs, models and versions of one moment.

    Parameters
    ----------
    runs : list of Run
        Those of trainings that are not deleted.
    models : dict
        Saved models by MLflow's identifier.
    versions : dict
        Versions of registered models by name and job key.
    """

    runs: list[Run] = field(default_factory=list)
    models: dict[str, LoggedModel] = field(default_factory=dict)
    versions: dict[tuple[str, str], list[ModelVersion]] = field(default_factory=dict)

    @classmethod
    def read(cls, store: Store) -> Inventory:
        """Read what is there; runs last, so that each model that is read has its run."""
        experiments = of_namespace(store)
        if not experiments:
            return cls(versions=versions_of_namespace(store))
        client = store.client
        models = {
            str(model.model_id): model
            for model in pages(client.search_logged_models, experiments)
            if KEY in model.tags
        }
        versions = versions_of_namespace(store)
        runs = [
            run
            for run in pages(client.search_runs, experiments, f"tags.{KEY} LIKE '%'")
            if run.data.tags.get("mlflow.source.name") == entry.SOURCE
        ]
        return cls(runs, models, versions)

    def finished(self) -> dict[str, Run]:
        """Return the run of each job that has finished: of several, the one that stays."""
        finished = [run for run in self.runs if run.info.status == "FINISHED"]
        return {run.data.tags[KEY]: run for run in sorted(finished, key=standing)}


def standing(run: Run) -> tuple[bool, int, str]:
    """Return a key by which of several runs of one job the greatest stays.

    It is the same for all who look, whatever else they see, so that two who track at once never
    remove the last one: a finished run stands above a failed one, and an edition above those that
    were there when it was begun.
    """
    tags, info = run.data.tags, run.info
    return info.status == "FINISHED", int(tags.get(EDITION, 0)), info.run_id


def versions_of_namespace(store: Store) -> dict[tuple[str, str], list[ModelVersion]]:
    """Return our versions by name and job key, the first first."""
    versions_by: dict[tuple[str, str], list[Any]] = defaultdict(list)
    start = store.namespace.model("")
    for version in pages(store.client.search_model_versions, f"name LIKE '{start}%'"):
        if KEY in version.tags and store.namespace.name_of(version.name) is not None:
            versions_by[version.name, version.tags[KEY]].append(version)
    for versions in versions_by.values():
        versions.sort(key=lambda version: int(version.version))
    return versions_by
