"""Every lab of the catalogue computes what an independent source says."""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from handbook.catalogue import reading
from handbook.core.errors import HandbookError
from handbook.data import registry
from handbook.labs.examples import corr2d, metrics_by_hand, som_step
from handbook.labs.registry import run
from handbook.labs.result import FAULTS, Result, against, implies, listing, outcome, prints
from handbook.workflow import provenance

PARAMS = reading.read(Path(__file__).parents[2] / "params.yaml")


def worked(name: str) -> dict[str, Any]:
    """Run a lab as the catalogue has it, on made-up rows where it takes any."""
    lab = PARAMS.labs[name]
    data = registry.module(lab.data).sample(PARAMS.seed) if lab.data else None
    return run(name, lab.title, lab.section, lab.params, data)


@pytest.mark.parametrize("name", PARAMS.labs)
def test_a_lab_meets_its_own_expectation(name: str) -> None:
    record = worked(name)
    assert record["results"]
    for result in record["results"]:
        assert result["verdict"] in ("agrees", "book differs", "no figure printed")
        if result["verdict"] == "book differs":
            assert result["reason"]
            assert result["instead"]
            assert result["fault"] in FAULTS
        if result["book"] is not None:
            assert result["book"]["how"] in ("printed", "listing", "text")
            assert result["book"]["lines"]


@pytest.mark.parametrize("name", PARAMS.labs)
def test_a_lab_gives_the_same_record_twice(name: str) -> None:
    first, second = worked(name), worked(name)
    assert json.dumps(first, allow_nan=False) == json.dumps(second)


@pytest.mark.parametrize("name", provenance.children("handbook.labs.examples"))
def test_a_figures_data_comes_from_the_parameters_of_the_lab(name: str) -> None:
    module = import_module(f"handbook.labs.examples.{name}")
    takes = inspect.signature(module.compute).parameters
    plot = getattr(module, "plot", module.compute)
    assert list(inspect.signature(plot).parameters) == list(takes)


def test_both_cross_correlations_of_the_book_agree() -> None:
    figure, first, listed = corr2d.compute(size=3, kernel=2)
    assert figure.computed == [[19, 25], [37, 43]]
    assert figure.book is None  # the text has its first number alone
    assert (first.computed, first.verdict) == (19, "agrees")
    assert (listed.computed, listed.verdict) == ([[37, 47], [67, 77]], "agrees")


def test_the_best_matching_unit_is_node_nine() -> None:
    lab = PARAMS.labs["som-step"]
    distances, unit, third, moved, updated, of_third = som_step.compute(**lab.params)
    assert [round(d, 3) for d in distances.computed] == [
        0.968, 0.901, 0.575, 0.599, 0.918, 0.579, 0.968, 0.936, 0.567,
    ]  # fmt: skip
    assert unit.computed == moved.computed == 9
    # The book names node 3, gives it a distance that it has not, and moves "node 4".
    assert (unit.book.value, third.book.value, moved.book.value) == (3, 0.4, 4)
    assert {result.verdict for result in (unit, third, moved)} == {"book differs"}
    assert of_third.verdict == "agrees"
    assert updated.computed == pytest.approx([0.52, 0.5, 0.705])


def test_a_lab_that_misses_its_expectation_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(**params: Any) -> list[Result]:
        return [Result("sum", computed=[1.0], expected=[2.0], source="arithmetic")]

    monkeypatch.setattr(corr2d, "compute", wrong)
    with pytest.raises(HandbookError, match=r"lab corr2d: sum: computed \[1.0\], expected \[2.0\]"):
        run("corr2d", "t", "s", {})


def test_what_becomes_of_a_procedure_is_a_result_too() -> None:
    result = Result(
        "listing",
        outcome(lambda: int("x")),
        "raises ValueError",
        "x is no number",
        implies("runs", 7),
    )
    assert result.holds
    assert result.verdict == "book differs"
    assert outcome(lambda: int("1")) == "runs"


def test_words_and_numbers_are_never_equal() -> None:
    assert not Result("a", "1", 1, "type").holds
    assert Result("rows", [9, 9], [9, 9], "count", implies("a part", 7)).verdict == "book differs"


def test_only_a_lab_with_a_figure_has_data_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    params = PARAMS.labs["metrics-by-hand"].params
    assert "plot" not in run("metrics-by-hand", "t", "s", params)
    plot = {"x": [1 / 3], "y": [np.array([2 / 3])]}
    monkeypatch.setattr(metrics_by_hand, "plot", lambda **_: plot, raising=False)
    record = run("metrics-by-hand", "t", "s", params)
    assert record["plot"] == {"x": [0.333333333333], "y": [[0.666666666667]]}


def test_arrays_and_tensors_are_kept_as_plain_numbers() -> None:
    result = against("type")(
        "a", [np.ones(2), np.float64(2)], torch.ones(2), book=prints(np.int64(3), 7)
    )
    assert json.dumps([result.computed, result.expected, result.book.value]) == (
        "[[[1.0, 1.0], 2.0], [1.0, 1.0], 3]"
    )


def test_a_value_of_the_book_is_printed_given_by_a_listing_or_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    books = [prints(2.0, 7), listing(2.0, (7, 8), seed=0), implies(2.0, 9), None]
    results = [Result("sum", 2.0, 2.0, "arithmetic", book) for book in books]
    monkeypatch.setattr(corr2d, "compute", lambda **_: results)
    assert [
        result["book"] for result in run("corr2d", "t", "s", {"size": 3, "kernel": 2})["results"]
    ] == [
        {"value": 2.0, "how": "printed", "lines": [7], "seed": None},
        {"value": 2.0, "how": "listing", "lines": [7, 8], "seed": 0},
        {"value": 2.0, "how": "text", "lines": [9], "seed": None},
        None,
    ]


def test_where_the_book_differs_its_kind_of_fault_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    results = [Result("sum", 2.0, 2.0, "arithmetic", prints(3.0, 7), reason="a slip")]
    monkeypatch.setattr(corr2d, "compute", lambda **_: results)
    with pytest.raises(HandbookError, match=r"lab corr2d: sum: .*crashes when run, gives another"):
        run("corr2d", "t", "s", {})


def test_shapes_must_agree_too() -> None:
    assert not Result("a", [1.0], [[1.0]], "shape").holds
    assert Result("a", 1.0, 1.0 + 1e-12, "rounding").holds
