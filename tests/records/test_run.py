"""Run records as all readers see them, and which of them are current."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.records.tracking.tracked_results import Results, finished, only

from handbook.core.errors import HandbookError
from handbook.records.reader import failed
from handbook.records.run import flat


@pytest.fixture
def made(tmp_path: Path) -> Results:
    return Results(tmp_path)


def test_runs_come_in_the_catalogues_order_and_untrained_ones_are_left_out(made) -> None:
    for model in ("zebra", "ant"):
        made.run(model)
    made.catalogue["models"]["bee"] = made.catalogue["models"]["ant"]
    names = [record.name for record in finished(made)]
    assert names == ["zebra/bank-marketing/book", "ant/bank-marketing/book"]


def test_a_run_outside_the_catalogue_is_not_current(made) -> None:
    made.run("ant")
    made.run("bee")
    del made.catalogue["models"]["ant"]
    assert [r.name for r in finished(made)] == ["bee/bank-marketing/book"]


def test_flat_keeps_empty_mappings() -> None:
    assert list(flat({"a": {}, "b": {"c": {"d": True}}})) == [("a", "{}"), ("b.c.d", "true")]
    assert list(flat({})) == []


def test_failures_are_read_with_their_times(made) -> None:
    made.failure("ant")
    (record,) = failed(made.logs)
    assert record.state == "failed"
    assert record.job_key == "ant-bank-marketing-failed"
    assert record.started == datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
    assert record.run["error"] == "HandbookError: the training diverged"
    with pytest.raises(ValueError, match="it has no files"):
        record.file("model.skops")


def test_a_failure_before_its_key_was_known_is_told_by_what_it_says(made) -> None:
    keys = []
    for ended in ("2026-01-02T03:05:05+00:00", "2026-01-02T04:00:00+00:00"):
        path = made.failure("ant", ended=ended)
        content = json.loads(path.read_text())
        del content["job_key"]
        path.write_text(json.dumps(content))
        keys.append(failed(made.logs)[0].job_key)
    assert keys[0] == keys[1]


def test_no_failures_is_no_error(made) -> None:
    assert failed(made.logs) == []


def test_a_run_of_other_settings_is_out_of_date(made) -> None:
    made.run("ant", params={"C": 1.0})
    asked = made.catalogue["work"].copy()
    made.run("ant", params={"C": 2.0})
    assert only(made).state == "finished"
    made.catalogue["work"] = asked
    assert (only(made).state, only(made).why) == ("outdated", "params.yaml asks for other settings")


def test_a_run_on_data_that_is_not_accepted_is_out_of_date(made) -> None:
    made.run("ant")
    for name in ("accepted.json", "test.arrow"):
        path = made.results / "data" / "bank-marketing" / name
        path.rename(path.with_name("aside"))
        assert (only(made).state, only(made).why) == ("outdated", "its data is not accepted")
        path.with_name("aside").rename(path)
    assert only(made).state == "finished"


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_run_on_other_rows_is_out_of_date(made, part: str) -> None:
    made.run("ant")
    with (made.results / "data" / "bank-marketing" / f"{part}.arrow").open("ab") as file:
        file.write(b"more")
    assert (only(made).state, only(made).why) == ("outdated", "it was trained on other rows")


def test_a_run_of_the_stand_in_is_no_run_of_the_real_data(made) -> None:
    made.run("ant")
    made.catalogue["data"]["bank-marketing"] = "bank-full"
    assert only(made).state == "outdated"


@pytest.mark.parametrize("change", [{"work": "other"}, {"data_digests": {"train": "other"}}])
def test_folds_of_another_setting_or_of_other_rows_do_not_count(made, change) -> None:
    made.run("ant")
    assert only(made).folds["mean"] == {"accuracy": 0.7}
    path = made.results / "cv" / "ant" / "bank-marketing" / "book.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert only(made).folds == {}
    assert only(made).state == "finished"


def test_what_was_not_trained_has_failed_or_is_missing(made) -> None:
    folder = made.run("ant")
    (folder / "context.json").unlink()
    assert only(made).state == "missing"
    assert only(made).name == "ant/bank-marketing/book"
    run = json.loads((folder / "run.json").read_text())
    path = made.failure(run.pop("model"), run.pop("data"), **run | {"status": "FAILED"})
    assert only(made).state == "failed"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"seed": 7}))
    assert only(made).state == "missing"


def test_a_damaged_record_is_named(made) -> None:
    folder = made.run("ant")
    (folder / "run.json").write_text("{")
    with pytest.raises(
        HandbookError, match=r"run\.json: not a whole JSON file .* `make rebuild` makes it again"
    ):
        only(made)
