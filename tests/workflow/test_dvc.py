"""DVC brings results with their provenance, and an experiment reruns what it reaches."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from tests.project import ROOT, Project
from tests.workflow.test_basis import begun

pytestmark = [pytest.mark.services, pytest.mark.slow]


BIN = Path(sys.executable).parent


def follow(project: Project, block: int, *replaced: tuple[str, str]) -> str:
    """Run the commands of a block of the README's part on sharing, and return what they print."""
    part = (ROOT / "README.md").read_text().split("## Share results\n")[1]
    commands = re.findall(r"```console\n(.*?)```", part, flags=re.DOTALL)[block]
    for old, new in replaced:
        assert old in commands
        commands = commands.replace(old, new)
    # The environment is that of the tests, and not made anew in each folder.
    environment = f"export HANDBOOK_ENVIRONMENT={shlex.quote(str(BIN.parent))}\n"
    return project.succeed("bash", "-euc", environment + commands)


@pytest.fixture(scope="module")
def versioned(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A built project in git and DVC, whose results are shared as the README says."""
    folder = tmp_path_factory.mktemp("versioned")
    project = built.copy(folder / "project")
    shutil.copy2(ROOT / "Makefile", project.root)
    project.succeed("git", "init", "-q", "-b", "main")
    project.succeed("git", "config", "user.name", "Tester")
    project.succeed("git", "config", "user.email", "tester@example.org")
    project.succeed("dvc", "init", "-q")
    project.succeed("dvc", "config", "core.analytics", "false")
    project.succeed("git", "add", "-A")
    project.succeed("git", "commit", "-qm", "before")
    printed = follow(project, 0, ("/some/shared/folder", shlex.quote(str(folder / "store"))))
    assert "results are in DVC's cache" in printed
    assert project.succeed("git", "status", "--porcelain") == ""
    return project


def test_clone_and_pull_and_there_is_nothing_to_do(versioned: Project, tmp_path: Path) -> None:
    elsewhere = Project(tmp_path)
    printed = follow(elsewhere, 1, ("<this repository>", shlex.quote(str(versioned.root))))
    assert "Nothing to be done" in printed
    assert "DVC has these results" in printed
    clone = Project(tmp_path / "handbook")
    assert "results are what was recorded" in clone.succeed("handbook", "audit")
    assert "didn't change" in clone.succeed("dvc", "repro")


def test_a_result_altered_after_a_pull_is_made_again(versioned: Project, tmp_path: Path) -> None:
    project = versioned.copy(tmp_path / "project")
    path = project.root / "results/models/lenet/fashion-mnist/book/metrics.json"
    before, state = path.read_text(), path.stat()
    path.write_text(before.replace("0.", "0.9", 1))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    audit = project.run("handbook", "audit")
    assert audit.returncode == 1
    assert audit.stdout.split() == ["altered", str(path.relative_to(project.root))]
    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    assert "1 result altered since it was made" in done.stderr
    assert path.read_text() == before


def test_repro_runs_nothing_when_nothing_changed(versioned: Project) -> None:
    assert "Stage 'rebuild' didn't change, skipping" in versioned.succeed("dvc", "repro")


def test_an_experiment_reruns_exactly_what_its_parameter_reaches(
    versioned: Project, tmp_path: Path
) -> None:
    project = versioned.copy(tmp_path / "project")
    parameter = "models.logistic-regression.variants.book.params.C"
    # DVC writes such a small number as 1e-05, which is text to readers of YAML 1.1.
    command = ("dvc", "exp", "run", "--temp", "-S", f"overrides.yaml:+{parameter}=0.00001")
    # The package of the copy is at work, whichever one the environment has.
    done = project.run(*command, HANDBOOK_VERBOSE="1", PYTHONPATH="/nowhere")
    assert done.returncode == 0, done.stderr
    printed = done.stdout + done.stderr
    ran = set(re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", printed))
    assert {re.sub(r"^draw_.*", "draw", rule) for rule in ran} == {
        "train", "crossval", "diagnose", "explain", "draw", "gauge", "rehearse", "collect",
        "track", "list_shown", "report", "all",
    }  # fmt: skip
    assert len(re.findall(r"Finished jobid: \d+ \(Rule: train\)", printed)) == 1
    shown = json.loads(project.succeed("dvc", "exp", "show", "--json"))
    assert '"C": 1e-05' in json.dumps(shown)
    # The working tree is as it was.
    assert project.planned() == set()


def test_metrics_are_shown_and_compared(versioned: Project, tmp_path: Path) -> None:
    project = versioned.copy(tmp_path / "project")
    metrics = json.loads(project.succeed("dvc", "metrics", "show", "--json"))[""]["data"]
    folded = json.loads((project.root / "results" / "primary.json").read_text())
    assert {name: file["data"] for name, file in metrics.items()} == {
        "results/primary.json": folded
    }
    assert list(folded["lenet"]["fashion-mnist"]["book"]) == ["accuracy_folds"]
    ours = json.loads((project.root / "results" / "metrics.json").read_text())
    path = project.root / "results" / "metrics.json"
    ours["lenet"]["fashion-mnist"]["book"]["accuracy"] += 0.25
    path.write_text(json.dumps(ours))
    assert json.loads(project.succeed("dvc", "metrics", "diff", "--json")) == {}
    command = ("dvc", "metrics", "diff", "--targets", "results/metrics.json", "--json")
    changed = json.loads(project.succeed(*command))
    (differences,) = changed.values()
    assert differences["lenet.fashion-mnist.book.accuracy"]["diff"] == pytest.approx(0.25)


def test_plots_are_shown(versioned: Project, tmp_path: Path) -> None:
    out = tmp_path / "plots"
    versioned.succeed("dvc", "plots", "show", "--out", str(out))
    page = (out / "index.html").read_text()
    assert "LeNet on Fashion-MNIST, training loss" in page


def test_dvc_takes_no_edit_for_what_a_run_was_made_from(versioned: Project, tmp_path: Path) -> None:
    project = versioned.copy(tmp_path / "project")
    lock = (project.root / "dvc.lock").read_bytes()
    project.append("src/handbook/models/rbf/classifier.py")
    run = begun(project, "dvc", "repro")
    project.append("src/handbook/models/lenet.py")
    printed, _ = run.communicate(timeout=600)
    assert run.returncode != 0
    assert "src/handbook/models/lenet.py: edited while this run was at work" in printed
    assert (project.root / "dvc.lock").read_bytes() == lock
    assert "the run that made these results knew others of src/handbook" in project.succeed(
        "handbook", "keep"
    )
    project.succeed("dvc", "repro")
    assert project.planned() == set()
    assert "up to date" in project.succeed("dvc", "status")
