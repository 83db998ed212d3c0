"""The table, the best setting and what its lead is worth."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from tests.sweeps.made import Bench

from handbook.catalogue.space import Space
from handbook.core.files import write_json
from handbook.sweeps.tpe import importances


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_the_best_is_the_best_by_its_metric(bench: Bench) -> None:
    trials = bench.explore(metric="log_loss")
    bench.rank(metric="log_loss")
    best = json.loads(bench.folder.best.read_text())
    lowest = min(trials, key=lambda trial: trial.score)
    assert best["setting"] == lowest.setting
    assert best["params"] == {"weights": "uniform"} | lowest.setting
    assert best["score"] == lowest.score


def test_the_interval_allows_for_folds_that_share_rows(bench: Bench) -> None:
    bench.explore()
    ranked = bench.rank()
    leader = ranked.leader
    assert leader is not None
    assert leader.interval is not None
    scores = [fold["roc_auc"] for fold in leader.folds]
    # Nadeau and Bengio: s^2 (1/k + n_validation / n_training)
    error = np.std(scores, ddof=1) * math.sqrt(1 / 4 + 1 / 3)
    assert leader.standard_error == pytest.approx(error)
    reach = stats.t.ppf(0.975, 3) * error
    assert leader.interval[0] == pytest.approx(np.mean(scores) - reach)
    assert leader.interval[1] == pytest.approx(min(1.0, np.mean(scores) + reach))


def test_a_trial_is_level_with_the_best_where_folds_cannot_tell(bench: Bench) -> None:
    bench.explore(space={"n_neighbors": [1, 15, 16]})
    ranked = bench.rank(space={"n_neighbors": [1, 15, 16]})
    best = ranked.leader
    assert best is not None
    assert best.behind == [0.0, 0.0]
    for trial in ranked.trials:
        folds = zip(best.folds, trial.folds, strict=True)
        gaps = [a["roc_auc"] - b["roc_auc"] for a, b in folds]
        assert sum(trial.behind) / 2 == pytest.approx(np.mean(gaps))
    assert ranked.level_with_best == sum(t.behind[0] <= 0 for t in ranked.trials)


def test_the_lead_in_an_error_is_not_cut_at_1(bench: Bench) -> None:
    """Worked by hand: the leads of the folds are 4, 5, 6 and 5; RMSE has no upper bound."""
    rmse = {0: (3.0, 2.0, 4.0, 3.0), 1: (7.0, 7.0, 10.0, 8.0)}
    trials = [
        {
            "number": number, "trial": str(number), "setting": {"n_neighbors": number + 1},
            "metric": "rmse", "score": sum(scores) / 4, "state": "finished", "error": None,
            "folds": [{"rmse": score} for score in scores], "steps": [],
        }
        for number, scores in rmse.items()
    ]  # fmt: skip
    write_json(bench.folder.chunk(0, 0), trials)
    best, other = bench.rank(metric="rmse", chunk=3).trials
    assert best.behind == [0.0, 0.0]
    # mean 5, s^2 = 2/3, error sqrt(2/3 (1/4 + 1/3)) = 0.62361; t of 3 degrees at 0.975 is 3.18245
    assert other.behind == pytest.approx([5 - 1.98460, 5 + 1.98460], abs=1e-4)


def test_the_lead_in_a_share_lies_between_its_least_and_largest_difference(bench: Bench) -> None:
    folds = {0: (0.9, 0.1), 1: (0.0, 0.1)}
    trials = [
        {
            "number": number, "trial": str(number), "setting": {"n_neighbors": number + 1},
            "metric": "accuracy", "score": sum(scores) / 2, "state": "finished", "error": None,
            "folds": [{"accuracy": score} for score in scores], "steps": [],
        }
        for number, scores in folds.items()
    ]  # fmt: skip
    write_json(bench.folder.chunk(0, 0), trials)
    # leads 0.9 and 0: the interval of their mean is wider than all there can be
    assert bench.rank(metric="accuracy", chunk=3).trials[1].behind == [-1.0, 1.0]


def test_the_table_has_every_trial_and_no_time(bench: Bench) -> None:
    space = {"n_neighbors": [3, 1000], "p": {"values": [1, 2], "when": {"n_neighbors": 3}}}
    bench.explore(space=space)
    bench.rank(space=space)
    with bench.folder.table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["n_neighbors"] for row in rows] == ["3", "3", "1000"]
    assert [row["p"] for row in rows] == ["1", "2", ""]
    assert [row["state"] for row in rows] == ["finished", "finished", "failed"]
    assert rows[2]["score"] == ""
    assert "seconds" not in rows[0]
    with bench.folder.times.open(newline="") as file:
        times = list(csv.DictReader(file))
    assert all(float(row["seconds"]) > 0 for row in times)


def test_what_is_compared_is_the_same_on_a_second_try(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "other"):
        bench = Bench(tmp_path / name)
        bench.explore()
        bench.rank()
        files = ("trials.csv", "best.json", "sweep.json")
        contents.append([(bench.folder.path / file).read_bytes() for file in files])
    assert contents[0] == contents[1]


def test_no_trial_finished(bench: Bench) -> None:
    bench.explore(space={"n_neighbors": [1000, 2000]})
    ranked = bench.rank(space={"n_neighbors": [1000, 2000]})
    assert ranked.best is None
    assert json.loads(bench.folder.best.read_text())["setting"] is None


def test_one_split_has_no_interval(bench: Bench) -> None:
    bench.explore(evaluated=1)
    ranked = bench.rank(evaluated=1)
    assert all(trial.interval is None for trial in ranked.trials)


def test_importance_is_the_share_of_the_variance() -> None:
    # y = 3a + b on a whole grid: variances of the effects are 9 v and v, and nothing is joint
    space = Space.of({"a": [0, 1, 2, 3, 4, 5], "b": [0, 1, 2, 3, 4, 5], "c": [0, 1, 2]})
    settings = list(space.grid())
    scores = [3.0 * setting["a"] + setting["b"] for setting in settings]
    shares = importances(space, settings, scores, seed=0)
    assert shares["a"] == pytest.approx(0.9, abs=0.03)
    assert shares["b"] == pytest.approx(0.1, abs=0.03)
    assert shares["c"] == pytest.approx(0.0, abs=0.01)


def test_a_parameter_that_matters_sometimes_is_judged_where_it_does() -> None:
    space = Space.of(
        {
            "kernel": ["linear", "rbf"],
            "gamma": {"values": [1, 2, 3, 4, 5], "when": {"kernel": "rbf"}},
        }
    )
    settings = list(space.grid()) * 3
    scores = [
        0.5 if setting["kernel"] == "linear" else 0.1 * setting["gamma"] for setting in settings
    ]
    shares = importances(space, settings, scores, seed=0)
    assert shares["gamma"] == pytest.approx(1.0, abs=0.02)


def test_too_few_trials_tell_no_importance() -> None:
    space = Space.of({"a": [1, 2]})
    assert importances(space, [{"a": 1}, {"a": 2}], [0.1, 0.2], seed=0) == {"a": None}
