"""What is edited during a run waits for the next: what ran is what is recorded."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.project import SNAKEMAKE, Project

from handbook.core.files import read_json
from handbook.workflow import basis

LENET = "results/models/lenet/fashion-mnist/book"


def test_files_edited_new_and_gone_are_named(tmp_path: Path) -> None:
    for name in ("Snakefile", "workflow/rules/a.smk", "models/own.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    sources = {name: tmp_path / name for name in ("Snakefile", "workflow", "models", "none")}
    before = basis.digests(sources)
    assert set(before) == {"Snakefile", "workflow/rules/a.smk", "models/own.py"}
    assert basis.edited(before, sources) == ""
    (tmp_path / "Snakefile").touch()
    (tmp_path / "models/__pycache__").mkdir()
    (tmp_path / "models/__pycache__/own.pyc").touch()
    assert basis.edited(before, sources) == ""
    (tmp_path / "Snakefile").write_text("other")
    (tmp_path / "models/own.py").unlink()
    (tmp_path / "none").write_text("new")
    assert basis.edited(before, sources) == "Snakefile, models/own.py, none"


def teach(project: Project, learning_rate: float) -> None:
    params = project.params()
    settings = params["models"]["lenet"]["variants"]["book"]["tiers"]["demo"]["params"]
    settings["learning_rate"] = learning_rate
    project.write_params(params)


def begun(project: Project, *command: str) -> subprocess.Popen[str]:
    """Start a command, and wait until its run has settled what it is made from."""
    file = project.root / basis.FILE
    before = file.stat().st_mtime_ns
    run = project.start(*command)
    while run.poll() is None and file.stat().st_mtime_ns == before:
        time.sleep(0.02)
    return run


def learning_rate(project: Project) -> float:
    record = read_json(project.root / LENET / "run.json")
    return float(record["params"]["learning_rate"])


@pytest.mark.services
@pytest.mark.slow
def test_a_run_is_of_what_stood_there_before_and_the_next_makes_the_rest(project: Project) -> None:
    teach(project, 0.25)
    run = begun(project, *SNAKEMAKE)
    teach(project, 0.5)
    project.append("src/handbook/models/lenet.py")
    printed, _ = run.communicate(timeout=300)
    assert run.returncode == 0, printed
    assert "params.yaml, src/handbook/models/lenet.py: edited while this run was at" in printed
    assert learning_rate(project) == 0.25
    assert "Training lenet on fashion-mnist (book)" in project.planned()
    assert project.snakemake().returncode == 0
    assert learning_rate(project) == 0.5
    assert project.planned() == set()


@pytest.mark.services
@pytest.mark.slow
def test_a_job_of_a_cluster_is_of_its_run_whatever_was_edited_since(project: Project) -> None:
    before = basis.latest(project.root)
    assert before is not None
    teach(project, 0.5)
    job = [
        *(sys.executable, "-m", "snakemake", "--snakefile", "Snakefile", "--cores", "1"),
        *("--target-jobs", "train:model=lenet,data=fashion-mnist,variant=book", "--mode", "remote"),
        *(
            "--allowed-rules",
            "train",
            "--force",
            "--nolock",
            "--target-files-omit-workdir-adjustment",
        ),
    ]
    score = project.root / LENET / "metrics.json"
    trained, scores = score.stat().st_mtime_ns, score.read_bytes()
    done = project.run(*job)
    assert done.returncode == 0, done.stderr
    assert score.stat().st_mtime_ns > trained
    assert score.read_bytes() == scores
    assert basis.latest(project.root) == before

    project.append("workflow/rules/train.smk", "# edited\n")
    done = project.run(*job)
    assert done.returncode == 1
    assert "workflow/rules/train.smk: edited since this run began" in done.stderr
    assert score.read_bytes() == scores
