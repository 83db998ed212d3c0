"""DVC brings results with their provenance, and an experiment reruns what it reaches."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.project import Project

pytestmark = [pytest.mark.services, pytest.mark.slow]


@pytest.fixture(scope="module")
def versioned(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A built project in git and DVC, pushed to a remote."""
    folder = tmp_path_factory.mktemp("versioned")
    project = built.copy(folder / "project")
    project.succeed("git", "init", "-q", "-b", "main")
    project.succeed("git", "config", "user.name", "Tester")
    project.succeed("git", "config", "user.email", "tester@example.org")
    project.succeed("dvc", "init", "-q")
    project.succeed("dvc", "config", "core.analytics", "false")
    project.succeed("dvc", "remote", "add", "-q", "-d", "store", str(folder / "store"))
    project.succeed("git", "add", "-A")
    project.succeed("git", "commit", "-qm", "before")
    project.succeed("dvc", "repro")
    project.succeed("dvc", "push")
    project.succeed("git", "add", "-A")
    project.succeed("git", "commit", "-qm", "built")
    return project


def test_clone_and_pull_and_there_is_nothing_to_do(versioned: Project, tmp_path: Path) -> None:
    clone = Project(tmp_path / "elsewhere")
    versioned.succeed("git", "clone", "-q", ".", str(clone.root))
    assert not (clone.root / "results" / "models").exists()
    clone.succeed("dvc", "pull")
    done = clone.snakemake()
    assert done.returncode == 0, done.stderr
    assert "Nothing to be done" in done.stderr
    assert "didn't change" in clone.succeed("dvc", "repro")


def test_repro_runs_nothing_when_nothing_changed(versioned: Project) -> None:
    assert "Stage 'rebuild' didn't change, skipping" in versioned.succeed("dvc", "repro")


def test_an_experiment_reruns_exactly_what_its_parameter_reaches(
    versioned: Project, tmp_path: Path
) -> None:
    project = versioned.copy(tmp_path / "project")
    place = "models.logistic-regression.variants.book.params.C"
    said = project.succeed("dvc", "exp", "run", "--temp", "-S", f"+{place}=0.5")
    ran = set(re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", said))
    assert {re.sub(r"^draw_.*", "draw", rule) for rule in ran} == {
        "train", "crossval", "diagnose", "explain", "draw", "collect", "track", "list_shown",
        "report", "all",
    }  # fmt: skip
    assert len(re.findall(r"Finished jobid: \d+ \(Rule: train\)", said)) == 1
    shown = json.loads(project.succeed("dvc", "exp", "show", "--json"))
    assert '"C": 0.5' in json.dumps(shown)
    # The working tree is as it was.
    assert project.planned() == set()


def test_metrics_are_shown_and_compared(versioned: Project, tmp_path: Path) -> None:
    project = versioned.copy(tmp_path / "project")
    shown = json.loads(project.succeed("dvc", "metrics", "show", "--json"))
    metrics = shown[""]["data"]["results/metrics.json"]["data"]
    ours = json.loads((project.root / "results" / "metrics.json").read_text())
    assert metrics == ours
    path = project.root / "results" / "metrics.json"
    ours["lenet"]["fashion-mnist"]["book"]["accuracy"] += 0.25
    path.write_text(json.dumps(ours))
    changed = json.loads(project.succeed("dvc", "metrics", "diff", "--json"))
    (differences,) = changed.values()
    assert differences["lenet.fashion-mnist.book.accuracy"]["diff"] == pytest.approx(0.25)


def test_plots_are_shown(versioned: Project, tmp_path: Path) -> None:
    out = tmp_path / "plots"
    versioned.succeed("dvc", "plots", "show", "--out", str(out))
    page = (out / "index.html").read_text()
    assert "LeNet on Fashion-MNIST, training loss" in page
