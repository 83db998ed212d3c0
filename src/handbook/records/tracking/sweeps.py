"""Logs sweeps in MLflow: one run per sweep, one child per trial, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlflow.entities import Metric, Run

from handbook.core.files import digest, read_json, write_json
from handbook.records.run import flat
from handbook.records.tracking import database, entry, files
from handbook.records.tracking.database import Store, log, named, pages
from handbook.records.tracking.experiments import experiment
from handbook.records.tracking.owner import Lease, is_abandoned
from handbook.records.tracking.patience import attempts

__all__ = ["track_sweeps"]

Say = Callable[[str], None]

_SWEEP, _TRIAL = "sweep_key", "trial_key"
_PARENT = "mlflow.parentRunId"
_SOURCE = "handbook sweep"
_STATUS = {"finished": "FINISHED", "pruned": "KILLED", "failed": "FAILED"}


def track_sweeps(
    records: Sequence[Path],
    *,
    store_uri: str,
    artifacts: Path,
    output: Path | None = None,
    say: Say = print,
) -> list[dict[str, Any]]:
    """Log sweeps and their trials that the store lacks or has otherwise.

    A sweep is RUNNING while it is being logged; one that is RUNNING before was interrupted and is
    logged again. A sweep whose record has changed keeps the children of trials that have not.

    Parameters
    ----------
    records : sequence of Path
        Their ``sweep.json``.
    store_uri : str
        MLflow's store; made where it is a SQLite file that does not exist.
    artifacts : Path
        Folder for files.
    output : Path or None
        Where the list of sweeps is written.
    say : callable
        Takes a line of progress.

    Returns
    -------
    list of dict
        Name, key and count of trials of each sweep: what `output` holds.
    """
    for attempt in attempts(store_uri, say):
        with attempt, database.opened(store_uri, artifacts, say) as store:
            lease = Lease(store.client, store.artifacts.parent)
            rows = []
            with lease.kept():
                for path in records:
                    record = read_json(path)
                    _Sweep(store, lease, record).log(path, say)
                    counts = {"trials": len(record["trials"])} | record["states"]
                    rows.append({"sweep": record["sweep"], "key": record["key"]} | counts)
    if output is not None:
        write_json(output, rows)
    return rows


class _Sweep:
    """One sweep in one store, where others may have sweeps of the same name."""

    def __init__(self, store: Store, lease: Lease, record: Mapping[str, Any]) -> None:
        self.store = store
        self.lease = lease
        self.record = record
        self.experiment_id = experiment(store, record["spec"]["data"])
        self.content = digest({"record": record, "layout": entry.LAYOUT})
        # How far a trial is behind the best one may change while the trial does not.
        self.trials = {
            digest(
                {key: value for key, value in trial.items() if key != "behind"}
                | {"layout": entry.LAYOUT}
            ): trial
            for trial in record["trials"]
        }

    def log(self, path: Path, say: Say) -> None:
        """Log it, and delete what this folder has logged of other versions of it."""
        complete, children = self._tidied()
        if complete is not None and self.trials.keys() <= children.keys():
            say(f"{self.record['sweep']}: unchanged")
            return
        parent = complete or self._log_parent()
        with self.lease.of(parent):
            for key in self.trials.keys() & children.keys():
                if children[key].data.tags.get(_PARENT) != parent:
                    self.store.client.set_tag(children[key].info.run_id, _PARENT, parent)
            new = [
                (trial, key, parent) for key, trial in self.trials.items() if key not in children
            ]
            self.store.each(self._log_child, new)
            self.store.client.log_artifact(parent, str(path))
            self.store.client.set_terminated(parent, "FINISHED")
        if self.store.shared:
            self._tidied()
        say(f"{self.record['sweep']}: {len(self.trials)} trials, {len(new)} of them new")

    def _tidied(self) -> tuple[str | None, dict[str, Run]]:
        """Delete what is out of date; return the complete parent, and children that may stay.

        Of two that are complete, the one with the greater identifier stays, for all who look.
        """
        runs = self._runs()
        complete = max(
            (run for run in runs if self._is_complete(run, runs)),
            key=lambda run: run.info.run_id,
            default=None,
        )
        parent = None if complete is None else str(complete.info.run_id)
        children: dict[str, Run] = {}
        for run in runs:
            tags = run.data.tags
            of_parent = parent is not None and tags.get(_PARENT) == parent
            if run is complete or not (
                self._is_own(run) or of_parent or self._is_second(run, runs)
            ):
                continue
            key = tags.get(_TRIAL)
            if run.info.status == "RUNNING" or key not in self.trials or key in children:
                self._delete(run)
            elif parent is not None and not of_parent:
                self._delete(run)  # a child of one that does not stay
            else:
                children[key] = run
        return parent, children

    def _runs(self) -> list[Run]:
        name = self.record["sweep"].replace("'", "")
        wanted = [self.experiment_id], f"tags.sweep = '{name}'"
        return [
            run
            for run in pages(self.store.client.search_runs, *wanted)
            if run.data.tags.get("mlflow.source.name") == _SOURCE
        ]

    def _is_complete(self, run: Run, runs: Sequence[Run]) -> bool:
        """Tell whether a run is a parent of this very sweep, with a child for each trial."""
        if run.info.status != "FINISHED" or run.data.tags.get(_SWEEP) != self.content:
            return False
        own = {
            child.data.tags.get(_TRIAL)
            for child in runs
            if child.data.tags.get(_PARENT) == run.info.run_id and child.info.status != "RUNNING"
        }
        return self.trials.keys() <= own

    def _is_own(self, run: Run) -> bool:
        """Tell whether this folder has logged a run, or whoever did was interrupted."""
        is_running = run.info.status == "RUNNING"
        return (
            not self.store.shared
            or self.lease.has(run.data.tags)
            or (is_running and is_abandoned(run.data.tags, self.lease, shared=True))
        )

    def _is_second(self, run: Run, runs: Sequence[Run]) -> bool:
        """Tell whether a run belongs to another complete parent of this very sweep."""
        parent = run.data.tags.get(_PARENT, run.info.run_id)
        return any(other.info.run_id == parent and self._is_complete(other, runs) for other in runs)

    def _delete(self, run: Run) -> None:
        self.store.client.delete_run(run.info.run_id)
        address, identifier = run.info.artifact_uri, run.info.run_id
        if _SWEEP in run.data.tags:  # its trials have no files
            files.remove(address, identifier, self.store.uri, self.store.artifacts)

    def _log_parent(self) -> str:
        record, spec, client = self.record, self.record["spec"], self.store.client
        names = ("sweep", "model", "data", "data_variant", "task", "strategy")
        tags = {key: str(spec[key]) for key in names} | {_SWEEP: self.content}
        tags["metric"] = record["metric"]
        where = entry.page(f"sweeps/{record['sweep']}.html")
        run = client.create_run(
            self.experiment_id,
            run_name=f"sweep {record['sweep']}",
            tags=tags | _origin(f"Its page: {where}.") | self.lease.tags(),
        )
        kept = ("estimator", "params", "space", "budget", "folds", "evaluated", "rows", "seed")
        params = dict(flat({key: spec[key] for key in (*kept, "prune")}))
        counts = {f"trials/{name}": count for name, count in record["states"].items()}
        if record["best"] is not None:
            best = record["trials"][record["best"]]
            setting = {f"best.{name}": value for name, value in best["setting"].items()}
            params |= dict(flat(setting))
            counts[f"score/{record['metric']}"] = best["score"]
        now = _now()
        metrics = [Metric(name, value, now, 0) for name, value in counts.items()]
        log(client, run.info.run_id, params, metrics)
        return str(run.info.run_id)

    def _log_child(self, trial: Mapping[str, Any], key: str, parent: str) -> None:
        record, client = self.record, self.store.client
        tags = {
            _PARENT: parent,
            _TRIAL: key,
            "sweep": record["sweep"],
            "trial": trial["trial"],
            "state": trial["state"],
            "data_variant": record["spec"]["data_variant"],
        }
        if trial["standard_error"] is not None:
            tags["standard_error"] = str(trial["standard_error"])
        if trial["error"]:
            tags["error"] = trial["error"][:5000]
        run = client.create_run(
            self.experiment_id,
            run_name=f"{record['sweep']} {trial['number'] + 1}",
            tags=tags | _origin() | self.lease.tags(),
        )
        with self.lease.of(run.info.run_id):
            log(client, run.info.run_id, dict(flat(trial["setting"])), _metrics(record, trial))
            client.set_terminated(run.info.run_id, _STATUS[trial["state"]])


def _origin(note: str = "") -> dict[str, str]:
    """Return the tags in which MLflow looks for who made a run by what, and for words on it."""
    tags = {"mlflow.source.type": "LOCAL", "mlflow.source.name": _SOURCE}
    return tags | {"mlflow.user": entry.user()} | ({"mlflow.note.content": note} if note else {})


def _now() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


def _metrics(record: Mapping[str, Any], trial: Mapping[str, Any]) -> Iterator[Metric]:
    """Yield the score, each fold's under its own name with the fold as step, and the history."""
    now = _now()
    metric = record["metric"]
    if trial["score"] is not None:
        yield Metric(f"score/{metric}", trial["score"], now, 0)
    for number, fold in enumerate(trial["folds"]):
        for name, value in fold.items():
            if value is not None:
                yield Metric(f"fold/{name}", value, now, number)
    for number, row in enumerate(trial["history"]):
        step = int(row.get("epoch", number + 1))
        for name, value in row.items():
            if name != "epoch":
                yield Metric(named(f"history/{name}"), float(value), now, step)
