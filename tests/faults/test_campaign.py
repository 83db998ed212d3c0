"""The short form of the fault campaign; `make faults` runs the long one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest
from tests.faults.campaign import try_once
from tests.faults.copies import Copy, Ground, judge
from tests.faults.outcome import Outcome, table
from tests.project import Project, once

#: Another one each time, unless it is given.
SEED = os.environ.get("SEED") or str(secrets.randbelow(10**6))


@pytest.fixture(scope="module")
def ground(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The built project, and the same after an edit, to which all others are compared."""

    def build(folder: Path) -> None:
        assert Ground(folder, built.root).switched

    return Ground(once(tmp_path_factory, "faults", build), built.root)


@pytest.mark.services
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("rebuild after an edit", 0),
        ("disk full", 0),
        ("two rebuilds", 0),
        ("rebuild and page", 0),
        *(("results harmed", number) for number in range(2)),
        ("records harmed", 0),
    ],
)
def test_nothing_is_lost_doubled_or_silently_wrong(ground: Ground, kind: str, number: int) -> None:
    seed = f"{SEED}/{kind.replace(' ', '-')}/{number}"
    print("seed", seed)
    outcome = try_once(ground, kind, seed)
    assert outcome.good, outcome.report()


def test_what_is_amiss_is_noticed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        for file in ("a.json", "b.json"):
            path = tmp_path / name / "results" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("1")
    (tmp_path / "two/results/a.json").unlink()
    (tmp_path / "two/results/b.json").write_text("2")
    (tmp_path / "two/results/c.json").write_text("3")
    outcome = Outcome("kind", "seed", done=["this", "that"], help=["locked"])
    judge(Copy(tmp_path / "two"), tmp_path / "one", outcome)
    assert [line.partition(":")[0] for line in outcome.lost] == ["a.json"]
    assert [line.partition(":")[0] for line in outcome.wrong] == ["b.json", "c.json"]
    assert not outcome.good
    assert table([outcome]).splitlines()[1].split() == ["kind", "2", "1", "1", "1", "0", "0", "2"]
