"""Finding a run of the store by its own name."""

from __future__ import annotations

import json

import pytest
from tests.records.tracking.conftest import Tracked

from handbook.core.errors import HandbookError
from handbook.records.tracking.lookup import look_up


def test_a_run_is_found_by_the_beginning_of_its_name(made: Tracked) -> None:
    folder = made.run("lda")
    made.track()
    [run] = made.runs()
    record = look_up(made.uri, run.info.run_id[:8])
    assert record is not None
    assert record.run == json.loads((folder / "run.json").read_text())
    assert record.scores == json.loads((folder / "metrics.json").read_text())
    assert record.context == {"commit": "c0ffee", "dirty": True, "tier": "demo"}
    assert look_up(made.uri, "0000nothing") is None


def test_an_unclear_name_and_a_failed_run_are_refused(made: Tracked) -> None:
    made.run("lda")
    made.failure("ant")
    made.track()
    with pytest.raises(HandbookError, match="2 runs of MLflow begin so"):
        look_up(made.uri, "")
    [failed] = [run for run in made.runs() if run.info.status == "FAILED"]
    with pytest.raises(HandbookError, match=r"no record of a finished training \(status FAILED\)"):
        look_up(made.uri, failed.info.run_id)
