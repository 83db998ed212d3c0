"""Sweeps in MLflow: a run a sweep, a child a trial, each once however often they are brought in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param

from handbook.core.files import digest, read_json, write_json
from handbook.records.run import flat
from handbook.records.tracking import database
from handbook.records.tracking.store import batches, experiment, named

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
    """Make MLflow show sweeps and their trials.

    A sweep is RUNNING while it is brought in; what is found so was cut short and begins anew. A
    sweep whose record has changed keeps the children that are as they were.

    Parameters
    ----------
    records : sequence of Path
        Their ``sweep.json``.
    store_uri : str
        MLflow's store; made where it is a SQLite file that does not exist.
    artifacts : Path
        Folder for files.
    output : Path or None
        Where the list of what was brought in is written.
    say : callable
        Takes a line of progress.

    Returns
    -------
    list of dict
        Name, key and count of trials of each sweep: what `output` holds.
    """
    rows = []
    with database.alone(store_uri):
        database.create(store_uri, artifacts)
        client = database.connect(store_uri)
        for path in records:
            record = read_json(path)
            _bring_in(client, record, artifacts.resolve(), path, say)
            counts = {"trials": len(record["trials"])} | record["states"]
            rows.append({"sweep": record["sweep"], "key": record["key"]} | counts)
    if output is not None:
        write_json(output, rows)
    return rows


def _bring_in(
    client: MlflowClient, record: Mapping[str, Any], artifacts: Path, path: Path, say: Say
) -> None:
    place = experiment(client, record["spec"]["data"], artifacts)
    content = digest(record)
    same: Any = None
    known: dict[str, Any] = {}
    name = record["sweep"].replace("'", "")
    for run in [*database.pages(client.search_runs, [place], f"tags.sweep = '{name}'")]:
        if _SWEEP in run.data.tags:
            told = run.info.status == "FINISHED" and run.data.tags[_SWEEP] == content
            if told and same is None:
                same = run
            else:
                client.delete_run(run.info.run_id)
        elif run.info.status == "RUNNING" or run.data.tags[_TRIAL] in known:
            client.delete_run(run.info.run_id)
        else:
            known[run.data.tags[_TRIAL]] = run
    wanted = {_content(trial): trial for trial in record["trials"]}
    for key, run in known.items():
        if key not in wanted:
            client.delete_run(run.info.run_id)
    if same is not None and wanted.keys() <= known.keys():
        say(f"{record['sweep']}: unchanged")
        return
    parent = same.info.run_id if same is not None else _parent(client, place, record, content)
    for key, trial in wanted.items():
        if key in known:
            if known[key].data.tags.get(_PARENT) != parent:
                client.set_tag(known[key].info.run_id, _PARENT, parent)
        else:
            _child(client, place, record, trial, key, parent)
    client.log_artifact(parent, str(path))
    client.set_terminated(parent, "FINISHED")
    say(f"{record['sweep']}: {len(wanted)} trials, {len(wanted.keys() - known.keys())} of them new")


def _content(trial: Mapping[str, Any]) -> str:
    """Return a digest of what is told of a trial; how far behind the best it is may change."""
    return digest({key: value for key, value in trial.items() if key != "behind"})


def _parent(client: MlflowClient, place: str, record: Mapping[str, Any], content: str) -> str:
    spec = record["spec"]
    names = ("sweep", "model", "data", "data_variant", "task", "strategy")
    tags = {key: str(spec[key]) for key in names} | {_SWEEP: content, "metric": record["metric"]}
    run = client.create_run(place, run_name=f"sweep {record['sweep']}", tags=tags)
    run_id = str(run.info.run_id)
    kept = ("estimator", "params", "space", "budget", "folds", "evaluated", "rows", "seed", "prune")
    _log_params(client, run_id, {key: spec[key] for key in kept})
    if record["best"] is not None:
        best = record["trials"][record["best"]]
        _log_params(client, run_id, {f"best.{k}": v for k, v in best["setting"].items()})
        client.log_metric(run_id, record["metric"], best["score"])
    for name, count in record["states"].items():
        client.log_metric(run_id, f"trials_{name}", count)
    return run_id


def _child(
    client: MlflowClient,
    place: str,
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
    }
    if trial["error"]:
        tags["error"] = trial["error"][:5000]
    run = client.create_run(place, run_name=f"{record['sweep']} {trial['number'] + 1}", tags=tags)
    run_id = run.info.run_id
    _log_params(client, run_id, trial["setting"])
    now = round(datetime.now(UTC).timestamp() * 1000)
    for some in batches(list(_metrics(record, trial, now)), 1000):
        client.log_batch(run_id, metrics=some)
    client.set_terminated(run_id, _STATUS[trial["state"]])


def _metrics(record: Mapping[str, Any], trial: Mapping[str, Any], now: int) -> Iterator[Metric]:
    """Yield the score, each fold's under its own name with the fold as step, and the history."""
    metric = record["metric"]
    if trial["score"] is not None:
        yield Metric(metric, trial["score"], now, 0)
    if trial["standard_error"] is not None:
        yield Metric(f"{metric}_se", trial["standard_error"], now, 0)
    for number, fold in enumerate(trial["folds"]):
        for name, value in fold.items():
            if value is not None:
                yield Metric(f"fold_{name}", value, now, number)
    for number, row in enumerate(trial["history"]):
        step = int(row.get("epoch", number + 1))
        for name, value in row.items():
            if name != "epoch":
                yield Metric(named(f"history_{name}"), float(value), now, step)


def _log_params(client: MlflowClient, run_id: str, told: Mapping[str, Any]) -> None:
    params = [Param(named(key), value[:6000]) for key, value in flat(dict(told))]
    for some in batches(params, 100):
        client.log_batch(run_id, params=some)
