"""What differs between runs, and whether it is real."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.records.compared_runs import Files, recorded

from handbook.core.errors import HandbookError
from handbook.records.compare.differences import compare
from handbook.records.compare.side import Side
from handbook.records.compare.significance import pair, unpaired
from handbook.records.compare.table import lines
from handbook.records.reader import read_run
from handbook.records.run import RunRecord
from handbook.records.sources import Sources

A = [4.0, 5.0, 6.0, 5.5, 4.5]
B = [3.5, 4.4, 5.8, 4.9, 4.1]


def single(run: RunRecord, label: str = "a") -> Side:
    return Side(label, "run", {run.name: run})


def state(label: str, *runs: RunRecord) -> Side:
    return Side(label, "revision", {run.name: run for run in runs}, "c" * 40)


def compared(*sides: Side, **options: Any) -> dict[str, Any]:
    return compare(sides, Sources(Path("nowhere")), **options)


def test_without_overlap_the_test_is_scipys_paired_one() -> None:
    first, second = recorded(A), recorded(B)
    for run in (first, second):
        run.folds["share"] = 0.0  # type: ignore[index]
    found = pair(first.folds, second.folds, "rmse")
    theirs = stats.ttest_rel(B, A)
    assert found is not None
    assert found["p"] == pytest.approx(theirs.pvalue)
    interval = theirs.confidence_interval(0.95)
    assert found["interval"] == pytest.approx([interval.low, interval.high])


def test_the_interval_and_p_allow_for_the_overlap() -> None:
    found = pair(recorded(A).folds, recorded(B).folds, "rmse")
    d = np.array(B) - np.array(A)
    # Nadeau and Bengio: the variance of the mean is s^2 (1/5 + 1/4).
    error = np.std(d, ddof=1) * math.sqrt(0.45)
    assert found is not None
    low, high = stats.t.interval(0.95, 4, loc=d.mean(), scale=error)
    assert found["interval"] == pytest.approx([low, high])
    assert found["p"] == pytest.approx(2 * stats.t.sf(abs(d.mean() / error), 4))


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        (recorded(B), ""),
        (recorded(), "not both are cross-validated"),
        (recorded(B, split="two"), "cross-validated on other folds"),
        (recorded(B, data_digests={"train": "u", "test": "v"}), "cross-validated on other rows"),
    ],
)
def test_folds_must_be_the_same(other: RunRecord, fault: str) -> None:
    assert unpaired(recorded(A).folds, other.folds) == fault
    [run] = compared(single(recorded(A)), single(other))["runs"]
    tests = run["metrics"]["rmse"]["tests"]
    assert bool(tests) == (not fault)
    assert any(fault in note for note in run["notes"]) or not fault


def test_folds_of_another_setting_do_not_count() -> None:
    run = recorded(A, params={"alpha": 1})
    assert run.folds["scores"]
    stale = dict(recorded(A).folds)
    files = Files(run=run.run, metrics={"primary": "rmse", "metrics": {}}, context={}, folds=stale)
    read = read_run(files, "ridge/diabetes/book")
    assert read is not None
    assert read.folds == {}


def test_an_undefined_fold_leaves_a_metric_untested() -> None:
    assert pair(recorded(A).folds, recorded([None, *B[1:]]).folds, "rmse") is None


def test_what_differs_is_told_by_part() -> None:
    other = recorded(
        B,
        rmse=4.0,
        params={"alpha": 3, "tol": 0.1},
        code={"handbook.training.train": "2" * 16, "handbook.new": "3" * 16},
        versions={"numpy": "2.5.0"},
        chosen={"params": {"alpha": 3}},
    )
    [run] = compared(single(recorded(A)), single(other))["runs"]
    assert run["parameters"] == {
        "params.alpha": ["0.1", "3"],
        "params.tol": [None, "0.1"],
        "chosen.params.alpha": [None, "3"],
    }
    assert {name: code["digests"] for name, code in run["code"].items()} == {
        "handbook.new": [None, "3" * 16],
        "handbook.training.train": ["1" * 16, "2" * 16],
    }
    assert run["versions"] == {"numpy": ["2.4.6", "2.5.0"]}
    assert run["data"] == {}
    assert run["metrics"]["rmse"]["values"] == [5.0, 4.0]
    assert not run["same"]
    assert run["moved"]


def test_equal_runs_are_the_same() -> None:
    [run] = compared(single(recorded(A)), single(recorded(A), "b"))["runs"]
    assert run["same"]
    assert run["metrics"]["rmse"]["tests"][0]["p"] == 1.0
    said = "\n".join(lines(compared(single(recorded(A)), single(recorded(A), "b"))))
    assert "nothing differs" in said


def test_what_a_side_does_not_know_differs_from_nothing() -> None:
    bare = RunRecord(
        {"model": "ridge", "data": "diabetes", "variant": "book", "task": "regression"},
        scores={"metrics": {"rmse": 4.0}},
    )
    [run] = compared(state("a", bare), state("b", recorded(A)))["runs"]
    assert not run["parameters"]
    assert not run["code"]
    assert run["metrics"]["rmse"]["values"] == [4.0, 5.0]
    [run] = compared(state("a", bare), state("b", recorded(A)), state("c", recorded(A, seed=1)))[
        "runs"
    ]
    assert run["parameters"] == {"seed": ["?", "42", "1"]}


def test_p_is_adjusted_over_runs_and_pairs_but_not_over_equal_scores() -> None:
    first = [recorded(A, variant=name) for name in ("one", "two", "three")]
    second = [
        recorded(B, variant="one"),
        recorded(B[::-1], variant="two"),
        recorded(A, variant="three"),
    ]
    runs = compared(state("a", *first), state("b", *second))["runs"]
    tests = [run["metrics"]["rmse"]["tests"][0] for run in runs]
    raw = [test["p"] for test in tests[:2]]
    # Holm by hand, for two: the smaller twice, the larger at least as much.
    low = min(1.0, 2 * min(raw))
    expected = [low if p == min(raw) else max(low, p) for p in raw]
    assert [test["adjusted"] for test in tests[:2]] == pytest.approx(expected)
    assert tests[2]["adjusted"] == 1.0


def test_p_is_adjusted_over_the_metrics_that_rank_no_model() -> None:
    """Holm by hand: two metrics beside the one that ranks, twice the smaller p."""

    def run(scores: list[float]) -> RunRecord:
        made = recorded(scores)
        more = [
            fold | {"mae": fold["rmse"] + fold["fold"] ** 2, "r2": fold["rmse"] * fold["fold"]}
            for fold in made.folds["scores"]
        ]
        means = {name: float(np.mean([fold[name] for fold in more])) for name in more[0]}
        return replace(made, folds=made.folds | {"scores": more, "mean": means})

    first, second = run(A), run(B)
    [found] = compared(state("a", first), state("b", second))["runs"]
    tests = {name: metric["tests"][0] for name, metric in found["metrics"].items()}
    assert found["primary"] == "rmse"
    assert tests["rmse"]["adjusted"] == tests["rmse"]["p"]
    low, high = sorted(("mae", "r2"), key=lambda name: tests[name]["p"])
    assert tests[low]["adjusted"] == pytest.approx(min(1, 2 * tests[low]["p"]))
    assert tests[high]["adjusted"] >= tests[low]["adjusted"]


def test_runs_in_common_and_runs_of_one_side() -> None:
    found = compared(
        state("old", recorded(A), recorded(A, variant="gone")),
        state("new", recorded(B), recorded(A, variant="added")),
    )
    assert [run["name"] for run in found["runs"]] == ["ridge/diabetes/book"]
    assert found["only"] == {"ridge/diabetes/gone": ["old"], "ridge/diabetes/added": ["new"]}
    said = "\n".join(lines(found))
    assert "ridge/diabetes/gone: only in old" in said


def test_runs_can_be_left_out() -> None:
    runs = [recorded(A), recorded(A, model="lasso")]
    found = compared(state("a", *runs), state("b", *runs), wanted={"model": ["lasso"]})
    assert [run["name"] for run in found["runs"]] == ["lasso/diabetes/book"]
    with pytest.raises(HandbookError, match="no such run in common"):
        compared(state("a", *runs), state("b", *runs), wanted={"model": ["svr"]})


def test_a_run_is_compared_with_itself_in_a_revision() -> None:
    [run] = compared(single(recorded(A)), state("old", recorded(B), recorded(B, model="lasso")))[
        "runs"
    ]
    assert run["names"] == ["ridge/diabetes/book"] * 2


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        (
            [single(recorded(A)), single(recorded(B, task="classification", model="lda"))],
            "different tasks",
        ),
        (
            [single(recorded(A)), single(recorded(B, model="svr")), state("old", recorded(A))],
            "which of its runs",
        ),
        (
            [single(recorded(A)), state("old", recorded(A, model="svr"))],
            "'old' has no run ridge/diabetes/book",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(sides: list[Side], message: str) -> None:
    with pytest.raises(HandbookError, match=message):
        compared(*sides)


def test_other_data_is_said_to_be_no_ground_for_a_comparison() -> None:
    other = recorded(B, data="boston-housing", data_digests={"train": "u", "test": "v"})
    [run] = compared(single(recorded(A)), single(other))["runs"]
    assert any("different data sets" in note for note in run["notes"])
    assert run["metrics"]["rmse"]["tests"] == []


def test_many_runs_are_told_briefly_and_in_full_when_asked() -> None:
    names = [f"v{place}" for place in range(9)]
    old = state("old", *(recorded(A, variant=name) for name in names))
    code = {"handbook.training.train": "2" * 16}
    new = state(
        "new",
        *(recorded(A, variant=name, code=code) for name in names[1:]),
        recorded(B, rmse=4.5, variant="v0", code=code, params={"alpha": 2}),
    )
    brief = "\n".join(lines(compared(old, new)))
    assert "the same figures, other code: 8 runs" in brief
    assert "code: handbook/training/train.py changed, in 9 runs" in brief
    assert brief.count("ridge/diabetes/v0") == 1
    full = "\n".join(lines(compared(old, new), details=True))
    assert all(f"ridge/diabetes/{name}: regression" in full for name in names)
    assert "parameters: params.alpha 0.1 -> 2" in full
