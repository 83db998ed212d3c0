from __future__ import annotations

from typing import Any

import pytest
from tests.report.made_run import made_run

from handbook.report.site.pictures.strip import scale, strip, strip_ends
from handbook.report.site.results import Run


def run(**said: Any) -> Run:
    return made_run(**{"primary": "accuracy"} | said)


def folds(metric: str, mean: float, low: float, high: float, dummy: float) -> dict[str, Any]:
    return {
        "mean": {metric: mean},
        "interval": {metric: [low, high]},
        "baseline": {"mean": {metric: dummy}},
    }


@pytest.mark.parametrize(
    ("metric", "low", "high", "dummy", "beats"),
    [
        ("accuracy", 0.80, 0.90, 0.70, "yes"),
        ("accuracy", 0.80, 0.90, 0.85, "unclear"),
        ("accuracy", 0.80, 0.90, 0.80, "unclear"),
        ("accuracy", 0.80, 0.90, 0.95, "no"),
        ("rmse", 4.0, 5.0, 9.0, "yes"),
        ("rmse", 4.0, 5.0, 4.5, "unclear"),
        ("rmse", 4.0, 5.0, 3.0, "no"),
    ],
)
def test_the_interval_over_folds_decides_whether_a_model_beats_the_dummy(
    metric: str, low: float, high: float, dummy: float, beats: str
) -> None:
    found = run(cv=folds(metric, (low + high) / 2, low, high, dummy)).verdict(metric)
    assert found is not None
    assert found.beats == beats


@pytest.mark.parametrize(("ours", "beats"), [(0.91, "yes"), (0.90, "no"), (0.89, "no")])
def test_without_folds_the_test_rows_decide(ours: float, beats: str) -> None:
    found = run(metrics={"accuracy": ours}, baseline={"accuracy": 0.90}).verdict("accuracy")
    assert found is not None
    assert (found.beats, found.folded) == (beats, False)


def test_an_undefined_metric_has_no_verdict() -> None:
    one = run(metrics={"precision": None}, baseline={"precision": None})
    assert one.verdict("precision") is None
    empty = folds("precision", 0.5, 0.4, 0.6, 0.1) | {"interval": {"precision": [None, None]}}
    assert run(cv=empty).interval("precision") is None


@pytest.mark.parametrize("metric", ["recall", "specificity"])
def test_what_a_constant_answer_can_have_whole_gives_no_verdict(metric: str) -> None:
    """A dummy that always says no has a specificity of 1: every good model is below it."""
    of_folds = run(cv=folds(metric, 0.8, 0.7, 0.9, 1.0))
    assert of_folds.verdict(metric) is None
    assert run(metrics={metric: 0.9}, baseline={metric: 1.0}).verdict(metric) is None


def test_metrics_have_one_order() -> None:
    metrics = {"accuracy": 0.9, "recall": 0.5, "roc_auc": 0.8, "f1": 0.4}
    one = run(metrics=metrics, primary="roc_auc")
    assert one.ordered == ["accuracy", "recall", "f1", "roc_auc"]


def test_runs_rank_by_their_folds_alone_and_failures_last() -> None:
    better, worse = (run(primary="rmse", cv={"mean": {"rmse": mean}}) for mean in (1.0, 2.0))
    split = run(metrics={"rmse": 0.1}, primary="rmse")
    undefined = run(metrics={"rmse": None}, primary="rmse")
    failed, missing = run(state="failed"), run(state="missing")
    order = sorted([missing, failed, split, undefined, worse, better], key=lambda one: one.rank)
    assert order == [better, worse, split, undefined, failed, missing]


def test_parameters_say_which_the_catalogue_sets() -> None:
    record = {"params": {"C": 2.0}, "fitted_params": {"tol": 0.1, "C": 2.0}}
    assert run(record=record).params == [("C", 2.0, "catalogue"), ("tol", 0.1, "")]
    assert run(record={"params": {"C": 2.0}}).params == [("C", 2.0, "catalogue")]
    record["chosen"] = {"params": {"C": 5.0, "degree": 2}, "threshold": None, "trials": []}
    found = [("C", 5.0, "search"), ("degree", 2, "search"), ("tol", 0.1, "")]
    assert run(record=record).params == found


@pytest.mark.parametrize(("metric", "best"), [("roc_auc", 0.9), ("rmse", 0.1)])
def test_trials_stand_best_first_and_those_without_a_score_last(metric: str, best: float) -> None:
    scores = [0.5, None, 0.9, 0.1]
    trials = [{"params": {"C": place}, "score": score} for place, score in enumerate(scores)]
    found = run(primary=metric, record={"chosen": {"params": {}, "trials": trials}}).trials
    assert found[0]["score"] == best
    assert found[-1]["score"] is None


def test_a_run_without_a_search_chose_nothing() -> None:
    one = run(cv=folds("accuracy", 0.9, 0.8, 1.0, 0.5), record={"chosen": None})
    assert (one.chosen, one.trials, one.fold_choices, one.threshold) == ({}, [], [], None)
    assert (one.repeated, one.leave_one_out) == (None, None)


def test_a_strip_shows_all_values_on_one_scale() -> None:
    one = run(
        metrics={"accuracy": 0.9}, baseline={"accuracy": 0.5}, book={"accuracy": 0.7},
        cv=folds("accuracy", 0.9, 0.88, 0.92, 0.5),
    )  # fmt: skip
    limits = scale([one], "accuracy")
    assert limits == (0.5, 0.92)
    drawn = strip(one, "accuracy", limits)
    assert 'class="dummy" d="M8.0 ' in drawn
    assert drawn.count("class=") == 7
    assert 'class="mean" d="M135.6 ' in drawn
    assert "".join(strip_ends(limits).striptags()).startswith("0.500")


@pytest.mark.parametrize(
    ("metric", "good", "dummy", "astray", "limits", "edge"),
    [
        ("rmse", 2.0, 10.0, 300.0, (2.0, 12.0), 'cx="142.0"'),
        ("roc_auc", 0.9, 0.5, 0.0, (0.4, 0.9), 'cx="8.0"'),
    ],
)
def test_a_run_gone_astray_leaves_the_others_their_room(
    metric: str, good: float, dummy: float, astray: float, limits: tuple[float, float], edge: str
) -> None:
    runs = [run(metrics={metric: ours}, baseline={metric: dummy}) for ours in (good, astray)]
    assert scale(runs, metric) == pytest.approx(limits)
    drawn = strip(runs[1], metric, limits)
    assert edge in drawn
    assert "beyond" in drawn
    assert "beyond" not in strip(runs[0], metric, limits)


def test_of_many_runs_those_that_contend_share_the_strip() -> None:
    scores = [0.90 + 0.002 * place for place in range(18)] + [0.6, 0.65, 0.7, 0.75, 0.8, 0.85]
    runs = [run(metrics={"roc_auc": score}, baseline={"roc_auc": 0.5}) for score in scores]
    limits = scale(runs, "roc_auc")
    assert limits == pytest.approx((0.90, 0.934))
    assert 'class="dummy"' not in strip(runs[0], "roc_auc", limits)
    assert "beyond" not in strip(runs[0], "roc_auc", limits)
    assert "beyond" in strip(runs[-1], "roc_auc", limits)
    assert scale(runs[:11], "roc_auc") == pytest.approx((0.5, 0.92))


def test_a_scale_without_spread_or_values_still_has_width() -> None:
    assert scale([run(metrics={"accuracy": 1.0})], "accuracy") == (0.5, 1.5)
    assert scale([], "accuracy") == (0.0, 1.0)


def test_a_strip_of_undefined_values_is_an_empty_line() -> None:
    assert strip(run(metrics={"accuracy": None}), "accuracy", (0.0, 1.0)).count("class=") == 2
