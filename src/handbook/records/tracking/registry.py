"""MLflow's registry of models: one version a run, and models by the names of data sets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from mlflow.entities import LoggedModel
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from handbook.core.errors import HandbookError
from handbook.records.run import RunRecord
from handbook.records.tracking import entry
from handbook.records.tracking.database import Store, pages
from handbook.records.tracking.inventory import KEY
from handbook.records.tracking.namespace import OURS, VARIABLE
from handbook.records.tracking.patience import display, settled

__all__ = ["Registry"]


class Registry:
    """Our registered models in one store.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        # To ask for one takes longer the more versions it has.
        self._present = {own.name for own in self.models()}

    def models(self) -> Iterator[Any]:
        """Yield our registered models as they are now."""
        start = self.store.namespace.model("")
        search = partial(self.store.client.search_registered_models, f"name LIKE '{start}%'")
        return (own for own in pages(search) if self.store.namespace.has_model(own))

    def register(
        self, record: RunRecord, run_id: str, logged: LoggedModel | None = None
    ) -> ModelVersion:
        """Register a finished run as a version of its model.

        Parameters
        ----------
        record : RunRecord
        run_id : str
        logged : LoggedModel, optional
            The run's model, where it is at hand.
        """
        estimator = record.run["estimator"].rpartition(".")[2]
        where = entry.page(f"models/{record.model}.html")
        title = entry.as_written(record.title)
        description = f"{title} (`{record.model}`, class `{estimator}`): {where}"
        name = self._ensure(record.model, description)
        return self._create(name, record, run_id, logged or self._logged(run_id))

    def register_best(self, record: RunRecord, run_id: str) -> ModelVersion:
        """Register a run as a version of the model that has its data set's name.

        Its versions are the runs that were ever the best.
        """
        name = self._of_data(record.data)
        return self._create(name, record, run_id, self._logged(run_id))

    def register_for(self, data: str, version: ModelVersion) -> ModelVersion:
        """Register what is a version of another model under the name of its data set."""
        return self._copy(version, str(version.run_id), self._of_data(data))

    def _of_data(self, data: str) -> str:
        """Make the registered model of a data set where there is none; return its whole name."""
        page = entry.page(f"data/{data}.html")
        return self._ensure(data, f"The best model of the data set `{data}`: {page}")

    def inherit(self, version: ModelVersion, run_id: str) -> None:
        """Give the aliases of a version, which is to go, to that of another run of the same key."""
        client, name = self.store.client, version.name
        current = client.get_registered_model(name).aliases
        aliases = [alias for alias, owner in current.items() if str(owner) == str(version.version)]
        if not aliases:
            return
        own = client.search_model_versions(f"name = '{name}' and run_id = '{run_id}'")
        heirs = sorted(own, key=lambda heir: int(heir.version))
        if not heirs:
            heirs = [self._copy(version, run_id)]
        for alias in aliases:
            client.set_registered_model_alias(name, alias, heirs[0].version)

    def _ensure(self, name: str, description: str) -> str:
        """Make a registered model where there is none; return its whole name."""
        whole, client = self.store.namespace.model(name), self.store.client
        if whole in self._present:
            return whole
        try:
            own = client.create_registered_model(whole, tags=OURS, description=description)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            own = client.get_registered_model(whole)
        if not self.store.namespace.has_model(own):
            raise HandbookError(
                f"{display(self.store.uri)}: registered model {whole!r} is somebody else's, as it "
                f"has no tag project=handbook: set {VARIABLE} to another beginning of names"
            )
        self._present.add(whole)
        return whole

    def _create(
        self, name: str, record: RunRecord, run_id: str, logged: LoggedModel
    ) -> ModelVersion:
        """Register a run's model as a version."""
        return settled(
            self.store.client.create_model_version,
            name,
            # not models:/<id>, which MLflow looks up in its default store
            source=logged.artifact_location,
            run_id=run_id,
            model_id=logged.model_id,
            tags={KEY: record.job_key}
            | {"model": record.model, "data": record.data, "variant": record.variant}
            | {"data_variant": record.run["data_variant"]},
            description=(
                f"{record.name}: {entry.said_of(record)}; data: {record.run['data_variant']}"
            ),
            await_creation_for=0,  # it is there at once
        )

    def _copy(self, version: ModelVersion, run_id: str, name: str = "") -> ModelVersion:
        """Register a run's model with what is said of a version, which may be of another name."""
        logged = self._logged(run_id)
        return settled(
            self.store.client.create_model_version,
            name or version.name,
            source=logged.artifact_location,
            run_id=run_id,
            model_id=logged.model_id,
            tags=version.tags,
            description=version.description,
            await_creation_for=0,
        )

    def _logged(self, run_id: str) -> LoggedModel:
        """Return the model of a run."""
        (own,) = self.store.client.get_run(run_id).outputs.model_outputs[:1]
        return self.store.client.get_logged_model(own.model_id)
