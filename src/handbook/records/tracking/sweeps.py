"""Logs sweeps in MLflow: one run per sweep, one child per trial, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric

from handbook.core.files import digest, read_json, write_json
from handbook.records.run import flat
from handbook.records.tracking import database, entry
from handbook.records.tracking.database import experiment, log_metrics, log_params, named, pages

__all__ = ["track_sweeps"]

Say = Callable[[str], None]

_SWEEP, _TRIAL = "sweep_key", "trial_key"
_PARENT = "mlflow.parentRunId"
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
    rows = []
    with database.opened(store_uri, artifacts) as client:
        for path in records:
            record = read_json(path)
            _log(client, record, artifacts.resolve(), path, say)
            counts = {"trials": len(record["trials"])} | record["states"]
            rows.append({"sweep": record["sweep"], "key": record["key"]} | counts)
    if output is not None:
        write_json(output, rows)
    return rows


def _log(
    client: MlflowClient, record: Mapping[str, Any], artifacts: Path, path: Path, say: Say
) -> None:
    """Log one sweep, and delete what the store has of other versions of it."""
    experiment_id = experiment(client, record["spec"]["data"], artifacts)
    content = digest({"record": record, "layout": entry.LAYOUT})
    parent: str | None = None
    children: dict[str, Any] = {}
    name = record["sweep"].replace("'", "")
    for run in [*pages(client.search_runs, [experiment_id], f"tags.sweep = '{name}'")]:
        run_id, finished, tags = run.info.run_id, run.info.status == "FINISHED", run.data.tags
        if _SWEEP in tags and parent is None and finished and tags[_SWEEP] == content:
            parent = run_id
        elif _SWEEP in tags or run.info.status == "RUNNING" or tags[_TRIAL] in children:
            client.delete_run(run_id)
        else:
            children[tags[_TRIAL]] = run
    # How far a trial is behind the best one may change while the trial does not.
    trials = {
        digest(
            {key: value for key, value in trial.items() if key != "behind"}
            | {"layout": entry.LAYOUT}
        ): trial
        for trial in record["trials"]
    }
    for key in children.keys() - trials.keys():
        client.delete_run(children[key].info.run_id)
    if parent is not None and trials.keys() <= children.keys():
        say(f"{record['sweep']}: unchanged")
        return
    parent = parent or _log_parent(client, experiment_id, record, content)
    for key, trial in trials.items():
        if key not in children:
            _log_child(client, experiment_id, record, trial, key, parent)
        elif children[key].data.tags.get(_PARENT) != parent:
            client.set_tag(children[key].info.run_id, _PARENT, parent)
    client.log_artifact(parent, str(path))
    client.set_terminated(parent, "FINISHED")
    new = len(trials.keys() - children.keys())
    say(f"{record['sweep']}: {len(trials)} trials, {new} of them new")


def _log_parent(
    client: MlflowClient, experiment_id: str, record: Mapping[str, Any], content: str
) -> str:
    spec = record["spec"]
    names = ("sweep", "model", "data", "data_variant", "task", "strategy")
    tags = {key: str(spec[key]) for key in names} | {_SWEEP: content, "metric": record["metric"]}
    where = entry.page(f"sweeps/{record['sweep']}.html")
    tags |= _origin(f"Its page: {where}.")
    run = client.create_run(experiment_id, run_name=f"sweep {record['sweep']}", tags=tags)
    run_id = str(run.info.run_id)
    kept = ("estimator", "params", "space", "budget", "folds", "evaluated", "rows", "seed", "prune")
    log_params(client, run_id, dict(flat({key: spec[key] for key in kept})))
    if record["best"] is not None:
        best = record["trials"][record["best"]]
        setting = {f"best.{name}": value for name, value in best["setting"].items()}
        log_params(client, run_id, dict(flat(setting)))
        client.log_metric(run_id, f"score/{record['metric']}", best["score"])
    for name, count in record["states"].items():
        client.log_metric(run_id, f"trials/{name}", count)
    return run_id


def _origin(note: str = "") -> dict[str, str]:
    """Return the tags in which MLflow looks for who made a run by what, and for words on it."""
    tags = {"mlflow.source.type": "LOCAL", "mlflow.source.name": "handbook sweep"}
    return tags | {"mlflow.user": entry.user()} | ({"mlflow.note.content": note} if note else {})


def _log_child(
    client: MlflowClient,
    experiment_id: str,
    record: Mapping[str, Any],
    trial: Mapping[str, Any],
    key: str,
    parent: str,
) -> None:
    tags = {
        _PARENT: parent,
        _TRIAL: key,
        "sweep": record["sweep"],
        "trial": trial["trial"],
        "state": trial["state"],
        "data_variant": record["spec"]["data_variant"],
    } | _origin()
    if trial["standard_error"] is not None:
        tags["standard_error"] = str(trial["standard_error"])
    if trial["error"]:
        tags["error"] = trial["error"][:5000]
    run = client.create_run(
        experiment_id, run_name=f"{record['sweep']} {trial['number'] + 1}", tags=tags
    )
    run_id = run.info.run_id
    log_params(client, run_id, dict(flat(trial["setting"])))
    now = round(datetime.now(UTC).timestamp() * 1000)
    log_metrics(client, run_id, _metrics(record, trial, now))
    client.set_terminated(run_id, _STATUS[trial["state"]])


def _metrics(record: Mapping[str, Any], trial: Mapping[str, Any], now: int) -> Iterator[Metric]:
    """Yield the score, each fold's under its own name with the fold as step, and the history."""
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
