"""The runs that a catalogue asks for, and what each job is told of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.catalogue.catalogues import GOOD, JUDGE, generating, with_change

from handbook.catalogue import reading
from handbook.catalogue.overview import overview
from handbook.catalogue.params import Run
from handbook.catalogue.specs import (
    crossval_spec,
    diagnose_spec,
    explain_spec,
    judge_spec,
    run_spec,
)
from handbook.core.errors import HandbookError


def test_a_good_catalogue_lists_its_runs() -> None:
    params = reading.load(GOOD)
    assert [run.path for run in params.runs()] == ["tree/iris/book"]
    assert params.release("iris") == "bundled"


def test_several_data_sets_and_variants_are_all_combined() -> None:
    changed = with_change(
        "models.tree.variants", {"book": {"preprocess": {}}, "tuned": {"preprocess": {}}}
    )
    changed["models"]["tree"]["data"] = ["iris", "credit-approval"]
    changed["data"]["credit-approval"] = {"release": "customer-id"}
    assert [run.path for run in reading.load(changed).runs()] == [
        "tree/iris/book",
        "tree/iris/tuned",
        "tree/credit-approval/book",
        "tree/credit-approval/tuned",
    ]


def test_the_demo_tries_little() -> None:
    changed = with_change(
        "models.tree.variants.book.search", {"space": {"max_depth": [1, 2, 3]}, "splits": 4}
    )
    changed["models"]["tree"]["leave_one_out"] = ["iris"]
    changed["crossval"] = {"repeats": 3}
    run = Run("tree", "iris", "book")
    full = crossval_spec(reading.load(changed), run)
    demo = crossval_spec(reading.load(changed | {"tier": "demo"}), run)
    assert (full.run.search.draws, demo.run.search.draws) == (None, 2)
    assert (full.run.fit_rows, demo.run.fit_rows) == (None, 500)
    assert (full.run.search.splits, demo.run.search.splits) == (4, 2)
    assert (full.folds, demo.folds) == (5, 2)
    # A search is nested in the folds; repeats and single rows would multiply it.
    assert (full.repeats, full.leave_one_out) == (1, False)
    del changed["models"]["tree"]["variants"]["book"]["search"]
    full = crossval_spec(reading.load(changed), run)
    demo = crossval_spec(reading.load(changed | {"tier": "demo"}), run)
    assert (full.repeats, full.leave_one_out) == (3, True)
    assert (demo.repeats, demo.leave_one_out) == (1, False)


def test_a_table_without_a_recipe_gets_the_usual_one() -> None:
    spec = run_spec(reading.load(GOOD), Run("tree", "iris", "book"))
    assert spec.settings()["preprocess"] == {
        "numeric": "standard",
        "categorical": "onehot",
        "missing": "indicator",
        "degree": 1,
    }


def test_a_tier_replaces_only_what_it_names() -> None:
    changed = with_change("models.tree.variants.book.tiers", {"demo": {"params": {"max_depth": 1}}})
    changed["models"]["tree"]["variants"]["book"]["params"]["min_samples_split"] = 3
    run = next(reading.load(changed).runs())
    assert run_spec(reading.load(changed), run).params == {
        "max_depth": 2,
        "min_samples_split": 3,
    }
    changed["tier"] = "demo"
    assert run_spec(reading.load(changed), run).params == {
        "max_depth": 1,
        "min_samples_split": 3,
    }


def test_what_is_only_shown_does_not_determine_a_training() -> None:
    run = next(reading.load(GOOD).runs())
    before = run_spec(reading.load(GOOD), run)
    assert run_spec(reading.load(with_change("models.tree.title", "Another")), run) == before
    assert run_spec(reading.load(with_change("seed", 2)), run) != before


def test_what_is_generated_has_a_judge_and_no_folds() -> None:
    params = reading.load(generating(pokemon=JUDGE))
    run = Run("gan", "pokemon", "book")
    assert params.judge_of(run) == "pokemon"
    assert params.judge_of(Run("tree", "iris", "book")) is None
    assert not params.folded(run)
    with pytest.raises(HandbookError, match=r"judges\.pokemon: missing; gan generates"):
        reading.load(generating())
    folded = generating(pokemon=JUDGE)
    folded["models"]["gan"]["variants"]["book"]["crossval"] = True
    with pytest.raises(HandbookError, match=r"book\.crossval: .* write crossval: false"):
        reading.load(folded)
    with pytest.raises(HandbookError, match=r"judges\.pokeman: did you mean 'pokemon'"):
        reading.load(generating(pokemon=JUDGE, pokeman=JUDGE))


def test_a_tier_reaches_the_judge() -> None:
    judge = JUDGE | {"params": {"epochs": 9}, "tiers": {"demo": {"params": {"epochs": 1}}}}
    full = judge_spec(reading.load(generating(pokemon=judge)), "pokemon")
    demo = judge_spec(reading.load(generating(pokemon=judge) | {"tier": "demo"}), "pokemon")
    assert (full.params, demo.params) == ({"epochs": 9}, {"epochs": 1})


def test_a_data_set_may_have_folds_of_its_own() -> None:
    changed = with_change("data.iris.folds", 3)
    run = Run("tree", "iris", "book")
    assert crossval_spec(reading.load(changed), run).folds == 3
    assert crossval_spec(reading.load(GOOD), run).folds == 5


def test_a_variant_may_be_of_some_data_sets_alone() -> None:
    changed = with_change("models.tree.variants.big", {"data": ["iris"]})
    changed["models"]["tree"]["data"] = ["iris", "credit-approval"]
    changed["data"]["credit-approval"] = {"release": "customer-id"}
    params = reading.load(changed)
    assert [run.path for run in params.runs()] == [
        "tree/iris/book",
        "tree/iris/big",
        "tree/credit-approval/book",
    ]
    shown = overview(params)["models"]["tree"]["variants"]
    assert shown["big"]["data"] == ["iris"]
    changed["models"]["tree"]["variants"]["big"]["data"] = ["irs"]
    with pytest.raises(HandbookError, match=r"big\.data: 'irs'; did you mean 'iris'"):
        reading.load(changed)


def test_jobs_of_a_demo_take_one_thread_each() -> None:
    changed = with_change("models.tree.threads", 2)
    run = next(reading.load(changed).runs())
    assert run_spec(reading.load(changed), run).threads == 2
    assert run_spec(reading.load(changed | {"tier": "demo"}), run).threads == 1


def test_folds_and_explanations_are_of_the_same_run() -> None:
    params = reading.load(with_change("models.tree.threads", 2))
    run = next(params.runs())
    for spec in (crossval_spec(params, run), explain_spec(params, run)):
        assert spec.run.threads == 2
        assert spec.run.work == overview(params)["work"][run.path]


def test_what_a_tier_leaves_out_is_told() -> None:
    changed = with_change(
        "models.tree.variants.book.tiers",
        {"demo": {"params": {"max_depth": 1}}, "full": {"params": {"max_depth": 9}}},
    )

    def told(tier: str) -> Any:
        shown = overview(reading.load(changed | {"tier": tier}))
        return shown["models"]["tree"]["variants"]["book"]["shortened"]

    assert told("demo") == {"max_depth": [1, 9]}
    assert told("standard") == {"max_depth": [2, 9]}
    assert told("full") == {}


def test_a_run_on_any_data_set_of_its_model_can_be_named_in_a_demo() -> None:
    changed = with_change("models.tree.data", ["iris", "credit-approval"])
    changed["data"]["credit-approval"] = {"release": "customer-id"}
    changed["models"]["tree"]["variants"]["big"] = {"data": ["iris"]}
    params = reading.load(changed | {"tier": "demo"})
    assert params.run("tree/credit-approval/book") == Run("tree", "credit-approval", "book")
    with pytest.raises(HandbookError, match="did you mean 'tree/credit-approval/book'"):
        params.run("tree/credit-aproval/big")


def test_a_demo_runs_what_is_asked_for_beside_the_first_data_set() -> None:
    changed = with_change("models.tree.data", ["iris", "credit-approval"])
    changed["data"]["credit-approval"] = {"release": "customer-id"}
    changed["tier"] = "demo"
    assert [run.path for run in reading.load(changed).runs()] == ["tree/iris/book"]
    changed["models"]["tree"]["also_in_demo"] = ["credit-approval"]
    params = reading.load(changed)
    runs = ["tree/iris/book", "tree/credit-approval/book"]
    assert [run.path for run in params.runs()] == runs
    shown = overview(params)["models"]["tree"]["variants"]["book"]["data"]
    assert shown == ["iris", "credit-approval"]


def test_a_demos_curves_have_the_last_five_values() -> None:
    depths = [1, 2, 3, 4, 6, 8, 12, 20]
    changed = with_change("models.tree.diagnose", {"parameter": "max_depth", "values": depths})
    full = diagnose_spec(reading.load(changed), "tree", "iris")
    demo = diagnose_spec(reading.load(changed | {"tier": "demo"}), "tree", "iris")
    assert full.values == depths
    assert demo.values == [4, 6, 8, 12, 20]
