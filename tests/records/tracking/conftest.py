"""Results beside a real SQLite store of their own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from tests.records.tracking.tracked_results import Results

from handbook.records.tracking import database
from handbook.records.tracking.tracker import track


class Tracked(Results):
    """Results beside a store of their own."""

    @property
    def database(self) -> Path:
        return self.root / "mlflow.db"

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.database}"

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(self.uri, self.uri)

    def track(self, **options: Any) -> list[dict[str, Any]]:
        self.said: list[str] = []
        return track(
            self.results,
            self.catalogue,
            logs=self.logs,
            store_uri=self.uri,
            artifacts=self.root / "mlartifacts",
            output=self.results / "tracked.json",
            say=self.said.append,
            **options,
        )

    def runs(self) -> list[Any]:
        experiments = [found.experiment_id for found in self.client.search_experiments()]
        return self.client.search_runs(experiments)

    def versions(self) -> list[tuple[str, str]]:
        """Name and run of every version of a model."""
        return sorted(
            (version.name, version.tags["job_key"])
            for version in self.client.search_model_versions()
            if version.name not in self.data_sets()
        )

    def aliases(self) -> dict[str, dict[str, str]]:
        """The run behind each alias, by model."""
        aliases = self._aliases()
        return {name: aliases[name] for name in aliases.keys() - self.data_sets()}

    def champions(self) -> dict[str, dict[str, str]]:
        """The run behind each alias, by data set."""
        aliases = self._aliases()
        return {name: aliases[name] for name in aliases.keys() & self.data_sets()}

    def data_sets(self) -> set[str]:
        """Their names, which are those of experiments."""
        return {experiment.name for experiment in self.client.search_experiments()}

    def _aliases(self) -> dict[str, dict[str, str]]:
        return {
            model.name: {
                alias: self.client.get_model_version(model.name, version).tags["job_key"]
                for alias, version in model.aliases.items()
            }
            for model in self.client.search_registered_models()
        }

    def state(self) -> Any:
        """All that must not change when nothing new is tracked."""
        told = [
            (run.info.run_id, run.info.status, run.data.metrics, run.data.params, run.data.tags)
            for run in self.runs()
        ]
        return sorted(told, key=lambda one: one[0]), self.versions(), self._aliases()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    database.create(f"sqlite:///{path}", path.parent / "mlartifacts")
    return path


@pytest.fixture
def made(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Tracked:
    monkeypatch.chdir(tmp_path)  # a store that MLflow makes by itself would lie here
    made = Tracked(tmp_path)
    shutil.copy(empty_database, made.database)
    return made
