"""Bring run records into MLflow, each once, however often and however rudely interrupted.

The records on disk are the truth and the database a view of them: it can be deleted and rebuilt.
A run is RUNNING while it is being brought in, and FINISHED or FAILED when all of it is there. So
what is found RUNNING was cut short: it is removed and brought in anew.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd

from handbook import store
from handbook.errors import HandbookError
from handbook.locking import alone_in
from handbook.records import write_json
from handbook.run_records import RunRecord, champions, failed, finished, table, titles

# Read when MLflow is imported: it neither calls home nor decorates the log.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")

with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # MLflow's, about its own type hints
    import mlflow.pyfunc
from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput, Metric, Param
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import AnyType

__all__ = ["track"]

Say = Callable[[str], None]

_SQLITE = "sqlite:///"
_KEY = "job_key"
_CONTENT = "content"  # digest of what was told of a run: tells a changed record from a known one
_OURS = {"project": "handbook"}  # marks registered models, so that nobody else's are touched


def track(
    results: Path,
    catalogue: Mapping[str, Any],
    *,
    logs: Path,
    store_uri: str,
    artifacts: Path,
    output: Path,
    say: Say = print,
) -> list[dict[str, Any]]:
    """Make MLflow show every run on disk, and name the champion of each data set.

    Parameters
    ----------
    results : Path
        Folder of results.
    catalogue : mapping
        What is shown of `params.yaml`; its runs are the current ones.
    logs : Path
        Folder of logs, where failed trainings left their records.
    store_uri : str
        MLflow's store; made where it is a SQLite file that does not exist.
    artifacts : Path
        Folder for figures and models.
    output : Path
        Where the list of tracked runs is written.
    say : callable
        Takes a line of progress.

    Returns
    -------
    list of dict
        A row a current run, see :func:`handbook.run_records.table`: what `output` holds.

    Raises
    ------
    HandbookError
        If the store or a record cannot be used; the message says what to do.
    """
    with _alone(store_uri):
        _create(store_uri, artifacts)
        tracker = _Tracker(_client(store_uri), artifacts.resolve(), say)
        current = finished(results, catalogue)
        tracker.bring_in([*current, *failed(logs)])
        best = champions(current)
        tracker.crown(titles(best, catalogue))
    rows = table(current, best)
    write_json(output, rows)
    return rows


def _alone(store_uri: str) -> AbstractContextManager[None]:
    """Let one process at a time track: what another is bringing in looks cut short."""
    if not store_uri.startswith(_SQLITE):
        return nullcontext()
    return alone_in(Path(store_uri.removeprefix(_SQLITE)).parent)


def _client(store_uri: str) -> MlflowClient:
    try:
        client = MlflowClient(store_uri, store_uri)
        client.search_experiments(max_results=1)
    except MlflowException as error:
        raise HandbookError(
            f"{store_uri}: MLflow cannot use this store ({error.message.splitlines()[0]}); delete "
            "it and track again: it is rebuilt from the records on disk"
        ) from error
    return client


def _create(store_uri: str, artifacts: Path) -> None:
    """Make the SQLite file whole or not at all: a half migrated one is of no use."""
    if not store_uri.startswith(_SQLITE):
        return
    path = Path(store_uri.removeprefix(_SQLITE))
    if path.exists():
        return
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    SqlAlchemyStore(f"{_SQLITE}{partial}", artifacts.resolve().as_uri()).engine.dispose()
    partial.replace(path)


class _Tracker:
    """One visit to the store."""

    def __init__(self, client: MlflowClient, artifacts: Path, say: Say) -> None:
        self.client = client
        self.artifacts = artifacts
        self.say = say
        self.experiments: dict[str, str] = {}
        self.examples: dict[str, tuple[Any, Schema]] = {}

    def bring_in(self, records: list[RunRecord]) -> None:
        """Log what the store lacks, remove what was cut short or has changed."""
        for data in sorted({record.run["data"] for record in records}):
            self._experiment(data)
        known = self._known()
        for number, record in enumerate(records, start=1):
            failure = "failed, " if record.status == "FAILED" else ""
            label = f"{number}/{len(records)} {record.name}: {failure}"
            same: list[Any] = []
            other: list[Any] = []
            for run in known.get((record.job_key, record.status), []):
                told = run.data.tags.get(_CONTENT) == record.content and self._is_whole(run)
                (same if told else other).append(run)
            if same:
                self._register(record, same[0].info.run_id)
                self.say(f"{label}unchanged")
            else:
                clock = perf_counter()
                self._log(record)
                self.say(f"{label}logged in {perf_counter() - clock:.1f} s")
            for run in other + same[1:]:
                self._remove(run)

    def crown(self, given: Mapping[str, Mapping[str, RunRecord]]) -> None:
        """Move the aliases that begin with ``champion`` to where they are given."""
        wanted: dict[str, dict[str, str]] = defaultdict(dict)
        for model, aliases in given.items():
            for alias, record in aliases.items():
                wanted[model][alias] = str(self._versions(record)[0].version)
                self.say(f"{alias}: {record.name}")
        for registered in _pages(self.client.search_registered_models):
            if not _OURS.items() <= registered.tags.items():
                continue
            found = {
                name: str(version)
                for name, version in registered.aliases.items()
                if name == "champion" or name.startswith("champion-")
            }
            for name in found.keys() - wanted[registered.name].keys():
                self.client.delete_registered_model_alias(registered.name, name)
            for name, version in wanted[registered.name].items():
                if found.get(name) != version:
                    self.client.set_registered_model_alias(registered.name, name, version)

    def _known(self) -> dict[tuple[str, str], list[Any]]:
        """Return the runs of the store by key and status, without those cut short."""
        known: dict[tuple[str, str], list[Any]] = defaultdict(list)
        experiments = [found.experiment_id for found in _pages(self.client.search_experiments)]
        for run in _pages(self.client.search_runs, experiments, f"tags.{_KEY} LIKE '%'"):
            if run.info.status == "RUNNING":
                self.say(f"{run.info.run_name}: was cut short, is brought in again")
                self._remove(run)
            else:
                known[run.data.tags[_KEY], run.info.status].append(run)
        return known

    @staticmethod
    def _is_whole(run: Any) -> bool:
        """Tell whether the files of a run in the store are still there."""
        address = urlsplit(run.info.artifact_uri)
        local = address.scheme in ("", "file") and run.info.status == "FINISHED"
        return not local or Path(unquote(address.path), "run.json").exists()

    def _log(self, record: RunRecord) -> None:
        tags = record.tags() | {
            _KEY: record.job_key,
            _CONTENT: record.content,
            "mlflow.note.content": record.note(),
        }
        run = self.client.create_run(
            self._experiment(record.run["data"]),
            start_time=_milliseconds(record.started),
            # longer ones are refused; the whole error stands in the record
            tags={_name(key): value[:5000] for key, value in tags.items()},
            run_name=f"{record.run['model']}/{record.run['variant']}",
        )
        try:
            self._fill(record, run.info.run_id)
        except BaseException:  # an interrupt too: what is half told must not stay
            self._remove(run)
            raise

    def _fill(self, record: RunRecord, run_id: str) -> None:
        params = [Param(_name(key), value) for key, value in record.settings().items()]
        for some in _batches(params, 100):
            self.client.log_batch(run_id, params=some)
        if record.status == "FINISHED":
            model_id = self._log_model(record, run_id)
            ended = _milliseconds(record.ended)
            metrics = [
                Metric(name, value, ended, 0, model_id=model_id)
                for name, value in record.metrics().items()
            ] + [
                Metric(step.metric, step.value, _milliseconds(step.time), step.step)
                for step in record.steps()
            ]
            for many in _batches(metrics, 1000):
                self.client.log_batch(run_id, metrics=many)
            for figure in record.figures:
                self.client.log_artifact(run_id, str(figure), "figures")
            for name in ("metrics.json", "run.json"):
                self.client.log_artifact(run_id, str(record.file(name)))
            self._register(record, run_id)
        self.client.set_terminated(run_id, record.status, _milliseconds(record.ended))

    def _log_model(self, record: RunRecord, run_id: str) -> str:
        """Log the saved estimator itself: the file is copied, neither opened nor written anew."""
        example, inputs = self._example(record)
        outputs = np.dtype(np.float64 if record.run["task"] == "regression" else np.int64)
        logged = self.client.create_logged_model(
            self._experiment(record.run["data"]),
            name=record.run["model"],
            source_run_id=run_id,
            tags={_KEY: record.job_key, "data": record.run["data"]},
            model_type=record.run["task"],
        )
        model_id = str(logged.model_id)
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            # MLflow compares an example's column names in a way that pandas will drop
            warnings.filterwarnings("ignore", "Operation with range is deprecated")
            target = Path(folder) / "model"
            mlflow.pyfunc.save_model(
                target,
                # a module with _load_pyfunc: no class of ours is pickled
                loader_module="handbook.saving",
                data_path=str(record.file("model.skops")),
                mlflow_model=Model(
                    artifact_path=logged.artifact_location,
                    model_uuid=model_id,
                    model_id=model_id,
                    run_id=run_id,
                ),
                signature=ModelSignature(
                    inputs=inputs,
                    outputs=Schema([TensorSpec(outputs, (-1,))]),
                    params=ParamSchema([ParamSpec("method", DataType.string, "predict")]),
                ),
                input_example=example,
                pip_requirements=[
                    f"{name}=={version}" for name, version in record.run["versions"].items()
                ],
            )
            self.client.log_model_artifacts(model_id, str(target))
        self.client.finalize_logged_model(model_id, "READY")
        self.client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
        return model_id

    def _register(self, record: RunRecord, run_id: str) -> None:
        """See that a finished run is one version of its model, and only one."""
        if record.status != "FINISHED":
            return
        model, versions = record.run["model"], self._versions(record)
        for version in versions:
            if version.run_id != run_id:
                self.client.delete_model_version(model, version.version)
        if any(version.run_id == run_id for version in versions):
            return
        try:
            self.client.get_registered_model(model)
        except MlflowException:
            self.client.create_registered_model(model, tags=_OURS, description=record.title)
        model_id = self.client.get_run(run_id).outputs.model_outputs[0].model_id
        self.client.create_model_version(
            model,
            # not models:/<id>, which would be looked up in whatever store is the default
            source=self.client.get_logged_model(model_id).artifact_location,
            run_id=run_id,
            model_id=model_id,
            tags={_KEY: record.job_key}
            | {key: record.run[key] for key in ("data", "variant", "data_variant")},
            description=f"{record.name}, data: {record.run['data_variant']}",
        )

    def _remove(self, run: Any) -> None:
        """Delete a run together with its model and the versions made of it."""
        run_id, experiment = run.info.run_id, run.info.experiment_id
        for version in _pages(self.client.search_model_versions, f"run_id = '{run_id}'"):
            self.client.delete_model_version(version.name, version.version)
        for model in self.client.search_logged_models([experiment], f"source_run_id = '{run_id}'"):
            self.client.delete_logged_model(model.model_id)
        self.client.delete_run(run_id)

    def _versions(self, record: RunRecord) -> list[Any]:
        wanted = f"name = '{record.run['model']}' and tags.{_KEY} = '{record.job_key}'"
        return list(_pages(self.client.search_model_versions, wanted))

    def _experiment(self, data: str) -> str:
        """Return the experiment of a data set; make it, or take it out of the bin."""
        if data not in self.experiments:
            place = (self.artifacts / data).as_uri()
            found = self.client.get_experiment_by_name(data)
            if found is None:
                found = self.client.get_experiment(self.client.create_experiment(data, place))
            if found.artifact_location != place:
                raise HandbookError(
                    f"experiment {data!r} keeps its files in {found.artifact_location}, not in "
                    f"{place}: the folder was moved; delete the MLflow database and track again, "
                    "it is rebuilt from the records on disk"
                )
            if found.lifecycle_stage != "active":
                self.client.restore_experiment(found.experiment_id)
            self.experiments[data] = found.experiment_id
        return self.experiments[data]

    def _example(self, record: RunRecord) -> tuple[Any, Schema]:
        """Return an example from the test rows, and the schema of the model's input."""
        data = record.run["data"]
        if data not in self.examples:
            if record.held_out is None or not record.held_out.exists():
                raise HandbookError(
                    f"{record.held_out}: missing, and the models of {data} need it for an input "
                    "example; prepare the data set again"
                )
            self.examples[data] = _input(store.read(record.held_out).X)
        return self.examples[data]


def _pages(search: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
    """Yield what a search finds, page after page."""
    token: str | None = ""
    while token is not None:
        page = search(*arguments, page_token=token or None)
        yield from list(page)
        token = page.token or None


def _input(X: Any) -> tuple[Any, Schema]:
    """Return the first rows and the schema of a model's input."""
    if not isinstance(X, pd.DataFrame):
        images = np.asarray(X[:2])
        return images, Schema([TensorSpec(images.dtype, (-1, *images.shape[1:]))])
    # "any" for text: MLflow's string refuses pandas' categories, which pipelines are fitted to
    kinds = {"f": DataType.double, "i": DataType.long, "u": DataType.long}
    columns = [
        ColSpec(kinds.get(column.dtype.kind, AnyType()), str(name), not column.isna().any())
        for name, column in X.items()
    ]
    texts = dict.fromkeys(X.select_dtypes("category").columns, object)
    return X.head(5).astype(texts), Schema(columns)


def _name(name: str) -> str:
    """Return a name that MLflow accepts: others' characters become underscores."""
    return "".join(c if c.isalnum() or c in "_-./ " else "_" for c in name)[:250]


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def _batches(items: list[Any], size: int) -> Iterable[list[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
