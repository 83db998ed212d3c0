"""Rules name the files that jobs, which know but a name, take from `handbook.core.folders`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.project import Project

from handbook.core.folders import CurvesFolder, DataFolder, LabFolder, RunFolder

pytestmark = [pytest.mark.services, pytest.mark.slow]

RUN = RunFolder("lenet/fashion-mnist/book")
DATA = RUN.data
LAB, CURVES = LabFolder("som-step"), CurvesFolder("decision-tree-regressor", "diabetes")
TREE = RunFolder("decision-tree-regressor/diabetes/book")


@pytest.fixture(scope="module")
def outputs(built: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What each job writes, by its log."""
    file = tmp_path_factory.mktemp("plan") / "events.jsonl"
    options = ("--dry-run", "--forceall", "--logger", "handbook", "--logger-handbook-file")
    plan = built.snakemake(*options, str(file))
    assert plan.returncode == 0, plan.stderr
    events = [json.loads(line) for line in file.read_text().splitlines()]
    return {event["log"][0]: set(event["output"]) for event in events if event.get("log")}


@pytest.mark.parametrize(
    ("log", "files"),
    [
        ("prepare/fashion-mnist", [DATA.train, DATA.test, DATA.split, DATA.profile]),
        ("validate/fashion-mnist", [DATA.validation]),
        ("gate/fashion-mnist", [DATA.accepted]),
        (
            "train/lenet/fashion-mnist/book",
            [RUN.model, RUN.metrics, RUN.history, RUN.predictions, RUN.record, RUN.context],
        ),
        ("crossval/lenet/fashion-mnist/book", [RUN.folds]),
        ("explain/decision-tree-regressor/diabetes/book", [TREE.explanation]),
        ("diagnose/decision-tree-regressor/diabetes", [CURVES.curves]),
        ("lab/som-step", [LAB.result]),
        ("draw-lab/som-step", [LAB.figure]),
    ],
)
def test_a_job_writes_what_its_rule_promises(
    outputs: dict[str, set[str]], log: str, files: list[Path]
) -> None:
    assert outputs[f"logs/{log}.log"] == {str(file) for file in files}


def test_a_judge_lies_beside_its_record() -> None:
    folder = DataFolder("mnist")
    assert folder.judge_record == folder.judge.with_name("judge.json")


def test_everything_that_a_rebuild_makes_is_asked_for(built: Project, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    options = ("--dry-run", "--forceall", "--logger", "handbook", "--logger-handbook-file")
    plan = built.snakemake(*options, str(file))
    assert plan.returncode == 0, plan.stderr
    events = [json.loads(line) for line in file.read_text().splitlines()]
    jobs = [event for event in events if event["event"] == "job_info"]
    (asked,) = (set(job["input"]) for job in jobs if job["rule_name"] == "all")
    made = {name for job in jobs for name in job["output"]}
    assert len(made) > 150
    assert made - asked == set(), "what is lost of these would not be made again"
