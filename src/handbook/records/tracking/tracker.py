"""Logs run records in MLflow, each once, however often tracking is repeated or interrupted.

The records on disk are the truth and the database is a view of them that can be rebuilt. A run is
RUNNING while it is being logged, and FINISHED or FAILED when it is complete. A run that is RUNNING
when tracking starts was interrupted: it is removed and logged again.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import unquote, urlsplit

from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput, Metric, Param
from mlflow.exceptions import MlflowException
from mlflow.types import Schema

from handbook.core.files import write_json
from handbook.data import dataset
from handbook.records.champions import champions, table, titles
from handbook.records.reader import failed, read
from handbook.records.run import RunRecord
from handbook.records.tracking import database, entry
from handbook.records.tracking.database import pages
from handbook.records.tracking.model import FILES, example, write_model
from handbook.records.tracking.store import batches, experiment, named

__all__ = ["track"]

Say = Callable[[str], None]

_KEY = "job_key"
_CONTENT = "content"  # digest of the whole entry, by which a changed record is recognised
_STATUS = {"finished": "FINISHED", "failed": "FAILED"}
_OURS = {"project": "handbook"}  # marks registered models, so that nobody else's are touched


def track(
    results: Path,
    catalogue: Mapping[str, Any],
    *,
    logs: Path,
    store_uri: str,
    artifacts: Path,
    output: Path,
    failed_only: bool = False,
    say: Say = print,
) -> list[dict[str, Any]]:
    """Make MLflow show every current run and every failure; name each data set's champion.

    Titles move only where every run of the catalogue is current: the best of those that a rebuild
    has got to by now is no champion.

    Parameters
    ----------
    results : Path
        Folder of results.
    catalogue : mapping
        What is shown of `params.yaml`: see `handbook.catalogue.specs.overview`.
    logs : Path
        Folder of logs, where failed trainings left their records.
    store_uri : str
        MLflow's store; made where it is a SQLite file that does not exist.
    artifacts : Path
        Folder for figures and models.
    output : Path
        Where the list of tracked runs is written.
    failed_only : bool
        Bring in nothing but failures, and move no title.
    say : callable
        Takes a line of progress.

    Returns
    -------
    list of dict
        A row a current run (a failed one, where only those were asked for), see
        :func:`handbook.records.champions.table`: what `output` holds.

    Raises
    ------
    HandbookError
        If the store or a record cannot be used; the message says what to do.
    """
    with database.alone(store_uri):
        database.create(store_uri, artifacts)
        tracker = _Tracker(database.connect(store_uri), results, artifacts.resolve(), say)
        failures = failed(logs)
        if failed_only:
            tracker.bring_in(failures)
            rows = table(failures, {})
        else:
            asked = read(results, catalogue)
            current = [record for record in asked if record.state == "finished"]
            tracker.bring_in([*current, *failures])
            best = champions(current) if len(current) == len(asked) else {}
            if len(current) == len(asked):
                tracker.crown(best, catalogue)
            else:
                out = len(asked) - len(current)
                say(f"{out} of {len(asked)} runs are missing or out of date: no title moves")
            rows = table(current, best)
    write_json(output, rows)
    return rows


class _Tracker:
    """One visit to the store."""

    def __init__(self, client: MlflowClient, results: Path, artifacts: Path, say: Say) -> None:
        self.client = client
        self.results = results
        self.artifacts = artifacts
        self.say = say
        self.experiments: dict[str, str] = {}
        self.examples: dict[str, tuple[Any, Schema]] = {}

    def bring_in(self, records: list[RunRecord]) -> None:
        """Log what the store lacks, remove what was cut short or has changed."""
        for data in sorted({record.data for record in records}):
            self._experiment(data)
        known = self._known()
        for number, record in enumerate(records, start=1):
            failure = "failed, " if record.state == "failed" else ""
            label = f"{number}/{len(records)} {record.name}: {failure}"
            same: list[Any] = []
            other: list[Any] = []
            for run in known.get((record.job_key, _STATUS[record.state]), []):
                told = run.data.tags.get(_CONTENT) == entry.content(record) and self._is_whole(run)
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

    def crown(
        self, best: Mapping[tuple[str, str], RunRecord], catalogue: Mapping[str, Any]
    ) -> None:
        """Move the aliases that begin with ``champion`` to the best runs.

        Where a store holds runs on real data, a run on a generated stand-in takes nothing from
        them: no title in their data set, and none that one of them has.
        """
        real = {
            (version.name, str(version.version)): version.tags["data"]
            for version in pages(self.client.search_model_versions)
            if _KEY in version.tags and version.tags["data_variant"] != "sample"
        }
        sample = any(record.sample for record in best.values())
        worthy = {
            place: record
            for place, record in best.items()
            if not (record.sample and place[0] in real.values())
        }
        wanted: dict[str, dict[str, str]] = defaultdict(dict)
        for model, aliases in titles(worthy, catalogue).items():
            for alias, record in aliases.items():
                wanted[model][alias] = str(self._versions(record)[0].version)
                self.say(f"{alias}: {record.name}")
        for registered in pages(self.client.search_registered_models):
            if not _OURS.items() <= registered.tags.items():
                continue
            found = {
                name: str(version)
                for name, version in registered.aliases.items()
                if name == "champion" or name.startswith("champion-")
            }
            kept = {
                name
                for name, version in found.items()
                if sample and (registered.name, version) in real
            }
            for name in found.keys() - wanted[registered.name].keys() - kept:
                self.client.delete_registered_model_alias(registered.name, name)
            for name, version in wanted[registered.name].items():
                if found.get(name) != version and name not in kept:
                    self.client.set_registered_model_alias(registered.name, name, version)

    def _known(self) -> dict[tuple[str, str], list[Any]]:
        """Return the runs of the store by key and status, without those cut short."""
        known: dict[tuple[str, str], list[Any]] = defaultdict(list)
        experiments = [found.experiment_id for found in pages(self.client.search_experiments)]
        for run in pages(self.client.search_runs, experiments, f"tags.{_KEY} LIKE '%'"):
            if run.info.status == "RUNNING":
                self.say(f"{run.info.run_name}: was cut short, is brought in again")
                self._remove(run)
            else:
                known[run.data.tags[_KEY], run.info.status].append(run)
        return known

    def _is_whole(self, run: Any) -> bool:
        """Tell whether the files of a run and of its model are still there."""
        if run.info.status != "FINISHED":
            return True
        try:
            models = [
                self.client.get_logged_model(output.model_id)
                for output in run.outputs.model_outputs
            ]
        except MlflowException:  # deleted by hand
            return False
        files = [(run.info.artifact_uri, "run.json")]
        files += [(one.artifact_location, name) for one in models for name in FILES]
        return bool(models) and all(_is_there(*file) for file in files)

    def _log(self, record: RunRecord) -> None:
        tags = entry.tags(record) | {
            _KEY: record.job_key,
            _CONTENT: entry.content(record),
            "mlflow.note.content": entry.note(record),
        }
        run = self.client.create_run(
            self._experiment(record.data),
            start_time=_milliseconds(record.started),
            # longer ones are refused; the whole error stands in the record
            tags={named(key): value[:5000] for key, value in tags.items()},
            run_name=f"{record.model}/{record.variant}",
        )
        try:
            self._fill(record, run.info.run_id)
        except BaseException:  # an interrupt too: what is half told must not stay
            self._remove(run)
            raise

    def _fill(self, record: RunRecord, run_id: str) -> None:
        params = [Param(named(key), value) for key, value in entry.params(record).items()]
        for some in batches(params, 100):
            self.client.log_batch(run_id, params=some)
        if record.state == "finished":
            model_id = self._log_model(record, run_id)
            ended = _milliseconds(record.ended)
            metrics = [
                Metric(name, value, ended, 0, model_id=model_id)
                for name, value in entry.metrics(record).items()
            ] + [
                Metric(step.metric, step.value, _milliseconds(step.time), step.step)
                for step in entry.steps(record)
            ]
            for many in batches(metrics, 1000):
                self.client.log_batch(run_id, metrics=many)
            for figure in record.figures:
                self.client.log_artifact(run_id, str(figure), "figures")
            for name in ("metrics.json", "run.json"):
                self.client.log_artifact(run_id, str(record.file(name)))
            self._register(record, run_id)
        self.client.set_terminated(run_id, _STATUS[record.state], _milliseconds(record.ended))

    def _log_model(self, record: RunRecord, run_id: str) -> str:
        """Log the saved estimator itself: the file is copied, neither opened nor written anew."""
        data = record.data
        if data not in self.examples:
            self.examples[data] = example(dataset.read(self.results / f"data/{data}/test.arrow").X)
        logged = self.client.create_logged_model(
            self._experiment(data),
            name=record.model,
            source_run_id=run_id,
            tags={_KEY: record.job_key, "data": data},
            model_type=record.task,
        )
        model_id = str(logged.model_id)
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "model"
            write_model(target, record, logged, *self.examples[data])
            self.client.log_model_artifacts(model_id, str(target))
        self.client.finalize_logged_model(model_id, "READY")
        self.client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
        return model_id

    def _register(self, record: RunRecord, run_id: str) -> None:
        """See that a finished run is one version of its model, and only one."""
        if record.state != "finished":
            return
        model, versions = record.model, self._versions(record)
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
        for version in pages(self.client.search_model_versions, f"run_id = '{run_id}'"):
            self.client.delete_model_version(version.name, version.version)
        for model in self.client.search_logged_models([experiment], f"source_run_id = '{run_id}'"):
            self.client.delete_logged_model(model.model_id)
        self.client.delete_run(run_id)

    def _versions(self, record: RunRecord) -> list[Any]:
        wanted = f"name = '{record.model}' and tags.{_KEY} = '{record.job_key}'"
        return list(pages(self.client.search_model_versions, wanted))

    def _experiment(self, data: str) -> str:
        if data not in self.experiments:
            self.experiments[data] = experiment(self.client, data, self.artifacts)
        return self.experiments[data]


def _is_there(address: str, name: str) -> bool:
    """Tell whether a folder holds a file; of a folder elsewhere it is taken for granted."""
    place = urlsplit(address)
    return place.scheme not in ("", "file") or Path(unquote(place.path), name).exists()


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)
