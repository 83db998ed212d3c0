"""Trials are computed once, found again by every sweep, and survive whatever happens to a job."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tests.sweeps.made import SPEC, Bench, spec_with

from handbook.catalogue.sections import Preprocess
from handbook.data import dataset
from handbook.sweeps.results import sweep_key
from handbook.sweeps.trials import FoldResult, append, read_folds, trial_digest


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_scores_are_those_of_plain_scikit_learn(bench: Bench) -> None:
    trials = bench.explore()
    rows = dataset.read(bench.train)
    for trial in trials:
        expected = []
        folds = StratifiedKFold(4, shuffle=True, random_state=7)
        for fit_on, check_on in folds.split(np.zeros(len(rows.y)), rows.y):
            model = make_pipeline(StandardScaler(), KNeighborsClassifier(**trial.setting))
            model.fit(rows.X.iloc[fit_on], rows.y[fit_on])
            probabilities = model.predict_proba(rows.X.iloc[check_on])[:, 1]
            expected.append(roc_auc_score(rows.y[check_on], probabilities))
        assert trial.metric == "roc_auc"
        assert [fold["roc_auc"] for fold in trial.folds] == pytest.approx(expected)
        assert trial.score == pytest.approx(np.mean(expected))


def test_what_was_computed_is_not_computed_again(bench: Bench) -> None:
    first = bench.explore()
    assert len(bench.computed()) == 3
    assert bench.explore() == first
    assert bench.computed() == []


def test_widening_computes_the_new_points_alone(bench: Bench) -> None:
    bench.explore()
    bench.computed()
    wider = bench.explore(
        space={"n_neighbors": [1, 2, 3, 5, 9], "weights": ["uniform", "distance"]}
    )
    assert len(wider) == 10
    new = bench.computed()
    assert len(new) == 7
    assert not any("n_neighbors 3, weights uniform" in line for line in new)


def test_a_larger_budget_keeps_what_a_smaller_one_drew(bench: Bench) -> None:
    space = {"n_neighbors": {"low": 1, "high": 30}}
    few = bench.explore(strategy="random", budget=4, space=space)
    bench.computed()
    more = bench.explore(strategy="random", budget=9, space=space)
    assert [trial.setting for trial in more[:4]] == [trial.setting for trial in few]
    assert len(bench.computed()) == 5


def test_two_sweeps_share_trials_whatever_they_compare_by(bench: Bench) -> None:
    bench.explore()
    bench.computed()
    other = bench.explore(
        sweep="other", metric="log_loss", space={"n_neighbors": [3, 5], "weights": ["uniform"]}
    )
    assert bench.computed() == []
    assert other[0].metric == "log_loss"
    # the first fold of folds is a validation split
    split = bench.explore(sweep="split", evaluated=1)
    assert bench.computed() == []
    assert len(split[0].folds) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"made_by": "other code"},
        {"seed": 8},
        {"folds": 3, "evaluated": 3},
        {"rows": 50},
        {"params": {"weights": "distance"}},
        {"preprocess": Preprocess(numeric="minmax").model_dump()},
    ],
)
def test_what_a_score_depends_on_asks_for_a_new_one(bench: Bench, changed: dict[str, Any]) -> None:
    bench.explore()
    bench.computed()
    bench.explore(**changed)
    assert len(bench.computed()) == 3


def test_other_rows_ask_for_new_scores(bench: Bench) -> None:
    bench.explore()
    bench.computed()
    data = dataset.read(bench.train)
    dataset.write(bench.train, data.rows(np.arange(len(data) - 1)))
    bench.explore()
    assert len(bench.computed()) == 3


def test_a_recipe_of_columns_can_be_swept(bench: Bench) -> None:
    trials = bench.explore(space={"preprocess.numeric": ["standard", "none"], "n_neighbors": [5]})
    standard, unscaled = (trial.folds for trial in trials)
    assert standard != unscaled


def test_a_failed_trial_says_why_and_stops_no_other(bench: Bench) -> None:
    trials = bench.explore(space={"n_neighbors": [3, 1000, 5]})
    assert [trial.state for trial in trials] == ["finished", "failed", "finished"]
    assert "n_neighbors" in trials[1].error
    assert "ValueError" in trials[1].error
    assert trials[1].score is None
    bench.computed()
    assert bench.explore(space={"n_neighbors": [3, 1000, 5]}) == trials
    assert bench.computed() == []


def test_a_metric_that_is_undefined_is_a_failure(bench: Bench) -> None:
    trials = bench.explore(metric="no_such", space={"n_neighbors": [3]})
    assert trials[0].state == "failed"
    assert "no_such is undefined on fold 0" in trials[0].error


def test_a_killed_job_goes_on_where_it_stopped(bench: Bench, tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from handbook.sweeps import evaluate
from tests.sweeps.made import Bench
real, count = evaluate.Evaluator.score, [0]
def score(self, *arguments):
    count[0] += 1
    if count[0] == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, *arguments)
evaluate.Evaluator.score = score
Bench(Path({str(tmp_path)!r})).explore(chunk=3)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -signal.SIGKILL
    (journal,) = (tmp_path / "sweeps/.trials").rglob("*.jsonl")
    assert len(journal.read_text().splitlines()) == 5  # a whole trial and the next one's first fold
    with journal.open("a") as file:
        file.write('{"trial": "half a li')
    trials = bench.explore(chunk=3)
    assert [trial.state for trial in trials] == ["finished"] * 3
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert len(lines) == 12
    assert len({(line["trial"], line["fold"]) for line in lines}) == 12


def test_a_journal_writes_into_no_cache(tmp_path: Path) -> None:
    cached, path = tmp_path / "cache", tmp_path / "one.jsonl"
    cached.write_text('{"trial": "a", "fold": 0, "scores": {}, "seconds": 1}\n')
    os.link(cached, path)
    append(path, FoldResult("b", 0, scores={}, seconds=1))
    assert len(cached.read_text().splitlines()) == 1
    assert set(read_folds(tmp_path)) == {"a", "b"}


def test_the_digest_does_not_depend_on_the_order_of_arguments() -> None:
    def name(params: dict[str, Any]) -> str:
        return trial_digest(spec_with(params=params, preprocess=None), made_by="x", data="y")

    assert name({"a": 1, "b": 2}) == name({"b": 2, "a": 1})
    assert name({"a": 1}) != name({"a": 1.5})


def test_digests_are_those_of_earlier_versions() -> None:
    """Trials that were computed before keep their names, so that no sweep computes them again."""
    spec = spec_with(
        space={"n_neighbors": {"low": 1, "high": 9}, "preprocess.numeric": ["minmax"]}, rows=50
    )
    setting = {"n_neighbors": 3, "preprocess.numeric": "minmax"}
    name = trial_digest(spec.with_setting(setting), made_by="code", data="rows")
    assert name == "1aef14d6d74ff8fed8af4959f8df49ddf306fe5491502a7d50a89b044686398e"
    bare = trial_digest(spec_with(params={"a": 1}, preprocess=None), made_by="code", data="rows")
    assert bare == "40532323271c2350c65aa8bef40f6b87b267b5e9aaee82eb4f0b76312bf18cdc"
    key = "8bbb68636cd3a2887307bf9ea8b78eeb7f9348035c6e58b13ba34764f59414ed"
    assert sweep_key(SPEC, "code") == key


def test_trees_of_proposals_are_the_same_however_jobs_are_cut(bench: Bench) -> None:
    space = {"n_neighbors": {"low": 1, "high": 40}, "weights": ["uniform", "distance"]}
    changed: dict[str, Any] = {"strategy": "tpe", "budget": 18, "space": space, "batch": 6}
    whole = bench.explore(chunk=6, **changed)
    parts = bench.explore(chunk=1, **changed)
    assert [trial.setting for trial in whole] == [trial.setting for trial in parts]
    assert whole == parts


def test_hopeless_trials_are_given_up_between_folds(bench: Bench) -> None:
    space = {"n_neighbors": [15, 17, 13, 11, 43, 45, 44, 19]}
    trials = bench.explore(space=space, prune=True, batch=4)
    assert [trial.state for trial in trials[:4]] == ["finished"] * 4
    # of 60 rows 45 are fitted: neighbours that are nearly all of them tell nothing
    assert {trial.state for trial in trials[4:7]} == {"pruned"}
    assert all(2 <= len(trial.folds) < 4 for trial in trials[4:7])
    bench.computed()
    whole = bench.explore(sweep="whole", space=space)
    assert len(bench.computed()) == 3  # those given up are taken up where they were left
    assert all(trial.state == "finished" for trial in whole)


def test_what_fails_for_want_of_memory_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = KNeighborsClassifier.fit

    def fit(self: Any, X: Any, y: Any) -> Any:
        if self.n_neighbors == 3:
            raise MemoryError("no room")
        return real(self, X, y)

    with monkeypatch.context() as patch:
        patch.setattr(KNeighborsClassifier, "fit", fit)
        trials = bench.explore()
    assert [trial.state for trial in trials] == ["finished", "failed", "finished"]
    bench.computed()
    assert [trial.state for trial in bench.explore()] == ["finished"] * 3
    assert len(bench.computed()) == 1
