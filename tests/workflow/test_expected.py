"""What jobs are expected to take."""

from __future__ import annotations

import json
import tomllib
from base64 import urlsafe_b64encode
from fnmatch import fnmatch
from pathlib import Path

import pytest
from tests.project import ROOT

from handbook.workflow.expected import DURATIONS, MEMORY, estimator, expected, name_of, update


def record(workdir: Path, result: str, **content: object) -> None:
    """Write a record as Snakemake does."""
    folder = workdir / ".snakemake" / "metadata"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / urlsafe_b64encode(result.encode()).decode()).write_text(json.dumps(content))


def test_a_job_goes_by_its_log_and_one_without_by_its_rule() -> None:
    assert name_of(["logs/train/svc/iris/book.log"], "train") == "train/svc/iris/book"
    assert name_of([], "all") == "all"


def test_what_ran_here_is_believed_before_what_was_shipped() -> None:
    here, shipped = {"gate/iris": 3.0}, {"gate/iris": 1.0, "gate/macbeth": 2.0}
    seconds = expected(["gate/iris", "gate/macbeth"], here, shipped)
    assert seconds == {"gate/iris": 3.0, "gate/macbeth": 2.0}


def test_a_new_job_takes_as_long_as_those_that_are_most_like_it() -> None:
    seen = {"train/svc/iris/book": 4.0, "train/svc/iris/tuned": 8.0, "train/lda/iris/book": 60.0}
    assert expected(["train/svc/iris/new"], seen) == {"train/svc/iris/new": 6.0}
    assert expected(["train/svc/mnist/book"], seen) == {"train/svc/mnist/book": 6.0}
    assert expected(["train/som/iris/book"], seen) == {"train/som/iris/book": 24.0}
    assert expected(["draw/som/iris/book"], seen) == {"draw/som/iris/book": 1.0}


def test_what_jobs_took_is_read_from_records_and_kept(tmp_path: Path) -> None:
    log = ["logs/train/svc/iris/book.log"]
    record(tmp_path, "results/a", log=log, starttime=100.0, endtime=104.0)
    record(tmp_path, "results/b", log=log, starttime=100.0, endtime=107.25)
    record(tmp_path, "results/c", log=[], starttime=100.0, endtime=107.25)
    record(tmp_path, "results/d", log=log, starttime=None, endtime=107.25)
    (tmp_path / ".snakemake" / "metadata" / "cut").write_text("{")
    file = tmp_path / "durations.json"
    file.write_text(json.dumps({"demo": {"gate/iris": 1.0, "train/svc/iris/book": 1.0}}))
    assert update({"demo": tmp_path, "standard": tmp_path / "none"}, file) == {
        "demo": 1, "standard": 0,
    }  # fmt: skip
    assert json.loads(file.read_text()) == {
        "demo": {"gate/iris": 1.0, "train/svc/iris/book": 7.2},
        "standard": {},
    }


def test_what_is_asked_for_holds_the_largest_of_the_jobs_that_are_most_alike() -> None:
    peaks = {"train/svc/iris/book": 400, "train/svc/iris/tuned": 700, "train/lda/iris/book": 900}
    of = estimator(peaks, combine=max, unknown=50)
    assert [of(f"train/{run}") for run in ("svc/iris/book", "svc/iris/new", "som/iris/book")] == [
        400, 700, 900,
    ]  # fmt: skip
    assert of("draw/som/iris/book") == 50


@pytest.mark.parametrize("tier", ["demo", "standard"])
def test_a_first_guess_is_shipped(tier: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shipped = project["tool"]["setuptools"]["package-data"]["handbook"]
    for file in (DURATIONS, MEMORY):
        assert any(fnmatch(f"workflow/{file.name}", pattern) for pattern in shipped)
    seconds = json.loads(DURATIONS.read_text())[tier]
    assert {"train", "crossval", "draw", "lab"} <= {name.split("/")[0] for name in seconds}
    assert all(took >= 0 for took in seconds.values())
