"""Drift of columns, held against scipy's tests, arithmetic by hand and draws without drift."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact, ks_2samp, norm

from handbook.monitoring.drift import chi_square, column_drift, drift, kolmogorov_smirnov
from handbook.monitoring.profile import KNOTS, ColumnProfile, profile, readable
from handbook.monitoring.stability import cells, stability

NUMBERS = st.lists(st.integers(-20, 20).map(float), min_size=2, max_size=60)


def of(values: object, name: str = "x") -> ColumnProfile:
    (column,) = profile(pd.DataFrame({name: values}))
    return column


@given(NUMBERS, NUMBERS)
def test_the_distance_is_scipys_where_every_value_is_kept(
    before: list[float], after: list[float]
) -> None:
    ours = kolmogorov_smirnov(of(before), np.array(after))
    theirs = ks_2samp(before, after, method="asymp")
    assert ours == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-12)


def test_of_many_values_the_distance_is_at_most_one_in_the_number_of_knots_too_small() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.normal(size=5_000), rng.normal(0.2, 1.1, 700)
    column = of(before)
    assert len(column.values) == KNOTS
    assert sum(column.counts) == 5_000
    ours, _ = kolmogorov_smirnov(column, after)
    exact = ks_2samp(before, after).statistic
    assert exact - 1 / KNOTS <= ours <= exact


def test_categories_have_the_chi_square_test_of_their_table() -> None:
    before, after = np.array([700, 250, 50]), np.array([60, 30, 20])
    _, p = chi_square(before, after)
    theirs = chi2_contingency([before, after], correction=False)
    assert p == pytest.approx(theirs.pvalue, rel=1e-12)


def test_rare_categories_are_tested_together() -> None:
    statistic, p = chi_square(np.array([900, 90, 4, 6]), np.array([90, 2, 4, 4]))
    theirs = chi2_contingency([[900, 90, 10], [90, 2, 8]], correction=False)
    # The pooled cell would be expected to have 1.6 rows of the smaller sample, so the next joins.
    pooled = chi2_contingency([[900, 100], [90, 10]], correction=False)
    assert p == pytest.approx(pooled.pvalue)
    assert p != pytest.approx(theirs.pvalue)
    assert statistic == pytest.approx(0.0)


def test_a_renamed_category_is_drift_though_it_is_pooled_with_the_old_name() -> None:
    reference = of(["no"] * 600 + ["yes"] * 400)
    moved = column_drift(reference, ["no"] * 60 + ["Yes"] * 40)
    exact = fisher_exact([[0, 1000], [40, 60]]).pvalue
    assert moved.test == "unfamiliar"
    assert moved.p <= 2 * exact < 1e-30
    assert moved.remarks == ("40 of new categories: 'Yes'",)


def test_values_that_go_missing_are_drift_of_a_number() -> None:
    reference = of([*range(100)] * 10)
    moved = column_drift(reference, [*range(100), *[None] * 20])
    assert moved.test == "unfamiliar"
    assert moved.p == pytest.approx(2 * fisher_exact([[0, 1000], [20, 100]]).pvalue)
    assert moved.statistic == pytest.approx(20 / 120)
    assert moved.remarks == ("20 missing, and no reference row lacks a value",)


def test_the_index_is_that_of_the_definition() -> None:
    before, after = np.array([400, 350, 250]), np.array([30, 40, 30])
    shares = [(0.4, 0.3), (0.35, 0.4), (0.25, 0.3)]
    by_hand = sum((q - p) * math.log(q / p) for p, q in shares)
    result = stability(before, after)
    assert result.psi == pytest.approx(by_hand)
    assert result.noise == pytest.approx(2 * (1 / 1000 + 1 / 100))


@pytest.mark.parametrize(("rows", "kind"), [(100, "number"), (500, "number"), (500, "category")])
def test_without_drift_the_index_has_the_mean_and_the_limit_that_are_stated(
    rows: int, kind: str
) -> None:
    rng = np.random.default_rng(7)
    draws = []
    for _ in range(600):
        if kind == "number":
            before, after = rng.normal(size=4_000), rng.normal(size=rows)
        else:
            before, after = (rng.choice(list("abcdef"), size) for size in (4_000, rows))
        draws.append(stability(*cells(of(before), readable(after, kind))))  # type: ignore[arg-type]
    psi, noise, limit = map(np.array, zip(*draws, strict=True))
    assert psi.mean() == pytest.approx(noise.mean(), rel=0.08)
    # Of 600 draws 6 are beyond the 99th percentile; 15 would be 3.7 deviations more.
    assert np.sum(psi > limit) <= 15


def test_a_permutation_of_the_rows_gives_the_same_limit() -> None:
    """The closed form takes no account of ties; neither does it have to."""
    rng = np.random.default_rng(3)
    pooled = rng.poisson(2.0, 3_300).astype(float)
    psi = []
    for _ in range(500):
        rng.shuffle(pooled)
        result = stability(*cells(of(pooled[:3_000]), readable(pooled[3_000:], "number")))
        psi.append(result.psi)
    assert np.quantile(psi, 0.95) == pytest.approx(
        np.quantile(rng.chisquare(len(set(pooled)) - 1, 10_000), 0.95) * (1 / 3_000 + 1 / 300),
        rel=0.25,
    )


def test_p_is_no_smaller_than_chance_makes_it() -> None:
    rng = np.random.default_rng(11)
    names = ["normal", "poisson", "category", "gaps"]
    small = dict.fromkeys(names, 0)
    for _ in range(400):
        frame = pd.DataFrame(
            {
                "normal": rng.normal(size=2_400),
                "poisson": rng.poisson(1.0, 2_400),
                "category": rng.choice(list("abcd"), 2_400, p=[0.7, 0.2, 0.09, 0.01]),
                "gaps": np.where(rng.random(2_400) < 0.1, np.nan, rng.normal(size=2_400)),
            }
        )
        for moved in drift(profile(frame.iloc[:2_000]), frame.iloc[2_000:]):
            small[moved.column] += moved.p < 0.05
    # 20 of 400 are expected of an exact test; 34 are 3.2 deviations more.
    assert all(count <= 34 for count in small.values()), small


@pytest.mark.parametrize("sd", [0.25, 0.5])
def test_a_shift_is_found_and_its_index_is_its_square(sd: float) -> None:
    """Of normal distributions of one width, the PSI is the squared shift, less what bins lose."""
    rng = np.random.default_rng(5)
    moved = column_drift(of(rng.normal(size=50_000)), pd.Series(rng.normal(sd, 1, 20_000)))
    assert moved.p < 1e-9
    edges = np.concatenate([[-np.inf], norm.ppf(np.arange(1, 10) / 10), [np.inf]])
    shares = np.diff(norm.cdf(edges - sd))
    chance = 3 * 2 * sd * math.sqrt(1 / 50_000 + 1 / 20_000)
    in_bins = ((shares - 0.1) * np.log(shares / 0.1)).sum()
    assert moved.shift == pytest.approx(in_bins, abs=chance)
    assert in_bins == pytest.approx(sd**2, rel=0.06)


def test_a_constant_column_that_changes_is_drift() -> None:
    reference = of([3.0] * 500)
    same, other = column_drift(reference, [3.0] * 80), column_drift(reference, [2.0] * 80)
    assert (same.p, same.psi) == (1.0, 0.0)
    assert other.p < 1e-9
    assert other.shift > 1


@pytest.mark.parametrize("values", [[], [None], [math.inf], ["many"], [None] * 40])
@pytest.mark.parametrize("kind", ["number", "category"])
def test_odd_values_are_no_crash_and_too_few_are_no_drift(values: list[object], kind: str) -> None:
    reference = of([1.5, 2.5, None] * 50 if kind == "number" else ["a", "b", None] * 50)
    moved = column_drift(reference, pd.Series(values, dtype=object))
    assert 0 <= moved.p <= 1
    assert moved.psi >= 0
    assert math.isfinite(moved.psi)
    assert moved.p > 1e-3 or len(values) == 40


def test_infinite_numbers_count_as_missing_and_are_named() -> None:
    moved = column_drift(of([1.0, 2.0, 3.0]), [1.0, math.inf, -math.inf, "3"])
    assert "2 infinite, counted as missing" in moved.remarks


def test_a_column_that_the_reference_had_no_value_of() -> None:
    moved = column_drift(of([None, None, None] * 30), [1.0] * 30)
    assert moved.p < 1e-9


@pytest.mark.parametrize("rare", ["all", "most", "some"])
def test_categories_that_are_rare_by_chance_are_no_drift(rare: str) -> None:
    """Which of many are frequent, and which are there at all, differs from sample to sample."""
    rng = np.random.default_rng(2)
    weights = 1.0 / np.arange(1, 5_001) ** {"all": 0, "most": 1, "some": 2}[rare]
    weights /= weights.sum()
    small = 0
    for _ in range(200):
        before, after = (rng.choice(5_000, size, p=weights).astype(str) for size in (8_000, 400))
        small += column_drift(of(before), after).p < 0.05
    assert small <= 20  # 10 are expected of an exact test


def test_of_more_categories_than_a_profile_keeps_the_frequent_ones_are_tested() -> None:
    names = [f"id{number}" for number in range(400)]
    column = of([*names * 3, *["a"] * 500, *["b"] * 300])
    assert (column.values, column.counts, column.other) == (("a", "b"), (500, 300), 1_200)
    same = column_drift(column, ["a"] * 50 + ["b"] * 30 + [f"new{n}" for n in range(120)])
    moved = column_drift(column, ["a"] * 30 + ["b"] * 50 + names[:120])
    assert same.p == 1.0
    assert moved.p < 1e-3


def test_a_profile_survives_json() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "number": rng.normal(size=900),
            "whole": rng.integers(0, 5, 900),
            "category": pd.Categorical(rng.choice(["é", "b"], 900)),
            "flag": rng.random(900) < 0.5,
        }
    )
    columns = profile(frame)
    text = json.dumps([column.plain() for column in columns])
    again = [ColumnProfile.parse(column) for column in json.loads(text)]
    assert again == columns
    assert drift(again, frame) == drift(columns, frame)
    assert [moved.p for moved in drift(columns, frame)] == [1.0] * 4


@given(st.lists(st.sampled_from([1.0, 2.0, math.nan, 7.5]), min_size=1, max_size=40))
def test_rows_have_not_drifted_from_themselves(values: list[float]) -> None:
    moved = column_drift(of(values), values)
    assert moved.p == 1.0
    assert moved.psi == pytest.approx(0.0, abs=1e-12)
