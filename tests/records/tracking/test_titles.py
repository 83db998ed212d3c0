"""Who is champion in MLflow's registry of models, and when titles move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.records.tracking.conftest import Tracked

from handbook.records.reader import read
from handbook.records.tracking import tracker
from handbook.records.tracking.inventory import Inventory
from handbook.records.tracking.registry import Registry
from handbook.records.tracking.tracker import track

pytestmark = pytest.mark.services


def test_a_changed_setting_is_a_new_run_and_the_alias_moves(made: Tracked) -> None:
    made.run("ant", key="old")
    made.track()
    made.run("ant", key="new", params={"C": 2.0})
    made.track()
    assert {run.data.tags["job_key"] for run in made.runs()} == {"old", "new"}
    assert made.versions() == [("ant", "new"), ("ant", "old")]
    assert made.aliases()["ant"] == {"champion": "new", "champion-bank-marketing": "new"}


def test_a_setting_changed_back_finds_its_old_run(made: Tracked) -> None:
    for key in ("old", "new", "old"):
        made.run("ant", key=key)
        made.track()
    assert len(made.runs()) == 2
    assert made.aliases()["ant"]["champion"] == "old"


def test_a_better_model_takes_the_title(made: Tracked) -> None:
    made.run("ant", cv=0.7)
    made.track()
    assert made.aliases() == {
        "ant": {
            "champion": "ant-bank-marketing-book",
            "champion-bank-marketing": "ant-bank-marketing-book",
        }
    }
    made.run("bee", cv=0.8)
    made.track()
    assert made.aliases() == {
        "ant": {},
        "bee": {
            "champion": "bee-bank-marketing-book",
            "champion-bank-marketing": "bee-bank-marketing-book",
        },
    }


def test_a_data_set_has_its_best_run_by_its_own_name(made: Tracked) -> None:
    made.run("ant", cv=0.7)
    made.run("cat", "iris")
    made.track()
    made.run("bee", cv=0.8)
    made.track()
    assert made.champions() == {
        "bank-marketing": {"champion": "bee-bank-marketing-book"},
        "iris": {"champion": "cat-iris-book"},
    }
    versions = made.client.search_model_versions("name = 'bank-marketing'")
    assert [version.tags["model"] for version in versions] == ["bee", "ant"]
    state = made.state()
    made.track()
    assert made.state() == state


def test_of_two_titles_the_first_in_the_catalogue_is_the_plain_one(made: Tracked) -> None:
    made.run("ant", "credit-approval")
    made.run("ant", "bank-marketing")
    made.track()
    assert made.aliases()["ant"] == {
        "champion": "ant-credit-approval-book",
        "champion-credit-approval": "ant-credit-approval-book",
        "champion-bank-marketing": "ant-bank-marketing-book",
    }


def test_a_model_out_of_the_catalogue_keeps_its_runs_and_loses_its_title(made: Tracked) -> None:
    made.run("ant")
    made.track()
    made.catalogue["models"].clear()
    assert made.track() == []
    assert len(made.runs()) == 1
    assert made.aliases() == {"ant": {}}


def test_a_run_out_of_date_is_not_told_and_no_title_moves(made: Tracked) -> None:
    made.run("ant", cv=0.7)
    made.track()
    made.run("bee", cv=0.9)
    made.run("cat", cv=0.8)
    made.catalogue["work"]["bee/bank-marketing/book"] = "other settings"
    assert [(row["model"], row["champion"]) for row in made.track()] == [
        ("ant", False),
        ("cat", False),
    ]
    assert "1 of 3 runs are missing or out of date: no title moves on bank-marketing" in made.said
    assert {run.data.tags["model"] for run in made.runs()} == {"ant", "cat"}
    assert set(made.aliases()["ant"]) == {"champion", "champion-bank-marketing"}
    assert made.aliases()["cat"] == {}


def test_failures_alone_can_be_brought_in_and_no_title_moves(made: Tracked) -> None:
    made.run("ant", cv=0.7)
    made.track()
    made.run("bee", cv=0.9)
    made.failure("cat")
    assert [row["model"] for row in made.track(failed_only=True)] == ["cat"]
    assert sorted(run.info.status for run in made.runs()) == ["FAILED", "FINISHED"]
    assert made.aliases().keys() == {"ant"}
    assert set(made.aliases()["ant"]) == {"champion", "champion-bank-marketing"}


def test_a_stand_in_takes_no_title_from_real_data(made: Tracked) -> None:
    made.data("bank-marketing", variant="bank-full")
    made.run("ant", cv=0.7, key="real")
    made.run("bee", cv=0.6, key="real-bee")
    made.track()
    real = made.aliases()["ant"]
    assert real == {"champion": "real", "champion-bank-marketing": "real"}
    sample = Tracked(made.root / "sample")
    sample.run("ant", cv=0.8, key="sample")
    sample.run("bee", cv=0.9, key="sample-bee")
    sample.run("ant", "iris", cv=0.9, key="sample-iris")
    track(
        sample.results,
        sample.catalogue,
        logs=sample.logs,
        store_uri=made.uri,
        artifacts=made.root / "mlartifacts",
        output=sample.root / "tracked.json",
        say=lambda line: None,
    )
    assert made.aliases() == {"ant": real | {"champion-iris": "sample-iris"}, "bee": {}}
    assert made.champions() == {
        "bank-marketing": {"champion": "real"},
        "iris": {"champion": "sample-iris"},
    }
    tags = {
        version.tags["job_key"]: version.tags["data_variant"]
        for version in made.client.search_model_versions()
    }
    assert tags["real"] == "bank-full"
    assert tags["sample"] == "sample"


def test_titles_of_a_data_set_wait_for_its_own_runs_alone(made: Tracked) -> None:
    made.run("ant", cv=0.7)
    made.run("ant", "iris", cv=0.7)
    made.track()
    made.run("bee", "iris", cv=0.9)
    made.run("bee", cv=0.9)
    made.catalogue["work"]["bee/bank-marketing/book"] = "other settings"
    made.track()
    assert made.champions() == {
        "bank-marketing": {"champion": "ant-bank-marketing-book"},
        "iris": {"champion": "bee-iris-book"},
    }
    # of the data set, and not of the model
    assert made.said.count("champion: bee/iris/book") == 1
    # of a model that has other data sets, the plain title waits for all of them
    assert made.aliases()["bee"] == {"champion-iris": "bee-iris-book"}
    assert made.aliases()["ant"] == {
        "champion": "ant-bank-marketing-book",
        "champion-bank-marketing": "ant-bank-marketing-book",
    }


def test_a_run_that_another_clone_replaces_meanwhile_passes_its_title_on(
    made: Tracked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two log one job at once; the run that goes was read before, by who moves titles."""
    move = tracker.move_titles

    def move_late(registry: Registry, inventory: Inventory, *more: Any, **options: Any) -> None:
        other = tracker._Tracker(registry.store, made.results, tmp_path / "scratch", print)
        (record,) = read(made.results, made.catalogue, made.logs)
        other.writer.write(record, edition=2)
        other.tidying.tidy(Inventory.read(registry.store))
        move(registry, inventory, *more, **options)

    made.run("ant")
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tracker, "move_titles", move_late)
    made.track()
    (run,) = made.runs()
    assert run.data.tags["tracking.edition"] == "2"
    assert made.champions() == {"bank-marketing": {"champion": "ant-bank-marketing-book"}}
    version = made.client.get_model_version_by_alias("bank-marketing", "champion")
    assert version.run_id == run.info.run_id
