"""The ranking of a sweep: every trial in a table, the best one, and whether its lead is real."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from handbook.catalogue.sweep_spec import SweepSpec
from handbook.core.files import sha256, write_json, write_text
from handbook.core.folders import DataFolder, SweepFolder
from handbook.sweeps.plan import outputs
from handbook.sweeps.results import RankedTrial, Ranking, sweep_key
from handbook.sweeps.tpe import importances
from handbook.sweeps.trials import FoldResult, Trial, read_folds, read_trials
from handbook.tasks.interval import mean_interval
from handbook.tasks.metric import METRICS

__all__ = ["rank"]


def rank(spec: SweepSpec, folder: SweepFolder, *, made_by: str) -> Ranking:
    """Bring the jobs of a sweep together and find the best setting.

    Parameters
    ----------
    spec : SweepSpec
    folder : SweepFolder
        Where the trials are, and where `trials.csv`, `times.csv`, `best.json` and `sweep.json`
        come.
    made_by : str
        Digest of code and versions.

    Returns
    -------
    Ranking
        Content of `sweep.json`.
    """
    unranked = read_trials(outputs(spec, folder))
    metric = METRICS[unranked[0].metric]
    finished = [trial for trial in unranked if trial.state == "finished"]
    scores = [trial.score or 0.0 for trial in finished]
    leader = max(
        finished,
        key=lambda trial: (metric.sign * (trial.score or 0.0), -trial.number),
        default=None,
    )
    ranked = [_ranked(trial, leader, spec) for trial in unranked]
    ranking = Ranking(
        sweep=spec.sweep,
        key=sweep_key(spec, made_by),
        spec=spec,
        metric=metric.name,
        data_digests={"train": sha256(DataFolder(spec.data, folder.results).train)},
        states={
            state: sum(trial.state == state for trial in ranked)
            for state in ("finished", "pruned", "failed")
        },
        importance=importances(
            spec.search_space, [trial.setting for trial in finished], scores, spec.seed
        ),
        best=leader.number if leader else None,
        level_with_best=sum(trial.level for trial in ranked),
        trials=ranked,
    )
    write_text(folder.table, _table(ranking))
    write_text(folder.times, _times(ranking, read_folds(folder.journals(spec.model, spec.data))))
    write_json(folder.best, _best(ranking))
    write_json(folder.record, ranking.plain())
    return ranking


def _ranked(trial: Trial, leader: Trial | None, spec: SweepSpec) -> RankedTrial:
    """Add the interval of the mean and of the leader's lead, where there are several folds.

    The lead is taken fold by fold, so that what makes a fold hard for both models cancels out.
    """
    if leader is None or trial.state != "finished" or len(trial.folds) < 2:
        return RankedTrial(**vars(trial))
    metric = METRICS[trial.metric]
    # Validation rows by training rows of a fold; sizes of folds differ by a row or two.
    share = 1 / (spec.folds - 1)
    values, best = _scores(trial), _scores(leader)
    _, error, interval = mean_interval(values, share, spec.level, metric.bounds)
    leads = [metric.sign * (a - b) for a, b in zip(best, values, strict=True)]
    behind = mean_interval(leads, share, spec.level, metric.difference_bounds)[2]
    return RankedTrial(**vars(trial), standard_error=error, interval=interval, behind=behind)


def _scores(trial: Trial) -> list[float]:
    return [score for fold in trial.folds if (score := fold[trial.metric]) is not None]


def _table(ranking: Ranking) -> str:
    """Write one trial per line; cells of parameters that do not matter there are empty."""
    file = io.StringIO()
    names = list(ranking.spec.space)
    writer = csv.writer(file, lineterminator="\n")
    last = ("score", "standard_error", "low", "high", "state", "error", "trial")
    writer.writerow(["number", *names, *last])
    for trial in ranking.trials:
        writer.writerow(
            [
                trial.number + 1,
                *(_cell(trial.setting.get(name)) for name in names),
                *(_cell(value) for value in (trial.score, trial.standard_error)),
                *(trial.interval or ("", "")),
                trial.state,
                (trial.error or "").partition("\n")[0],
                trial.trial,
            ]
        )
    return file.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _times(ranking: Ranking, computed: Mapping[str, Mapping[int, FoldResult]]) -> str:
    """Write the seconds of each trial to a file of their own, since they differ between runs."""
    lines = ["number,seconds"]
    for trial in ranking.trials:
        folds = computed.get(trial.trial, {})
        numbers = range(max(1, len(trial.folds)))
        spent = sum(folds[number].seconds for number in numbers if number in folds)
        lines.append(f"{trial.number + 1},{spent:.3f}")
    return "\n".join(lines) + "\n"


def _best(ranking: Ranking) -> dict[str, Any]:
    """Return the content of `best.json`."""
    spec, leader = ranking.spec, ranking.leader
    content: dict[str, Any] = {
        "sweep": spec.sweep,
        "model": spec.model,
        "data": spec.data,
        "data_variant": spec.data_variant,
        "rows": spec.rows,
        "folds": spec.folds,
        "metric": ranking.metric,
        "trials": len(ranking.trials),
        **ranking.states,
    }
    if leader is None:
        return content | {"setting": None, "error": ranking.trials[0].error}
    settings = spec.with_setting(leader.setting).model_dump(warnings=False)
    return content | {
        "setting": leader.setting,
        "params": settings["params"],
        "preprocess": settings["preprocess"],
        "score": leader.score,
        "standard_error": leader.standard_error,
        "interval": leader.interval,
        "level_with_best": ranking.level_with_best,
        "trial": leader.trial,
    }
