"""Results that DVC links from its cache: a rebuild changes no object, whoever it is run by."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import dvc
import pytest

from tests.project import Project
from tests.services.figures import Row, record
from tests.services.server import program
from tests.services.versions import NOTHING_TO_DO, Clone, changed_objects, cloned, versioned

pytestmark = [
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="works as several users"),
]

CHANGED = "logistic-regression"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, on a file system that shares blocks of files."""
    folder = Path(tempfile.mkdtemp(prefix="handbook-caches-"))
    image = folder / "image"
    try:
        with image.open("wb") as file:
            file.truncate(1 << 30)
        subprocess.run([program("mkfs.btrfs"), "-q", str(image)], check=True)
        mounted = folder / "mounted"
        mounted.mkdir()
        subprocess.run(["mount", "-o", "loop", str(image), str(mounted)], check=True)
        try:
            folder.chmod(0o755)
            yield mounted
        finally:
            subprocess.run(["umount", str(mounted)], check=True)
    finally:
        shutil.rmtree(folder)


def change(project: Project) -> None:
    """Change a parameter of a model."""
    params = project.params()
    params["models"][CHANGED]["variants"]["book"]["params"] = {"C": 0.125}
    project.write_params(params)


def shares_its_bytes(path: Path, cache_type: str) -> bool:
    """Tell whether a result is a link of the kind that was asked for."""
    if cache_type == "reflink":  # to the eye a file of its own
        return not path.is_symlink() and path.stat().st_nlink == 1
    return path.is_symlink() if cache_type == "symlink" else path.stat().st_nlink > 1


@pytest.mark.parametrize(
    ("cache_type", "user"),
    [
        pytest.param("hardlink", "nobody", marks=pytest.mark.quick),
        *[("hardlink", "root"), ("symlink", "nobody"), ("symlink", "root")],
        *[("reflink", "nobody"), ("reflink", "root")],
    ],
)
def test_a_rebuild_after_a_checkout_changes_no_object(
    built: Project, open_folder: Path, cache_type: str, user: str
) -> None:
    origin = versioned(built, open_folder / "origin")
    cache = open_folder / "cache"
    shutil.move(origin.root / ".dvc/cache", cache)
    project = cloned(origin, open_folder / "home/clone", user)
    subprocess.run(["chown", "-R", f"{user}:nogroup", str(cache)], check=True)
    project.succeed("dvc", "cache", "dir", "--local", str(cache))
    project.succeed("dvc", "config", "--local", "cache.type", cache_type)
    project.succeed("dvc", "checkout", "-q")
    score = project.root / f"results/models/{CHANGED}/bank-marketing/book/metrics.json"
    before = score.read_bytes()
    assert shares_its_bytes(score, cache_type)
    assert NOTHING_TO_DO in project.rebuild()

    change(project)
    begun = perf_counter()
    printed = project.rebuild()
    took = perf_counter() - begun
    assert "results are in DVC's cache" in printed
    assert score.read_bytes() != before
    assert changed_objects(cache) == []
    assert shares_its_bytes(score, cache_type)
    project.commit("Changed")

    # What was there before is there again, and so is what came after it.
    for revision, holds_before in (("HEAD~1", True), ("main", False)):
        project.succeed("git", "checkout", "-q", revision)
        project.succeed("dvc", "checkout", "-q")
        assert (score.read_bytes() == before) == holds_before
        assert NOTHING_TO_DO in project.rebuild()
        assert "results are what was recorded" in project.succeed("handbook", "audit")
    assert changed_objects(cache) == []
    objects = sum(path.is_file() for path in (cache / "files/md5").rglob("*"))
    record(
        f"link-cache-{cache_type}-{user}",
        Row(
            engine=f"DVC {dvc.__version__}, `cache.type {cache_type}`",
            ran=f"checkout, one model changed, rebuild, as {user}",
            seconds=took,
            result=f"none of {objects} objects changed; old and new commit: nothing to be done",
        ),
    )


@pytest.mark.parametrize("cache_type", ["symlink", "hardlink"])
def test_two_users_share_a_cache(built: Project, open_folder: Path, cache_type: str) -> None:
    """One brings results, the other changes a model; the first takes that over."""
    origin = versioned(built, open_folder / "origin")
    cache = open_folder / "cache"
    cache.mkdir()
    shutil.chown(cache, "nobody", "nogroup")
    cache.chmod(0o2775)
    people: list[Clone] = []
    for user in ("nobody", "daemon"):
        project = cloned(origin, open_folder / user / "clone", user)
        project.succeed("dvc", "cache", "dir", "--local", str(cache))
        project.succeed("dvc", "config", "--local", "cache.shared", "group")
        # A hardlink to what another user owns is refused by Linux: a copy takes its turn.
        project.succeed("dvc", "config", "--local", "cache.type", f"{cache_type},copy")
        store = str(origin.root / ".dvc/cache")
        project.succeed("dvc", "remote", "add", "--local", "-d", "store", store)
        project.succeed("dvc", "pull", "-q")
        people.append(project)
    first, second = people
    assert NOTHING_TO_DO in second.rebuild()
    change(second)
    second.rebuild()
    second.commit("Changed")
    assert changed_objects(cache) == []
    first.succeed("git", "pull", "-q", str(second.root), "main")
    first.succeed("dvc", "checkout", "-q")
    assert NOTHING_TO_DO in first.rebuild()
    assert "results are what was recorded" in first.succeed("handbook", "audit")
    assert changed_objects(cache) == []
