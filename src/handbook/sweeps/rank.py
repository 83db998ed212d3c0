"""What a sweep found: every trial in a table, the best one, what its lead is worth."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from handbook.catalogue.space import Space
from handbook.core.files import read_json, sha256, write_json, write_text
from handbook.sweeps.explore import with_setting
from handbook.sweeps.results import sweep_key
from handbook.sweeps.tpe import importances
from handbook.sweeps.trials import known
from handbook.tasks.interval import mean_interval
from handbook.tasks.metric import METRICS

__all__ = ["rank"]


def rank(
    spec: Mapping[str, Any],
    chunks: Sequence[Path],
    train_path: Path,
    trials: Path,
    *,
    made_by: str,
    table: Path,
    times: Path,
    best: Path,
    record: Path,
) -> dict[str, Any]:
    """Bring the jobs of a sweep together and say which setting is best.

    Parameters
    ----------
    spec : mapping
        See :func:`handbook.catalogue.sweeps.sweep_spec`.
    chunks : sequence of Path
        What the jobs wrote.
    train_path : Path
        Prepared training rows.
    trials : Path
        Folder of what is known of trials: how long each took.
    made_by : str
        Digest of code and versions.
    table, times, best, record : Path
        Where to write `trials.csv`, `times.csv`, `best.json` and `sweep.json`.

    Returns
    -------
    dict
        What ``sweep.json`` holds.
    """
    found = sorted((one for path in chunks for one in read_json(path)), key=lambda t: t["number"])
    metric = found[0]["metric"]
    # Validation rows by training rows of a fold; sizes of folds differ by a row or two.
    share = 1 / (spec["folds"] - 1)
    rows = [_with_interval(one, share, spec["level"]) for one in found]
    finished = [one for one in rows if one["state"] == "finished"]
    sign = METRICS[metric].sign
    leader = max(finished, key=lambda one: (sign * one["score"], -one["number"]), default=None)
    for one in rows:
        one["behind"] = _behind(one, leader, metric, share, spec["level"])
    space = Space.of(spec["space"])
    settings, scores = [one["setting"] for one in finished], [one["score"] for one in finished]
    summed = {
        "sweep": spec["sweep"],
        "key": sweep_key(spec, made_by),
        "spec": dict(spec),
        "metric": metric,
        "data_digests": {"train": sha256(train_path)},
        "states": {s: sum(one["state"] == s for one in rows) for s in _STATES},
        "importance": importances(space, settings, scores, spec["seed"]),
        "best": leader and leader["number"],
        "level_with_best": sum(_level(one["behind"]) for one in rows) if leader else 0,
        "trials": rows,
    }
    write_text(table, _table(spec, rows))
    write_text(times, _times(rows, known(trials / spec["model"] / spec["data"])))
    write_json(best, _best(spec, leader, summed))
    write_json(record, summed)
    return summed


_STATES = ("finished", "pruned", "failed")


def _with_interval(trial: dict[str, Any], share: float, level: float) -> dict[str, Any]:
    """Add standard error and interval of the mean, where there are several folds."""
    metric = METRICS[trial["metric"]]
    error = interval = None
    if trial["state"] == "finished" and len(trial["folds"]) > 1:
        scores = [fold[metric.name] for fold in trial["folds"]]
        _, error, interval = mean_interval(scores, share, level, metric.bounds)
    return trial | {"standard_error": error, "interval": interval}


def _behind(
    trial: Mapping[str, Any], leader: Mapping[str, Any] | None, metric: str, share: float,
    level: float,
) -> list[float] | None:  # fmt: skip
    """Return the interval of how much better the best trial is, on the same folds.

    Each fold's difference is one of two models on the same rows, so that what makes a fold hard
    for both cancels out.
    """
    if leader is None or trial["state"] != "finished" or len(trial["folds"]) < 2:
        return None
    sign, bounds = METRICS[metric].sign, METRICS[metric].difference_bounds
    pairs = zip(leader["folds"], trial["folds"], strict=True)
    leads = [sign * (best[metric] - own[metric]) for best, own in pairs]
    return mean_interval(leads, share, level, bounds)[2]


def _level(behind: Sequence[float] | None) -> bool:
    """Tell whether a trial cannot be told from the best one."""
    return behind is not None and behind[0] <= 0


def _table(spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Write every trial on a line; values of parameters that do not matter there are empty."""
    file = io.StringIO()
    names = list(spec["space"])
    writer = csv.writer(file, lineterminator="\n")
    last = ("score", "standard_error", "low", "high", "state", "error", "trial")
    writer.writerow(["number", *names, *last])
    for one in rows:
        low, high = one["interval"] or (None, None)
        values = (one["setting"].get(name, "") for name in names)
        error = (one["error"] or "").partition("\n")[0]
        told = (one["score"], one["standard_error"], low, high, one["state"], error, one["trial"])
        writer.writerow([one["number"] + 1, *map(_said, values), *map(_said, told)])
    return file.getvalue()


def _said(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _times(
    rows: Sequence[Mapping[str, Any]], lines: Mapping[str, Mapping[int, Mapping[str, Any]]]
) -> str:
    """Write how long each trial took when it was computed, apart from what is compared."""
    told = ["number,seconds"]
    for one in rows:
        folds = [lines.get(one["trial"], {}).get(n) for n in range(max(1, len(one["folds"])))]
        spent = sum(line["seconds"] for line in folds if line)
        told.append(f"{one['number'] + 1},{spent:.3f}")
    return "\n".join(told) + "\n"


def _best(
    spec: Mapping[str, Any], leader: Mapping[str, Any] | None, summed: Mapping[str, Any]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        name: spec[name] for name in ("sweep", "model", "data", "data_variant", "rows", "folds")
    }
    told |= {"metric": summed["metric"], "trials": len(summed["trials"])} | summed["states"]
    if leader is None:
        return told | {"setting": None, "error": summed["trials"][0]["error"]}
    params, preprocess = with_setting(spec, leader["setting"])
    return told | {
        "setting": leader["setting"],
        "params": params,
        "preprocess": preprocess,
        "score": leader["score"],
        "standard_error": leader["standard_error"],
        "interval": leader["interval"],
        "level_with_best": summed["level_with_best"],
        "trial": leader["trial"],
    }
