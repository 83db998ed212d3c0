"""Logs run records in MLflow, each once, however often tracking is repeated or interrupted.

The records on disk are the truth and the database is a view of them that can be rebuilt. A run is
RUNNING while it is being logged, and FINISHED or FAILED when it is complete. A run that is RUNNING
when tracking starts was interrupted: it is removed and logged again.

A failed run is removed when its very job, by its key, has finished later: what failed was the
machine. One that was mended by a change has another key, and stays as a part of the history; but
only failures of what the catalogue asks for are logged anew, and an interruption is no failure.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import unquote, urlsplit

from mlflow import MlflowClient
from mlflow.entities import LoggedModel, LoggedModelOutput, Metric
from mlflow.exceptions import MlflowException

from handbook.catalogue.overview import Overview
from handbook.core.columns import shortened
from handbook.core.files import write_json
from handbook.records.champions import champions, table
from handbook.records.reader import read
from handbook.records.run import RunRecord, is_interruption
from handbook.records.tracking import database, entry, experiments, package
from handbook.records.tracking.database import experiment, log_metrics, log_params, named, pages
from handbook.records.tracking.model import FILES, ModelWriter, Rows
from handbook.records.tracking.registry import KEY, move_titles, register

__all__ = ["track"]

Say = Callable[[str], None]

_CONTENT = "content"  # digest of the whole entry, by which a changed record is recognised
_STATUS = {"finished": "FINISHED", "failed": "FAILED"}


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

    The titles of a data set move only if every run on it is current: the best of some is no
    champion.

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
    with database.opened(store_uri, artifacts) as client, tempfile.TemporaryDirectory() as folder:
        tracker = _Tracker(client, results, artifacts.resolve(), ModelWriter(Path(folder)), say)
        records = read(results, catalogue, logs)
        failures = [record for record in records if record.state == "failed"]
        best: dict[tuple[str, str], RunRecord] = {}
        if failed_only:
            tracker.log_all(failures)
            listed = failures
        else:
            listed = [record for record in records if record.state == "finished"]
            tracker.log_all([*listed, *failures])
            missing = _missing(records)
            best = champions(record for record in listed if record.data not in missing)
            move_titles(client, best, catalogue, say, unsettled=missing)
            if missing:
                count = len(records) - len(listed)
                say(
                    f"{count} of {len(records)} runs are missing or out of date: no title moves on "
                    f"{shortened(list(missing))}"
                )
            for data in sorted({record.data for record in listed}):
                own = experiment(client, data, tracker.artifacts)
                experiments.describe(client, data, own, best, missing.get(data, ""))
        if database.file_of(store_uri) is not None:  # a server may have other users
            experiments.remove_empty_default(client)
    rows = table(listed, best)
    write_json(output, rows)
    return rows


def _missing(records: Sequence[RunRecord]) -> dict[str, str]:
    """Say of each data set of which runs are not current how many those are."""
    runs = Counter(record.data for record in records)
    current = Counter(record.data for record in records if record.state == "finished")
    return {
        data: f"{number - current[data]} of {number} runs are missing or out of date"
        for data, number in runs.items()
        if current[data] < number
    }


class _Tracker:
    """Logs records in one store."""

    def __init__(
        self, client: MlflowClient, results: Path, artifacts: Path, writer: ModelWriter, say: Say
    ) -> None:
        self.client = client
        self.results = results
        self.artifacts = artifacts
        self.writer = writer
        self.say = say
        self.registered: set[str] = set()
        self.experiments: dict[str, str] = {}
        self.rows: dict[str, Rows] = {}
        self.code: Path | None = None

    def log_all(self, records: list[RunRecord]) -> None:
        """Log what the store lacks; remove runs that were interrupted or have changed."""
        for data in sorted({record.data for record in records}):
            self._experiment(data)
        logged = self._logged()
        unchanged = 0
        for number, record in enumerate(records, start=1):
            failure = "failed, " if record.state == "failed" else ""
            label = f"{number}/{len(records)} {record.name}: {failure}"
            same: list[Any] = []
            other: list[Any] = []
            for run in logged.get((record.job_key, _STATUS[record.state]), []):
                equal = run.data.tags.get(_CONTENT) == entry.content(record)
                (same if equal and self._is_whole(run) else other).append(run)
            if same:
                register(self.client, record, same[0].info.run_id, self.registered)
                unchanged += 1
            else:
                clock = perf_counter()
                self._log(record)
                self.say(f"{label}logged in {perf_counter() - clock:.1f} s")
            superseded = logged.get((record.job_key, "FAILED"), []) if not failure else []
            for run in [*other, *same[1:], *superseded]:
                self._remove(run)
        if unchanged:
            self.say(f"{unchanged} of {len(records)} runs: unchanged")

    def _logged(self) -> dict[tuple[str, str], list[Any]]:
        """Return the complete runs of the store by key and status; remove interrupted ones."""
        logged: dict[tuple[str, str], list[Any]] = defaultdict(list)
        everywhere = [each.experiment_id for each in pages(self.client.search_experiments)]
        for run in pages(self.client.search_runs, everywhere, f"tags.{KEY} LIKE '%'"):
            if run.info.status == "RUNNING":
                self.say(f"{run.info.run_name}: was interrupted, is logged again")
                self._remove(run)
            elif run.info.status == "FAILED" and is_interruption(run.data.tags.get("error", "")):
                self.say(f"{run.info.run_name}: is no failure but was interrupted, is removed")
                self._remove(run)
            else:
                logged[run.data.tags[KEY], run.info.status].append(run)
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
            KEY: record.job_key,
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
        self.client.log_inputs(run_id, entry.inputs(record))
        if record.state == "finished":
            logged = self._log_model(record, run_id)
            model_id = str(logged.model_id)
            ended = _milliseconds(record.ended)
            metrics = [
                Metric(name, value, ended, 0, model_id=model_id)
                for name, value in entry.metrics(record).items()
            ] + [
                Metric(step.metric, step.value, _milliseconds(step.time), step.step)
                for step in entry.steps(record)
            ]
            log_metrics(self.client, run_id, metrics)
            self._log_files(record, run_id)
            register(self.client, record, run_id, self.registered, logged)
        self.client.set_terminated(run_id, _STATUS[record.state], _milliseconds(record.ended))

    def _log_files(self, record: RunRecord, run_id: str) -> None:
        """Log figures and records at once: each call looks the run up."""
        with tempfile.TemporaryDirectory() as folder:
            for figure in record.drawings:
                copy = Path(folder, "figures", figure.name)
                copy.parent.mkdir(exist_ok=True)
                shutil.copy2(figure, copy)
            for name in ("metrics.json", "run.json"):
                shutil.copy2(record.file(name), folder)
            self.client.log_artifacts(run_id, folder)

    def _log_model(self, record: RunRecord, run_id: str) -> LoggedModel:
        """Log the saved estimator; its file is copied, neither opened nor written again."""
        data = record.data
        if data not in self.rows:
            self.rows[data] = Rows.read(self.results / "data" / data)
        logged = self.client.create_logged_model(
            self._experiment(data),
            name=record.model,
            source_run_id=run_id,
            tags={KEY: record.job_key, "data": data},
            model_type=record.task,
        )
        model_id = str(logged.model_id)
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "model"
            self.writer.write(target, record, logged, self.rows[data])
            self.client.log_model_artifacts(model_id, str(target))
            self._add_code(logged)
        self.client.finalize_logged_model(model_id, "READY")
        self.client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
        return logged

    def _add_code(self, logged: Any) -> None:
        """Put this package's code beside a model: one file, which the models of a disk share."""
        if self.code is None:
            self.code = package.archive(self.artifacts)
        path = _local(logged.artifact_location)
        if path is not None:
            package.share(self.code, path)
            return
        with tempfile.TemporaryDirectory() as folder:
            package.share(self.code, Path(folder))
            self.client.log_model_artifacts(logged.model_id, folder)

    def _remove(self, run: Any) -> None:
        """Delete a run together with its model, the versions made of it and the files of both."""
        run_id, experiment = run.info.run_id, run.info.experiment_id
        for version in pages(self.client.search_model_versions, f"run_id = '{run_id}'"):
            self.client.delete_model_version(version.name, version.version)
        for model in self.client.search_logged_models([experiment], f"source_run_id = '{run_id}'"):
            self.client.delete_logged_model(model.model_id)
            self._remove_files(model.artifact_location, model.model_id)
        self.client.delete_run(run_id)
        self._remove_files(run.info.artifact_uri, run_id)

    def _remove_files(self, address: str, name: str) -> None:
        """Remove the files of a run or a model, where they lie in a folder of its name here."""
        path = _local(address)
        if path is not None and path.is_relative_to(self.artifacts) and path.parent.name == name:
            shutil.rmtree(path.parent, ignore_errors=True)

    def _experiment(self, data: str) -> str:
        if data not in self.experiments:
            self.experiments[data] = experiment(self.client, data, self.artifacts)
        return self.experiments[data]


def _local(address: str) -> Path | None:
    """Return the folder of an address, None where it is not on this disk."""
    url = urlsplit(address)
    return Path(unquote(url.path)) if url.scheme in ("", "file") else None


def _is_there(address: str, name: str) -> bool:
    """Tell whether a folder holds a file; folders that are not on this disk are trusted to."""
    path = _local(address)
    return path is None or (path / name).exists()


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)
