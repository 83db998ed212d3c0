"""Results travel over the remotes that people have: SSH, WebDAV, S3's protocol."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import pytest

from tests.project import Project
from tests.services.figures import Row, record
from tests.services.remotes import KINDS, Remote
from tests.services.versions import NOTHING_TO_DO, Clone, changed_objects, cloned, versioned

pytestmark = [pytest.mark.services, pytest.mark.slow]


@pytest.fixture(scope="module")
def origin(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A built project whose results are in DVC's cache."""
    return versioned(built, tmp_path_factory.mktemp("remotes") / "origin")


def use(project: Clone, remote: Remote) -> None:
    """Do what `dvc remote add` and `dvc remote modify --local` do, in one go."""
    lines = ["[core]", "    remote = store", "['remote \"store\"']", f"    url = {remote.url}"]
    lines += [f"    {name} = {value}" for name, value in remote.settings.items()]
    (project.root / ".dvc/config.local").write_text("\n".join([*lines, ""]))


def timed(project: Clone, *command: str) -> tuple[float, str]:
    """Run a command; return how long it took and what it printed."""
    begun = perf_counter()
    printed = project.succeed(*command)
    return perf_counter() - begun, printed


@pytest.mark.parametrize("kind", [pytest.param("ssh", marks=pytest.mark.quick), "webdav", "s3"])
def test_push_pull_and_nothing_is_left_to_do(origin: Clone, tmp_path: Path, kind: str) -> None:
    with KINDS[kind](tmp_path / kind) as remote:
        use(origin, remote)
        first, _ = timed(origin, "dvc", "push")
        second, printed = timed(origin, "dvc", "push")
        assert "Everything is up to date" in printed

        project = cloned(origin, tmp_path / "home/clone")
        use(project, remote)
        project.succeed("dvc", "pull", "-q", "results/data/diabetes")
        results = project.root / "results"
        assert [path.name for path in results.glob("*/*")] == ["diabetes"]
        pulled, _ = timed(project, "dvc", "pull", "-q")
        assert NOTHING_TO_DO in project.rebuild()
        assert "results are what was recorded" in project.succeed("handbook", "audit")
        assert changed_objects(project.root / ".dvc/cache") == []
    objects = sum(path.is_file() for path in (origin.root / ".dvc/cache/files/md5").rglob("*"))
    record(
        f"remote-{kind}",
        Row(
            engine=f"{remote.engine}, DVC {version('dvc')}",
            ran=f"push of {objects} objects",
            seconds=first,
            result=f"second push {second:.0f} s, pull {pulled:.0f} s; then nothing to be done",
        ),
    )


def test_a_remote_that_does_not_answer_is_named_and_leaves_results_alone(
    origin: Clone, tmp_path: Path
) -> None:
    with KINDS["ssh"](tmp_path / "ssh") as remote:
        pass
    project = cloned(origin, tmp_path / "home/clone")
    shutil.copytree(origin.root / ".dvc/cache", project.root / ".dvc/cache")
    project.succeed("dvc", "checkout", "-q")
    use(project, remote)
    done = project.run("dvc", "push")
    assert done.returncode != 0
    assert "127.0.0.1" in done.stderr
    assert changed_objects(project.root / ".dvc/cache") == []
