"""A watch rehearsed: what is usual is measured without drift, and what is found with some."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.monitoring.made_stream import answered, drawn

from handbook.monitoring.profile import profile
from handbook.monitoring.rehearse import SIZES, moved, rehearse
from handbook.monitoring.rule import Rule
from handbook.monitoring.spec import RehearsalSpec


@cache
def rehearsed(rows: int = 1_600, shift: float = 0.1) -> dict[str, Any]:
    rng = np.random.default_rng(23)
    train, test = drawn(rng, 3_000), drawn(rng, rows)
    rule = Rule(rows=200, shift=shift)
    spec = RehearsalSpec(data="calls", rule=rule, seed=5, repeats=3, windows=20, runs=[])
    names = {"run": "odds/calls/book", "job_key": "key", "task": "classification"}
    return rehearse(spec, train, test, answered(test), **names)


def test_windows_are_halves_of_the_held_out_rows_in_each_order() -> None:
    content = rehearsed()
    assert (content["windows"], content["repeats"]) == (3 * 800 // 200, 3)
    assert content["rule"]["rows"] == 200
    assert (content["reference_rows"], content["test_rows"]) == (3_000, 1_600)
    assert content["interval"][0] <= content["alarms"] / content["windows"]
    assert content["alarms"] == 0
    json.dumps(content, allow_nan=False)


def test_what_is_usual_is_about_what_chance_makes() -> None:
    content = rehearsed()
    for column in [*content["columns"], *content["answers"], *content["label"]]:
        assert column["psi"] < 2.5 * column["noise"]
        assert column["psi"] <= column["most"]
        assert column["high"] <= column["most"]
    age = content["columns"][0]
    assert age["noise"] == pytest.approx(9 * (1 / 3_000 + 1 / 200))
    # Answers are held against those to the other half, of 800 rows.
    assert content["answers"][0]["noise"] == pytest.approx(1 / 800 + 1 / 200)


def test_larger_drifts_are_found_in_more_windows() -> None:
    for column in rehearsed()["columns"]:
        shares = [column["found"][f"{size:g}"] for size in SIZES[column["kind"]]]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert shares[0] < 0.2


def test_scores_of_windows_lie_about_that_of_all_held_out_rows() -> None:
    scores = rehearsed()["scores"]
    for name in ("roc_auc", "precision", "gap"):
        own = scores[name]
        assert own["windows"] == 12
        assert own["low"] <= own["value"] <= own["high"]


def test_the_same_seed_rehearses_the_same() -> None:
    again = rehearsed.__wrapped__()
    assert again == rehearsed()


@pytest.mark.parametrize("rows", [10, 30])
def test_few_held_out_rows_make_no_window(rows: int) -> None:
    content = rehearsed(rows)
    assert (content["windows"], content["interval"], content["answers"]) == (0, None, [])


def test_made_drifts_have_the_size_that_they_say() -> None:
    rng = np.random.default_rng(29)
    frame = pd.DataFrame(
        {
            "number": rng.normal(5, 3, 20_000),
            "whole": rng.poisson(4, 20_000),
            "category": rng.choice(["a", "b"], 20_000, p=[0.9, 0.1]),
            "empty": [None] * 20_000,
        }
    )
    number, whole, category, empty = profile(frame)
    by = moved(number, frame["number"], 0.5, rng) - frame["number"]
    assert by.to_numpy() == pytest.approx(1.5, rel=0.05)
    later = moved(whole, frame["whole"], 0.25, rng)
    assert (later % 1 == 0).all()
    assert later.mean() - frame["whole"].mean() == pytest.approx(0.5, abs=0.03)
    rarest = moved(category, frame["category"], 0.2, rng)
    assert (rarest == "b").mean() == pytest.approx(0.1 + 0.2 * 0.9, abs=0.015)
    assert moved(empty, frame["empty"], 1.0, rng).isna().all()
