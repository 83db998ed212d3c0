"""Comparing models on the same folds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from handbook.core.errors import HandbookError
from handbook.tasks.pairwise import compare, corrected_t_test, holm


def test_without_overlap_it_is_the_paired_t_test() -> None:
    a, b = np.array([0.8, 0.7, 0.9, 0.85]), np.array([0.7, 0.72, 0.8, 0.75])
    assert corrected_t_test(a - b, share=0.0) == pytest.approx(stats.ttest_rel(a, b).pvalue)


def test_the_correction_of_nadeau_and_bengio() -> None:
    d = np.array([0.02, 0.01, 0.03, 0.02, 0.015])
    plain = stats.ttest_1samp(d, 0).statistic
    # The variance s^2 / k becomes s^2 (1/k + share): with k = 5 and share 1/4, 2.25 times as much.
    expected = 2 * stats.t.sf(abs(plain) / np.sqrt(2.25), 4)
    assert corrected_t_test(d, share=0.25) == pytest.approx(expected)


def test_equal_models_do_not_differ_and_a_constant_lead_is_not_judged() -> None:
    assert corrected_t_test(np.zeros(5), 0.25) == 1.0
    # A fold of 24 rows shows leads in steps of 1/24: five equal ones are no certainty.
    assert corrected_t_test(np.full(5, 1 / 24), 0.25) is None
    assert corrected_t_test(1 / 24 + np.array([0, 1e-17, 0, 1e-17, 0]), 0.25) is None


def test_holm_by_hand() -> None:
    # Sorted .005 .01 .03 .04, times 4 3 2 1, never falling.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_adjusting_never_helps_and_keeps_the_order(p: list[float]) -> None:
    adjusted = holm(p)
    assert all(p[i] <= adjusted[i] <= 1 for i in range(len(p)))
    assert max(adjusted) <= max(1.0, max(p))
    order = np.argsort(p, kind="stable")
    assert list(np.sort(adjusted)) == [adjusted[i] for i in order]


def folded(scores: list[float | None], metric: str = "rmse", split: str = "one") -> dict[str, Any]:
    """Content of a cross-validation's file."""
    return {
        "task": "regression",
        "data": "boston-housing",
        "primary": metric,
        "level": 0.95,
        "folds": len(scores),
        "share": 0.25,
        "split": split,
        "scores": [{"fold": fold, "rows": 10, metric: score} for fold, score in enumerate(scores)],
    }


def test_runs_are_ranked_and_every_pair_is_compared() -> None:
    comparison = compare(
        {
            "bad/book": folded([5.0, 5.1, 4.9]),
            "good/book": folded([3.0, 3.2, 2.9]),
            "even/book": folded([3.1, 3.1, 2.9]),
        }
    )
    assert comparison is not None
    assert comparison["runs"] == ["even/book", "good/book", "bad/book"]  # of equal means, by name
    assert comparison["difference"][0][2] == pytest.approx((3.1 + 3.1 + 2.9 - 15) / 3)
    assert comparison["difference"][2][0] == -comparison["difference"][0][2]
    assert comparison["p"][0][0] is None
    assert comparison["p"][0][2] == comparison["p"][2][0] < 0.05 < comparison["p"][0][1]


def test_a_pair_without_a_test_takes_no_part_in_the_adjustment() -> None:
    comparison = compare(
        {"a": folded([1.0, 2.0, 3.1]), "b": folded([2.0, 3.0, 4.1]), "c": folded([1.5, 1.9, 3.3])}
    )
    assert comparison is not None
    assert comparison["runs"] == ["a", "c", "b"]
    assert comparison["p"][0][2] is None  # always 1 apart
    plain = corrected_t_test(np.array([-0.5, 0.1, -0.2]), 0.25)
    assert plain is not None
    assert comparison["p"][0][1] == pytest.approx(min(1.0, plain))


def test_higher_is_better_for_auc() -> None:
    comparison = compare({"a": folded([0.6, 0.7], "roc_auc"), "b": folded([0.8, 0.9], "roc_auc")})
    assert comparison is not None
    assert comparison["runs"] == ["b", "a"]


def test_undefined_scores_take_no_part() -> None:
    assert compare({"a": folded([1.0, None]), "b": folded([1.0, 2.0])}) is None


def test_other_folds_are_refused() -> None:
    with pytest.raises(HandbookError, match="b: cross-validated on other folds"):
        compare({"a": folded([1.0, 2.0]), "b": folded([1.0, 2.0], split="other")})


def test_many_runs_are_compared_pair_by_pair_to_the_last_digit() -> None:
    rng = np.random.default_rng(3)
    scores = {f"ridge/{n}": rng.normal(10 + n % 4, 1, 5) for n in range(12)}
    scores["ridge/twin"] = scores["ridge/0"].copy()
    scores["ridge/ahead"] = scores["ridge/0"] + 1.0
    result = compare({name: folded(own.tolist()) for name, own in scores.items()})
    assert result is not None
    names, tested = result["runs"], dict[tuple[int, int], float]()
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            difference = scores[a] - scores[b]
            assert result["difference"][i][j] == float(np.mean(difference))
            if j < i and (p := corrected_t_test(difference, 0.25)) is not None:
                tested[i, j] = p
    adjusted = dict(zip(tested, holm(list(tested.values())), strict=True))
    for (i, j), value in adjusted.items():
        assert result["p"][i][j] == result["p"][j][i] == value
    twin, ahead, first = map(names.index, ("ridge/twin", "ridge/ahead", "ridge/0"))
    assert result["p"][first][twin] == 1.0
    assert result["p"][first][ahead] is None
