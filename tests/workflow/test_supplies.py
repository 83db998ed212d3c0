"""A rebuild goes on without data sets that cannot be had, and says which and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.project import ROOT, Project

from handbook.catalogue import reading
from handbook.catalogue.leaving_out import leave_out
from handbook.core.errors import HandbookError
from handbook.core.folders import DataFolder
from handbook.data import raw
from handbook.data.origins import MIRROR
from handbook.workflow import supplies
from handbook.workflow.selection import data_alone

WHOLE = reading.read(ROOT / "params.yaml")
TWO = leave_out(WHOLE, dict.fromkeys(set(WHOLE.data) - {"boston-housing", "iris"}, "not here"))
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Work in an empty folder without a network; what is said goes here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(MIRROR, NOWHERE)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, NOWHERE)
    return []


def test_what_cannot_be_had_is_named_with_its_runs_and_remembered(lines: list[str]) -> None:
    missing = supplies.look_for(TWO, lines.append)
    assert list(missing) == ["boston-housing"]
    number = sum(run.data == "boston-housing" for run in WHOLE.runs())
    assert lines[-1].endswith(f": {number} runs are left out, the rest goes on")
    assert supplies.left_out() == missing


def test_a_sweep_ends_where_its_own_data_set_cannot_be_had(lines: list[str]) -> None:
    lacking = data_alone(WHOLE, {"boston-housing"})
    with pytest.raises(HandbookError, match=r"(?s)boston-housing: .*HANDBOOK_MIRROR can name"):
        supplies.require(lacking, lines.append)
    assert supplies.left_out() == {}
    here = data_alone(WHOLE, {"iris"})
    missing = supplies.look_for(TWO, lines.append)
    assert supplies.require(here, lines.append) == missing
    # What a rebuild did without is looked for anew.
    accepted = DataFolder("boston-housing").accepted
    accepted.parent.mkdir(parents=True)
    accepted.touch()
    assert supplies.require(lacking, lines.append) == {}


def test_what_is_prepared_needs_no_raw_file(lines: list[str]) -> None:
    supplies.look_for(TWO, lines.append)
    lines.clear()
    accepted = DataFolder("boston-housing").accepted
    accepted.parent.mkdir(parents=True)
    accepted.touch()
    assert supplies.look_for(TWO, lines.append) == {}
    assert lines == []
    assert supplies.left_out() == {}


def test_what_a_mirror_has_will_be_fetched(
    lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = raw.pins("boston-housing", WHOLE.release("boston-housing"))
    ((path, file),) = pins.items()
    served = tmp_path / "mirror" / "boston-housing" / Path(path).name
    served.parent.mkdir(parents=True)
    served.write_bytes(b"x" * file.size)  # of the right size, as far as a look tells
    monkeypatch.setenv(MIRROR, "mirror")
    assert supplies.look_for(TWO, lines.append) == {}
    assert "to be fetched: 1 file, 35.7kB, from mirror" in lines[0]
    # A job found that it is another file: now it is tried before anything runs.
    log = Path("logs/acquire/boston-housing", f"{Path(path).name}.log")
    log.parent.mkdir(parents=True)
    log.write_text(f"error: boston-housing: {file.name} could not be acquired; tried in this order")
    missing = supplies.look_for(TWO, lines.append)
    assert str(log) in missing["boston-housing"]
    assert "not the pinned release" in log.read_text()


def test_the_workflow_plans_without_what_the_catalogue_leaves_out(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project")
    every = project.planned()
    project.write_params(project.params() | {"left_out": {"fashion-mnist": "no room"}})
    fewer = project.planned()
    gone = {job for job in every if "fashion-mnist" in job or "lenet" in job.lower()}
    assert gone
    assert every - fewer >= gone
    assert not fewer - every


def test_what_was_said_of_data_that_a_part_has_nothing_of_still_holds(lines: list[str]) -> None:
    boston = supplies.look_for(TWO, lines.append)
    part = leave_out(TWO, {"boston-housing": "not in this part"})
    assert supplies.look_for(part, lines.append) == {}
    assert supplies.left_out() == boston
