"""Writes the entry of one run: its parameters, histories, figures and its model."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from mlflow.entities import LoggedModel, LoggedModelOutput, Metric, Run
from mlflow.exceptions import MlflowException

from handbook.records.run import RunRecord
from handbook.records.tracking import entry, files, package
from handbook.records.tracking.database import Store, log, named
from handbook.records.tracking.experiments import experiment
from handbook.records.tracking.inventory import EDITION, KEY
from handbook.records.tracking.model import ModelWriter, Rows
from handbook.records.tracking.owner import Lease
from handbook.records.tracking.patience import settled
from handbook.records.tracking.registry import Registry

__all__ = ["CONTENT", "STATUS", "RunWriter"]

#: The tag with a digest of the whole entry, by which a changed record is recognised.
CONTENT = "content"

#: What MLflow calls the state of a record.
STATUS = {"finished": "FINISHED", "failed": "FAILED"}


class RunWriter:
    """Writes entries into one store, from as many threads as like.

    Parameters
    ----------
    store : Store
    results : Path
        Folder of results.
    registry : Registry
    lease : Lease
    remove : callable
        Takes a run that could not be completed.
    scratch : Path
        Folder for files meanwhile.
    """

    def __init__(
        self,
        store: Store,
        results: Path,
        registry: Registry,
        lease: Lease,
        remove: Callable[[Run], None],
        scratch: Path,
    ) -> None:
        self.store = store
        self.results = results
        self.registry = registry
        self.lease = lease
        self.remove = remove
        self.models = ModelWriter(scratch)
        self._experiments: dict[str, str] = {}
        self._rows: dict[str, Rows] = {}
        self._code: Path | None = None
        self._alone = threading.RLock()  # for what is made once
        self._registering: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def write(self, record: RunRecord, edition: int) -> None:
        """Write the entry of a record whole or not at all.

        Parameters
        ----------
        record : RunRecord
        edition : int
            How often its job has been logged, this time included.
        """
        tags = entry.tags(record) | {
            KEY: record.job_key,
            CONTENT: entry.content(record),
            EDITION: str(edition),
            "mlflow.note.content": entry.note(record),
        }
        run = self.store.client.create_run(
            self.experiment(record.data),
            start_time=_milliseconds(record.started),
            # longer ones are refused; the whole error stands in the record
            tags={named(key): value[:5000] for key, value in tags.items()} | self.lease.tags(),
            run_name=f"{record.model}/{record.variant}",
        )
        with self.lease.of(run.info.run_id), self._whole(run):
            if record.state == "finished":
                self._fill(record, run)
            else:
                log(self.store.client, run.info.run_id, entry.params(record))
                self._log_inputs(record, run)
            ended = _milliseconds(record.ended)
            self.store.client.set_terminated(run.info.run_id, STATUS[record.state], ended)

    def experiment(self, data: str) -> str:
        """Return the experiment of a data set; make it where it is missing."""
        with self._alone:
            if data not in self._experiments:
                self._experiments[data] = experiment(self.store, data)
            return self._experiments[data]

    @contextmanager
    def _whole(self, run: Run) -> Iterator[None]:
        """Remove the run where what follows fails."""
        try:
            yield
        except BaseException:  # an interrupt too: half a run must not stay
            with suppress(MlflowException):  # on a full disk; the next tracking removes it
                self.remove(run)
            raise

    def _fill(self, record: RunRecord, run: Run) -> None:
        """Log all that a finished run has."""
        client, run_id = self.store.client, run.info.run_id
        logged = self._log_model(record, run)
        model_id = str(logged.model_id)
        ended = _milliseconds(record.ended)
        scores = [
            Metric(name, value, ended, 0, model_id=model_id)
            for name, value in entry.metrics(record).items()
        ]
        history = [
            Metric(step.metric, step.value, _milliseconds(step.time), step.step)
            for step in entry.steps(record)
        ]
        log(client, run_id, entry.params(record), [*scores, *history])
        self._log_inputs(record, run)
        client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
        self._log_files(record, run)
        with self._registering[record.model]:  # versions are numbered one after the other
            self.registry.register(record, run_id, logged)

    def _log_inputs(self, record: RunRecord, run: Run) -> None:
        settled(self.store.client.log_inputs, run.info.run_id, entry.inputs(record))

    def _log_files(self, record: RunRecord, run: Run) -> None:
        """Log figures and records."""
        with self._folder(run.info.artifact_uri) as folder:
            figures = folder / "figures"
            for figure in record.drawings:
                figures.mkdir(parents=True, exist_ok=True)
                shutil.copy2(figure, figures)
            for name in ("metrics.json", "run.json"):
                shutil.copy2(record.file(name), folder)

    def _log_model(self, record: RunRecord, run: Run) -> LoggedModel:
        """Log the saved estimator; its file is copied, neither opened nor written again."""
        client = self.store.client
        logged = client.create_logged_model(
            run.info.experiment_id,
            name=record.model,
            source_run_id=run.info.run_id,
            tags={KEY: record.job_key, "data": record.data},
            model_type=record.task,
        )
        with self._folder(logged.artifact_location) as folder:
            with self._alone:
                rows = self._rows_of(record.data)
                self._code = self._code or package.archive(self.store.artifacts)
            self.models.write(folder, record, logged, rows)
            package.share(self._code, folder)
        client.finalize_logged_model(str(logged.model_id), "READY")
        return logged

    def _rows_of(self, data: str) -> Rows:
        if data not in self._rows:
            self._rows[data] = Rows.read(self.results / "data" / data)
        return self._rows[data]

    @contextmanager
    def _folder(self, address: str) -> Iterator[Path]:
        """Give a folder for the files of a run or a model, which get to its address."""
        path = files.local(address)
        if path is not None:
            path.mkdir(parents=True, exist_ok=True)
            yield path
            return
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
            files.upload(Path(folder), address, self.store.uri)


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)
