"""What jobs find around them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from handbook.workflow import environment


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test an environment that is put back."""
    monkeypatch.setattr(os, "environ", dict(os.environ))


def test_jobs_find_this_environments_commands(tmp_path: Path) -> None:
    environment.for_jobs(tmp_path)
    assert os.environ["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert os.environ["PYTHONHASHSEED"] == "0"


@pytest.mark.parametrize(
    ("given", "seen"),
    [("mirror", "{root}/mirror"), ("https://example.org/data", "https://example.org/data")],
)
def test_a_mirror_is_the_same_wherever_jobs_run(tmp_path: Path, given: str, seen: str) -> None:
    os.environ["HANDBOOK_MIRROR"] = given
    environment.for_jobs(tmp_path)
    assert os.environ["HANDBOOK_MIRROR"] == seen.format(root=tmp_path.resolve())


def test_no_mirror_stays_none(tmp_path: Path) -> None:
    os.environ["HANDBOOK_MIRROR"] = ""
    environment.for_jobs(tmp_path)
    assert os.environ["HANDBOOK_MIRROR"] == ""


def test_threads_are_limited() -> None:
    environment.limit_threads(3)
    assert {os.environ[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL")} == {"3"}
