from __future__ import annotations

from typing import Any

import pytest
from tests.report.made_run import made_run

from handbook.report.site.leaderboards import Cell, Comparison, Leaderboard, leaderboards
from handbook.report.site.leakage import leakage
from handbook.report.site.results import DataSet, Run
from handbook.report.site.site import Site


def run(model: str, score: float | None, *, dummy: float = 0.5, **said: Any) -> Run:
    metric = said.pop("metric", "roc_auc")
    mean, half = {metric: score}, 0.01
    cv = {
        "mean": mean,
        "interval": {metric: None if score is None else [score - half, score + half]},
        "baseline": {"mean": {metric: dummy}},
    }
    known: dict[str, Any] = {"data": "iris", "primary": metric, "cv": cv, "metrics": mean}
    return made_run(model, **known | said)


def site(*runs: Run, data: tuple[str, ...] = ("iris",), **comparisons: Any) -> Site:
    sets = tuple(DataSet(name, "full", None, None) for name in data)
    by_task = {name: {one["task"]: one} for name, one in comparisons.items()}
    return Site(runs=runs, data=sets, comparisons=by_task)


def board(*runs: Run, **comparisons: Any) -> Leaderboard:
    (found,) = leaderboards(site(*runs, **comparisons))
    return found


def paired(names: list[str], difference: Any, p: Any, metric: str = "roc_auc") -> dict[str, Any]:
    return {
        "task": "classification", "metric": metric, "level": 0.95, "folds": 5,
        "runs": [f"{name}/book" for name in names], "difference": difference, "p": p,
    }  # fmt: skip


def test_runs_are_ranked_by_their_folds_and_unfinished_ones_last() -> None:
    failed = made_run("c", "iris", state="failed")
    found = board(run("a", 0.7), failed, run("b", 0.9))
    assert [one.model for one in found.runs] == ["b", "a", "c"]
    assert [one.model for one in found.finished] == ["b", "a"]
    assert found.best is not None
    assert found.best.model == "b"
    assert found.primary == "roc_auc"
    assert found.familiar == "accuracy"


def without_folds(model: str, score: float, **more: Any) -> Run:
    return made_run(
        model, "iris", primary="roc_auc", metrics={"roc_auc": score}, baseline={"roc_auc": 0.5},
        **more,
    )  # fmt: skip


def test_a_run_without_folds_stands_below_all_that_have_them_whatever_its_test_rows_say() -> None:
    ranking = board(without_folds("lucky", 0.99), run("a", 0.6), run("b", 0.7), state_of("c"))
    assert [each.model for each in ranking.runs] == ["b", "a", "lucky", "c"]
    assert [each.model for each in ranking.ranked] == ["b", "a"]
    assert [each.model for each in ranking.unranked] == ["lucky"]
    assert ranking.best is ranking.ranked[0]
    assert ranking.dummy_place == 2


def test_without_any_folds_none_is_best_and_the_catalogue_keeps_its_order() -> None:
    ranking = board(without_folds("b", 0.6), without_folds("a", 0.9))
    assert [each.model for each in ranking.runs] == ["b", "a"]
    assert ranking.best is None
    assert ranking.spread == (0.6, 0.9)


def state_of(model: str) -> Run:
    return made_run(model, "iris", state="failed")


def test_equal_means_are_settled_by_name_as_everywhere() -> None:
    assert [ranked.model for ranked in board(run("b", 0.9), run("a", 0.9)).runs] == ["a", "b"]


def test_tasks_and_data_sets_are_ranked_apart() -> None:
    other = run("b", 3.0, task="regression", metric="rmse")
    boards = leaderboards(site(run("a", 0.7), other, run("c", 0.8, data="diabetes"),
                               data=("iris", "diabetes")))  # fmt: skip
    assert [(one.data.name, one.task, len(one.runs)) for one in boards] == [
        ("iris", "classification", 1),
        ("iris", "regression", 1),
        ("diabetes", "classification", 1),
    ]


@pytest.mark.parametrize(
    ("metric", "scores", "dummy", "ahead"),
    [("roc_auc", (0.9, 0.6, 0.4), 0.5, 2), ("rmse", (2.0, 6.0, 9.0), 5.0, 1)],
)
def test_the_dummy_has_its_place_among_the_runs(
    metric: str, scores: tuple[float, ...], dummy: float, ahead: int
) -> None:
    runs = [
        run(str(place), score, metric=metric, dummy=dummy) for place, score in enumerate(scores)
    ]
    assert board(*runs).dummy_place == ahead


def test_those_that_do_not_clearly_beat_the_dummy_are_named() -> None:
    runs = [run("clear", 0.9), run("close", 0.505), run("worse", 0.3), run("undefined", None)]
    assert [one.model for one in board(*runs).losers] == ["close", "worse", "undefined"]


def test_a_pair_differs_where_its_p_is_below_the_limit() -> None:
    p = [[None, 0.04, 0.001], [0.04, None, 0.06], [0.001, 0.06, None]]
    difference = [[0.0, 0.1, 0.3], [-0.1, 0.0, 0.2], [-0.3, -0.2, 0.0]]
    runs = [run("a", 0.9), run("b", 0.8), run("c", 0.6)]
    found = board(*runs, iris=paired(["a", "b", "c"], difference, p)).comparison
    assert found is not None
    assert {pair: cell.verdict for pair, cell in found.table.items()} == {
        (0, 1): "better",
        (0, 2): "better",
        (1, 2): "even",
    }
    assert found.table[0, 2].difference == 0.3
    assert found.even_with_best == []
    assert found.decimals == 2
    beside = board(*runs, without_folds("d", 0.99), iris=paired(["a", "b", "c"], difference, p))
    assert [each.model for each in beside.uncompared] == ["d"]
    p[0][1] = p[1][0] = 0.05  # not below
    found = board(*runs, iris=paired(["a", "b", "c"], difference, p)).comparison
    assert found is not None
    assert [one.model for one in found.even_with_best] == ["b"]


def test_of_errors_the_smaller_is_better() -> None:
    found = board(
        run("a", 2.0, metric="rmse"),
        run("b", 5.0, metric="rmse"),
        iris=paired(["a", "b"], [[0.0, -3.0], [3.0, 0.0]], [[None, 0.01], [0.01, None]], "rmse"),
    ).comparison
    assert found is not None
    assert found.table[0, 1].verdict == "better"


def test_a_run_that_has_no_results_any_more_is_left_out_of_its_pairs() -> None:
    p = [[None, 0.2, 0.01], [0.2, None, 0.3], [0.01, 0.3, None]]
    difference = [[0.0, 0.1, 0.3], [-0.1, 0.0, 0.2], [-0.3, -0.2, 0.0]]
    told = paired(["a", "gone", "c"], difference, p)
    found = board(run("a", 0.9), run("c", 0.6), iris=told).comparison
    assert found is not None
    assert [one.model for one in found.runs] == ["a", "c"]
    assert found.table == {(0, 1): (0.3, 0.01, "better", None)}
    assert board(run("a", 0.9), iris=told).comparison is None


def test_leakage_pairs_what_learnt_from_both_data_sets() -> None:
    names = ("bank-marketing", "bank-marketing-realistic")
    runs = [
        run("a", 0.8, data=names[0]),
        run("b", 0.9, data=names[0]),
        run("only", 0.95, data=names[0]),
        run("a", 0.75, data=names[1]),
        run("b", 0.7, data=names[1]),
    ]
    found = leakage(site(*runs, data=names))
    assert found is not None
    assert [pair.leaky.model for pair in found.pairs] == ["b", "a"]
    assert found.pairs[0].drop("roc_auc") == pytest.approx(-0.2)
    assert found.mean_drop == pytest.approx(-0.125)
    assert leakage(site(*runs, data=names[:1])) is None
    empty = leakage(site(data=names))
    assert empty is not None
    assert (empty.pairs, empty.mean_drop) == ((), None)


def test_a_pair_that_cannot_be_told_apart_has_the_difference_that_could_have_been_seen() -> None:
    names = ["a", "b", "c"]
    scores = {"a": [0.90, 0.91, 0.92], "b": [0.89, 0.92, 0.91], "c": [0.1, 0.2, 0.3]}
    runs = [
        made_run(name, "iris", primary="roc_auc", metrics={"roc_auc": 0.9}, cv={
            "share": 0.5, "level": 0.95, "scores": [{"roc_auc": x} for x in scores[name]],
        })
        for name in names
    ]  # fmt: skip
    p = [[None, 0.6, 0.01], [0.6, None, 0.02], [0.01, 0.02, None]]
    difference = [[0.0, 0.003, 0.7], [-0.003, 0.0, 0.7], [-0.7, -0.7, 0.0]]
    told = paired(names, difference, p) | {"folds": 3}
    found = board(*runs, iris=told).comparison
    assert found is not None
    # Differences 0.01, -0.01, 0.01 over three folds: s^2 = 4 / 3 * 1e-4, times 1/3 + 1/2.
    cell = found.table[0, 1]
    assert cell.error == pytest.approx((4 / 3 * 1e-4 * 5 / 6) ** 0.5)
    # Two of the three pairs were told apart, so that the last had all of 0.05 to itself.
    assert found.strictest == 0.05
    alone, among = found.detectable(cell) or (0, 0)
    assert alone == among == pytest.approx(5.6535 * cell.error, rel=1e-4)
    assert found.usual == (alone, among)


def test_the_table_of_all_pairs_is_gone_through_once_and_not_for_each_of_its_cells() -> None:
    class Counted(dict[tuple[int, int], Cell]):
        looks = 0

        def values(self) -> Any:
            self.looks += 1
            return super().values()

    cell = Cell(0.1, 0.5, "even", 0.02)
    table = Counted({(i, j): cell for i in range(5) for j in range(5) if i != j})
    comparison = Comparison((), "accuracy", 5, 0.05, table)
    answers = {
        (comparison.decimals, comparison.detectable(each), comparison.usual) for each in [cell] * 9
    }
    assert len(answers) == 1
    assert table.looks <= 3
