"""A catalogue without some data sets is whole, and says what it does without."""

from __future__ import annotations

import pytest
from tests.project import ROOT

from handbook.catalogue import reading
from handbook.catalogue.checks import faults
from handbook.catalogue.leaving_out import leave_out
from handbook.catalogue.overview import overview
from handbook.catalogue.params import Params

WHOLE = reading.read(ROOT / "params.yaml")


def test_nothing_left_out_is_the_catalogue_itself() -> None:
    assert leave_out(WHOLE, {}) is WHOLE


@pytest.mark.parametrize("name", WHOLE.data)
def test_without_any_one_data_set_the_catalogue_is_valid_and_names_it_no_more(name: str) -> None:
    left = leave_out(WHOLE, {name: "no network"})
    assert list(faults(left.model_copy(update={"left_out": {}}))) == []
    kept = [run for run in WHOLE.runs() if run.data != name]
    assert list(left.runs()) == kept
    assert left.left_out[name].runs == len(list(WHOLE.runs())) - len(kept)
    content = left.model_dump(exclude={"left_out"})
    for section in ("data", "judges"):
        assert name not in content[section]
    assert name not in {lab["data"] for lab in content["labs"].values()}
    reread = Params.model_validate(left.model_dump(mode="json"))
    assert overview(reread)["left_out"][name]["why"] == "no network"


def test_other_runs_depend_on_nothing_else_than_before() -> None:
    before = overview(WHOLE)
    for gone in ("mnist", "credit-card"):
        after = overview(leave_out(WHOLE, {gone: "no network"}))
        assert {run: before["work"][run] for run in after["work"]} == after["work"]


def test_without_all_data_sets_of_a_model_the_model_goes() -> None:
    gone = dict.fromkeys(WHOLE.models["dcgan"].data, "no network")
    assert "dcgan" not in leave_out(WHOLE, gone).models


def test_a_catalogue_may_leave_out_a_data_set_by_itself() -> None:
    content = WHOLE.model_dump(mode="json") | {"left_out": {"pokemon": "not to be used here"}}
    left = leave_out(Params.model_validate(content), {"mnist": "no network"})
    assert {name: entry.why for name, entry in left.left_out.items()} == {
        "pokemon": "not to be used here",
        "mnist": "no network",
    }


def test_a_misspelt_data_set_is_a_fault() -> None:
    content = WHOLE.model_dump(mode="json") | {"left_out": {"pokémon": "no network"}}
    (fault,) = faults(Params.model_validate(content))
    assert "left_out.pokémon" in fault
    assert "'pokemon'" in fault
