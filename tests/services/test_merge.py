"""Two people change a model each; after the merge only what depends on both runs."""

from __future__ import annotations

import re
from importlib.metadata import version
from time import perf_counter

import pytest

from tests.project import SNAKEMAKE, Project
from tests.services.figures import Row, record
from tests.services.versions import NOTHING_TO_DO, Clone, changed_objects, cloned, versioned

pytestmark = [pytest.mark.services, pytest.mark.slow]

#: What each of the two changes.
CHANGES = {
    "main": ("logistic-regression", {"C": 0.125}),
    "theirs": ("decision-tree-regressor", {"max_depth": 3}),
}


def metrics(project: Project, model: str) -> bytes:
    """Return what was measured of a model."""
    (path,) = (project.root / "results/models" / model).glob("*/book/metrics.json")
    return path.read_bytes()


def change(project: Clone, branch: str) -> bytes:
    """Change a model, rebuild, commit and push; return what was measured of it."""
    model, settings = CHANGES[branch]
    params = project.params()
    params["models"][model]["variants"]["book"]["params"] = settings
    project.write_params(params)
    project.rebuild()
    project.commit(f"Changed {model}")
    project.succeed("dvc", "push", "-q")
    project.succeed("git", "push", "-q", "origin", f"HEAD:{branch}")
    return metrics(project, model)


def test_nothing_is_trained_again(built: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("merge")
    origin = versioned(built, folder / "origin")
    origin.succeed("dvc", "remote", "add", "-d", "store", str(folder / "store"))
    origin.commit("Remote")
    origin.succeed("dvc", "push", "-q")
    origin.succeed("git", "checkout", "-q", "--detach")
    ours, theirs = (cloned(origin, folder / name / "clone") for name in ("ours", "theirs"))
    for project in (ours, theirs):
        project.succeed("dvc", "pull", "-q")
    expected = {
        "decision-tree-regressor": change(theirs, "theirs"),
        "logistic-regression": change(ours, "main"),
    }

    ours.succeed("git", "fetch", "-q")
    merge = ours.run("git", "merge", "origin/theirs")
    assert merge.returncode == 1
    assert "CONFLICT (content): Merge conflict in dvc.lock" in merge.stdout
    begun = perf_counter()
    assert "removed that both branches have a part in" in ours.succeed("handbook", "merge")
    took = perf_counter() - begun
    assert {model: metrics(ours, model) for model in expected} == expected
    done = ours.run(*SNAKEMAKE, HANDBOOK_VERBOSE="1")
    assert done.returncode == 0, done.stderr
    ran = re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", done.stdout + done.stderr)
    assert sorted(ran) == ["all", "collect", "list_shown", "report", "track"]
    ours.succeed("handbook", "keep")
    ours.commit("Merged")
    assert {model: metrics(ours, model) for model in expected} == expected
    assert changed_objects(ours.root / ".dvc/cache") == []

    # Who merges nothing has nothing to do either.
    ours.succeed("dvc", "push", "-q")
    ours.succeed("git", "push", "-q", "origin", "HEAD:main")
    theirs.succeed("git", "pull", "-q", "--ff-only", "origin", "main")
    theirs.succeed("dvc", "pull", "-q")
    assert NOTHING_TO_DO in theirs.rebuild()
    record(
        "merge",
        Row(
            engine=f"Git, DVC {version('dvc')}",
            ran="two branches with a changed model each, merged: `handbook merge`",
            seconds=took,
            result=f"{len(ran) - 1} jobs ran after it, none trained; everything else taken over",
        ),
    )
