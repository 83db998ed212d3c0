"""Logs run records in MLflow, each once, however often tracking is repeated or interrupted.

The records on disk are the truth and the database is a view of them that can be rebuilt. A run is
RUNNING while it is being logged, and FINISHED or FAILED when it is complete. A run that is RUNNING
when tracking starts was interrupted: it is removed and logged again.

A failed run is removed when its very job, by its key, has finished later: what failed was the
machine. One that was mended by a change has another key, and stays as a part of the history; but
only failures of what the catalogue asks for are logged anew, and an interruption is no failure.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import unquote, urlsplit

from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput, Metric
from mlflow.exceptions import MlflowException
from mlflow.types import Schema

from handbook.catalogue.overview import Overview
from handbook.core.files import write_json
from handbook.data import dataset
from handbook.records.champions import champions, table, titles
from handbook.records.reader import read
from handbook.records.run import RunRecord, is_interruption
from handbook.records.tracking import database, entry
from handbook.records.tracking.database import experiment, log_metrics, log_params, named, pages
from handbook.records.tracking.model import FILES, example, write_model

__all__ = ["track"]

Say = Callable[[str], None]

_KEY = "job_key"
_CONTENT = "content"  # digest of the whole entry, by which a changed record is recognised
_STATUS = {"finished": "FINISHED", "failed": "FAILED"}
_OURS = {"project": "handbook"}  # marks registered models, so that nobody else's are touched


def track(
    results: Path,
    catalogue: Overview,
    *,
    logs: Path,
    store_uri: str,
    artifacts: Path,
    output: Path,
    failed_only: bool = False,
    say: Say = print,
) -> list[dict[str, Any]]:
    """Log every current run and failure of the catalogue, and name each data set's champion.

    Titles move only if every run of the catalogue is current: the best of some runs is no champion.

    Parameters
    ----------
    results : Path
        Folder of results.
    catalogue : mapping
        See `handbook.catalogue.overview`.
    logs : Path
        Folder of logs, where failed trainings left their records.
    store_uri : str
        MLflow's store; made where it is a SQLite file that does not exist.
    artifacts : Path
        Folder for figures and models.
    output : Path
        Where the list of tracked runs is written.
    failed_only : bool
        Log nothing but failures, and move no title.
    say : callable
        Takes a line of progress.

    Returns
    -------
    list of dict
        One row per current run, or per failure where only those are logged, see
        :func:`handbook.records.champions.table`: the content of `output`.

    Raises
    ------
    HandbookError
        If the store or a record cannot be used; the message says what to do.
    """
    with database.opened(store_uri, artifacts) as client:
        tracker = _Tracker(client, results, artifacts.resolve(), say)
        records = read(results, catalogue, logs)
        failures = [record for record in records if record.state == "failed"]
        best: dict[tuple[str, str], RunRecord] = {}
        if failed_only:
            tracker.log_all(failures)
            listed = failures
        else:
            listed = [record for record in records if record.state == "finished"]
            tracker.log_all([*listed, *failures])
            missing = len(records) - len(listed)
            if missing:
                say(f"{missing} of {len(records)} runs are missing or out of date: no title moves")
            else:
                best = champions(listed)
                tracker.move_titles(best, catalogue)
    rows = table(listed, best)
    write_json(output, rows)
    return rows


class _Tracker:
    """Logs records in one store."""

    def __init__(self, client: MlflowClient, results: Path, artifacts: Path, say: Say) -> None:
        self.client = client
        self.results = results
        self.artifacts = artifacts
        self.say = say
        self.experiments: dict[str, str] = {}
        self.examples: dict[str, tuple[Any, Schema]] = {}

    def log_all(self, records: list[RunRecord]) -> None:
        """Log what the store lacks; remove runs that were interrupted or have changed."""
        for data in sorted({record.data for record in records}):
            self._experiment(data)
        logged = self._logged()
        for number, record in enumerate(records, start=1):
            failure = "failed, " if record.state == "failed" else ""
            label = f"{number}/{len(records)} {record.name}: {failure}"
            same: list[Any] = []
            other: list[Any] = []
            for run in logged.get((record.job_key, _STATUS[record.state]), []):
                equal = run.data.tags.get(_CONTENT) == entry.content(record)
                (same if equal and self._is_whole(run) else other).append(run)
            if same:
                self._register(record, same[0].info.run_id)
                self.say(f"{label}unchanged")
            else:
                clock = perf_counter()
                self._log(record)
                self.say(f"{label}logged in {perf_counter() - clock:.1f} s")
            superseded = logged.get((record.job_key, "FAILED"), []) if not failure else []
            for run in [*other, *same[1:], *superseded]:
                self._remove(run)

    def move_titles(self, best: Mapping[tuple[str, str], RunRecord], catalogue: Overview) -> None:
        """Move the aliases that begin with ``champion`` to the best runs.

        Where a store holds runs on real data, a run on generated data takes no title in their data
        set, and no alias that one of them has.
        """
        real = {
            (version.name, str(version.version)): version.tags["data"]
            for version in pages(self.client.search_model_versions)
            if _KEY in version.tags and version.tags["data_variant"] != "sample"
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
                wanted[model][alias] = str(self._versions(record)[0].version)
                self.say(f"{alias}: {record.name}")
        for registered in pages(self.client.search_registered_models):
            if not _OURS.items() <= registered.tags.items():
                continue
            model = registered.name
            current = {
                alias: str(version)
                for alias, version in registered.aliases.items()
                if alias == "champion" or alias.startswith("champion-")
            }
            kept = {
                alias for alias, version in current.items() if sample and (model, version) in real
            }
            for alias in current.keys() - wanted[model].keys() - kept:
                self.client.delete_registered_model_alias(model, alias)
            for alias, version in wanted[model].items():
                if current.get(alias) != version and alias not in kept:
                    self.client.set_registered_model_alias(model, alias, version)

    def _logged(self) -> dict[tuple[str, str], list[Any]]:
        """Return the complete runs of the store by key and status; remove interrupted ones."""
        logged: dict[tuple[str, str], list[Any]] = defaultdict(list)
        experiments = [each.experiment_id for each in pages(self.client.search_experiments)]
        for run in pages(self.client.search_runs, experiments, f"tags.{_KEY} LIKE '%'"):
            if run.info.status == "RUNNING":
                self.say(f"{run.info.run_name}: was interrupted, is logged again")
                self._remove(run)
            elif run.info.status == "FAILED" and is_interruption(run.data.tags.get("error", "")):
                self.say(f"{run.info.run_name}: is no failure but was interrupted, is removed")
                self._remove(run)
            else:
                logged[run.data.tags[_KEY], run.info.status].append(run)
        return logged

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
        files += [(model.artifact_location, name) for model in models for name in FILES]
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
        except BaseException:  # an interrupt too: half a run must not stay
            with suppress(MlflowException):  # on a full disk; the next tracking removes it
                self._remove(run)
            raise

    def _fill(self, record: RunRecord, run_id: str) -> None:
        log_params(self.client, run_id, entry.params(record))
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
            log_metrics(self.client, run_id, metrics)
            for figure in record.drawings:
                self.client.log_artifact(run_id, str(figure), "figures")
            for name in ("metrics.json", "run.json"):
                self.client.log_artifact(run_id, str(record.file(name)))
            self._register(record, run_id)
        self.client.set_terminated(run_id, _STATUS[record.state], _milliseconds(record.ended))

    def _log_model(self, record: RunRecord, run_id: str) -> str:
        """Log the saved estimator; its file is copied, neither opened nor written again."""
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
        """Register a finished run as one version of its model, and as one only."""
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
            self.client.create_registered_model(
                model, tags=_OURS, description=entry.as_written(record.title)
            )
        model_id = self.client.get_run(run_id).outputs.model_outputs[0].model_id
        self.client.create_model_version(
            model,
            # not models:/<id>, which MLflow looks up in its default store
            source=self.client.get_logged_model(model_id).artifact_location,
            run_id=run_id,
            model_id=model_id,
            tags={_KEY: record.job_key}
            | {"data": record.data, "variant": record.variant}
            | {"data_variant": record.run["data_variant"]},
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
    """Tell whether a folder holds a file; folders that are not on this disk are trusted to."""
    url = urlsplit(address)
    return url.scheme not in ("", "file") or Path(unquote(url.path), name).exists()


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)
