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
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from mlflow.entities import Run

from handbook.catalogue.overview import Overview
from handbook.core.columns import shortened
from handbook.core.files import write_json
from handbook.records.champions import champions, table
from handbook.records.reader import read
from handbook.records.run import RunRecord
from handbook.records.tracking import database, entry, experiments, files
from handbook.records.tracking.database import Store
from handbook.records.tracking.inventory import EDITION, KEY, Inventory
from handbook.records.tracking.model import FILES
from handbook.records.tracking.owner import Lease
from handbook.records.tracking.patience import attempts
from handbook.records.tracking.registry import Registry
from handbook.records.tracking.tidying import Tidying
from handbook.records.tracking.titles import move_titles
from handbook.records.tracking.writer import CONTENT, STATUS, RunWriter

__all__ = ["track"]

Say = Callable[[str], None]


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
    records = read(results, catalogue, logs)
    if failed_only and not any(record.state == "failed" for record in records):
        write_json(output, [])  # a server that is down keeps nobody waiting for nothing
        return []
    for attempt in attempts(store_uri, say):
        with (
            attempt,
            database.opened(store_uri, artifacts, say) as store,
            tempfile.TemporaryDirectory() as folder,
        ):
            tracker = _Tracker(store, results, Path(folder), say)
            if failed_only:
                rows = _track_failures(tracker, records)
            else:
                rows = _track_all(tracker, records, catalogue)
    write_json(output, rows)
    return rows


def _track_failures(tracker: _Tracker, records: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """Log failures alone, and move no title."""
    failures = [record for record in records if record.state == "failed"]
    tracker.log_all(failures)
    return table(failures, {})


def _track_all(
    tracker: _Tracker, records: Sequence[RunRecord], catalogue: Overview
) -> list[dict[str, Any]]:
    """Log every run, move titles, and describe experiments."""
    store, say = tracker.store, tracker.say
    listed = [record for record in records if record.state == "finished"]
    failures = [record for record in records if record.state == "failed"]
    inventory = tracker.log_all([*listed, *failures])
    missing = _missing(records)
    best = champions(record for record in listed if record.data not in missing)
    move_titles(tracker.registry, inventory, best, catalogue, say, unsettled=missing)
    if store.shared:  # somebody may have removed, meanwhile, a run that just got a title
        tracker.tidying.tidy(Inventory.read(store))
    if missing:
        count = len(records) - len(listed)
        say(
            f"{count} of {len(records)} runs are missing or out of date: no title moves on "
            f"{shortened(list(missing))}"
        )
    for data in sorted({record.data for record in listed}):
        own = tracker.writer.experiment(data)
        experiments.describe(store.client, data, own, best, missing.get(data, ""))
    if not store.shared:  # a server may have other users
        experiments.remove_empty_default(store.client)
    return table(listed, best)


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

    def __init__(self, store: Store, results: Path, scratch: Path, say: Say) -> None:
        self.store = store
        self.say = say
        self.lease = Lease(store.client, store.artifacts.parent)
        self.registry = Registry(store)
        self.tidying = Tidying(store, self.registry, self.lease, say)
        self.writer = RunWriter(
            store, results, self.registry, self.lease, self.tidying.remove, scratch
        )

    def log_all(self, records: list[RunRecord]) -> Inventory:
        """Log what the store lacks; remove runs that were interrupted or have changed.

        Returns
        -------
        Inventory
            What the store has then.
        """
        for data in sorted({record.data for record in records}):
            self.writer.experiment(data)
        inventory = Inventory.read(self.store)
        logged = {run.data.tags[KEY]: run for run in self.tidying.tidy(inventory)}
        new: list[tuple[str, RunRecord, int]] = []
        for number, record in enumerate(records, start=1):
            failure = "failed, " if record.state == "failed" else ""
            run = logged.get(record.job_key)
            if run is None or not self._stands(run, record, inventory):
                edition = int(run.data.tags.get(EDITION, 0)) + 1 if run else 1
                new.append((f"{number}/{len(records)} {record.name}: {failure}", record, edition))
            elif record.state == "finished" and not _versions(self.store, inventory, run, record):
                self.registry.register(record, run.info.run_id)
        with self.lease.kept():
            self.store.each(self._log, new)
        if new:
            inventory = Inventory.read(self.store)
            self.tidying.tidy(inventory)
        if unchanged := len(records) - len(new):
            self.say(f"{unchanged} of {len(records)} runs: unchanged")
        return inventory

    def _log(self, label: str, record: RunRecord, edition: int) -> None:
        clock = perf_counter()
        self.writer.write(record, edition)
        self.say(f"{label}logged in {perf_counter() - clock:.1f} s")

    def _stands(self, run: Run, record: RunRecord, inventory: Inventory) -> bool:
        """Tell whether a run is the entry of a record, and its files and model are still there."""
        if run.info.status != STATUS[record.state]:
            return bool(run.info.status == "FINISHED")  # a job that failed here, and not elsewhere
        if run.data.tags.get(CONTENT) != entry.content(record):
            return False
        if run.info.status != "FINISHED":
            return True
        models = [inventory.models.get(output.model_id) for output in run.outputs.model_outputs]
        if not models or None in models:  # deleted by hand
            return False
        places = [(run.info.artifact_uri, "run.json")]
        places += [(model.artifact_location, name) for model in models if model for name in FILES]
        return all(files.is_there(*place) for place in places)


def _versions(store: Store, inventory: Inventory, run: Run, record: RunRecord) -> bool:
    """Tell whether a run is registered as a version of its model."""
    key = store.namespace.model(record.model), record.job_key
    return any(own.run_id == run.info.run_id for own in inventory.versions.get(key, []))
