"""Backtests: a data set split by time, and what a random split of it would have promised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from handbook import tasks
from handbook.core.errors import HandbookError
from handbook.core.files import write_json
from handbook.core.plain import rounded
from handbook.data import prepare
from handbook.data.dataset import Dataset
from handbook.monitoring.backtest_drift import drifted
from handbook.monitoring.backtest_models import (
    EXPANDING,
    GOING_ON,
    ONCE,
    Answers,
    at_random,
    can_go_on,
    in_time,
    sliding,
)
from handbook.monitoring.backtest_periods import Periods, evidence, periods
from handbook.monitoring.backtest_scores import (
    KEPT,
    LEAST,
    Truth,
    compared,
    prevalence,
    scores,
    together,
)
from handbook.monitoring.backtest_spec import BacktestSpec
from handbook.monitoring.backtest_watch import watched
from handbook.tasks.resampling import Resampling
from handbook.training.spec import RunSpec

__all__ = ["DUMMY", "backtest", "record", "schemes"]

#: Title of the model that looks at no column.
DUMMY = "Dummy"

Say = Callable[[str], None]


def backtest(spec: BacktestSpec, output: Path, *, say: Say) -> None:
    """Do a backtest on all rows of a data set, from its raw files, and write its record."""
    data = prepare.load(spec.data, spec.release, Path(spec.raw), spec.seed)
    write_json(output, record(spec, data, say=say))


def schemes(spec: BacktestSpec, model: RunSpec) -> list[str]:
    """Name the ways in which a model of a backtest learns as time goes by."""
    names = [ONCE, *([GOING_ON] if spec.go_on and can_go_on(model) else []), EXPANDING]
    return [*names, *map(sliding, spec.windows)]


def record(spec: BacktestSpec, data: Dataset, *, say: Say) -> dict[str, Any]:
    """Return all that a backtest found, as plain data without times.

    Raises
    ------
    HandbookError
        There are too few periods, or the data set has not two classes.
    """
    own = periods(data, spec.order)
    _require(spec, data, own)
    ordered = data.rows(own.order)
    later = range(spec.first, len(own.names))
    task = next(iter(spec.models.values())).task
    how = Resampling(spec.level, spec.draws, spec.seed)
    compared_models = spec.models | {DUMMY: _dummy(next(iter(spec.models.values())))}
    truth = Truth(task, ordered.labels, own.numbers, later, how)
    models = {
        title: _of_model(spec, model, ordered, own, truth, partial(_say, say, title))
        for title, model in compared_models.items()
    }
    plain: dict[str, Any] = rounded(
        {
            "data": spec.data,
            "release": data.variant,
            "task": task,
            "target": data.target,
            "classes": list(data.classes),
            "first": spec.first,
            "windows": spec.windows,
            "metrics": list(KEPT[task]),
            "least": LEAST,
            "level": spec.level,
            "evidence": evidence(data, spec.order),
            "periods": [
                {"name": name} | counted
                for name, counted in zip(own.names, prevalence(truth, len(own.names)), strict=True)
            ],
            "drift": drifted(ordered.X, own, spec.first),
            "watch": watched(
                next(iter(spec.models.values())), ordered, own, spec.first, spec.order, spec.watch
            ),
            "models": models,
        }
    )
    return plain


def _say(say: Say, title: str, text: str) -> None:
    say(f"{title}: {text}")


def _dummy(beside: RunSpec) -> RunSpec:
    """Return the specification of a model of the same task that looks at no column."""
    baseline = tasks.module(beside.task).baseline()
    path = f"{type(baseline).__module__}.{type(baseline).__name__}"
    return beside.model_copy(
        update={
            "model": "dummy",
            "estimator": path,
            "trusted": (path,),  # of scikit-learn, or beside the task: not from the catalogue
            "params": baseline.get_params(),
            "preprocess": None,
        }
    )


def _require(spec: BacktestSpec, data: Dataset, own: Periods) -> None:
    if len(data.classes) != 2:
        raise HandbookError(
            f"backtests.{spec.data}: the data set has {len(data.classes)} classes; backtests are "
            "of two"
        )
    if len(own.names) < spec.first + 2:
        raise HandbookError(
            f"backtests.{spec.data}: {len(own.names)} periods, of which the first {spec.first} are "
            "learnt from; at least 2 must follow: lower `first`, or make periods shorter"
        )


def _of_model(
    spec: BacktestSpec, model: RunSpec, data: Dataset, own: Periods, truth: Truth, say: Say
) -> dict[str, Any]:
    """Return what one model promised at random, and brought as time went by."""
    size = len(own.rows(0, spec.first))
    seeds = range(spec.seed, spec.seed + spec.splits)
    at_once = [at_random(model, data, size, seed) for seed in seeds]
    by_scheme: dict[str, Answers] = {}
    for name in schemes(spec, model):
        by_scheme[name] = in_time(model, data, own, spec.first, name)
        say(f"{name}: {by_scheme[name].fits} fits on {by_scheme[name].learnt:,} rows in all")
    once = by_scheme[ONCE]
    return {
        "run": model.name,
        "estimator": model.estimator,
        "params": model.params,
        "random": _promise(at_once, truth) | {"rows": size, "seeds": list(seeds)},
        "schemes": {name: scores(answers, truth) for name, answers in by_scheme.items()},
        "against_once": {
            name: compared(answers, once, truth)
            for name, answers in {"random": at_once[0], **by_scheme}.items()
            if name != ONCE
        },
    }


def _promise(at_once: Sequence[Answers], truth: Truth) -> dict[str, Any]:
    """Return the scores of random splits: of each on all its rows, of the first one by period."""
    first, others = scores(at_once[0], truth), [together(answers, truth) for answers in at_once[1:]]
    return {
        "tested": len(at_once[0].rows),
        "metrics": {
            name: {
                "values": [own["together"], *(split[name] for split in others)],
                "interval": own["together_interval"],
                "by_period_mean": own["mean"],
                "by_period_interval": own["interval"],
            }
            for name, own in first["metrics"].items()
        },
        "promised": float(at_once[0].table["p:1"].mean()) if "p:1" in at_once[0].table else None,
        "share": float(truth.y[at_once[0].rows].mean()),
    }
