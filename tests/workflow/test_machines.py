"""Machines of other people: each works, or one line says what to do (docs/machines.md)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.project import ROOT, SNAKEMAKE, Project

from handbook.catalogue import reading
from handbook.core.errors import HandbookError
from handbook.workflow import session
from handbook.workflow.keeping import keep
from handbook.workflow.supplies import look_for

pytestmark = [pytest.mark.services]

ODD = "with space, 'quotes\" é 中 100% a#b?c&d;$HOME `x`"
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="mounts file systems")


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Have a file system in memory at a folder; where that is not allowed, skip the test."""
    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["mount", "-t", "tmpfs", *(f"-o{option}" for option in options), "tmpfs", folder]
    if subprocess.run(arguments, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def as_make_calls(project: Project, **environment: str) -> dict[str, str]:
    """Return what `make` hands on to the commands that it starts in a project."""
    show = ("--no-print-directory", "--eval", "show:;@env -0", "show")
    done = project.run("make", "-f", str(ROOT / "Makefile"), *show, **environment)
    assert done.returncode == 0, done.stderr
    return dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)


@root_only
@pytest.mark.slow
def test_nothing_but_the_project_can_be_written_to(built: Project, tmp_path: Path) -> None:
    """An odd path, home and XDG folders that are closed, /tmp small, results behind a link."""
    project = built.copy(tmp_path / ODD / "project")
    results = tmp_path / "scratch/results"
    results.parent.mkdir()
    shutil.move(project.root / "results", results)
    (project.root / "results").symlink_to(results)
    (project.root / "results/labs/corr2d/figure.svg").unlink()
    with (
        mounted(tmp_path / "home", "ro") as home,
        mounted(tmp_path / "tmp", "noexec", "size=64m") as small,
    ):
        here = {"HOME": str(home), "TMPDIR": str(small)}
        here |= {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE")}
        done = project.run(
            *SNAKEMAKE, "--forcerun", "draw_lab", "track", **as_make_calls(project, **here)
        )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "atplotlib" not in done.stderr  # which says so where it has no folder
    assert (results / "labs/corr2d/figure.svg").exists()
    assert keep(project.root).startswith("no DVC repository here")


@pytest.mark.parametrize("home", ["", "/dev/null", "writable"])
def test_caches_lie_in_the_project_only_where_a_home_has_no_room(home: str, tmp_path: Path) -> None:
    project = Project(tmp_path)
    given = {"HOME": str(tmp_path / "home") if home == "writable" else home}
    given |= {"XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": "", "MPLCONFIGDIR": ""}
    handed = as_make_calls(project, **given)
    if home == "writable":
        assert handed["XDG_CACHE_HOME"] == ""
    else:
        assert handed["XDG_CACHE_HOME"] == f"{tmp_path}/.snakemake/cache"
        assert handed["MPLCONFIGDIR"] == f"{tmp_path}/.snakemake/cache/matplotlib"


@pytest.mark.parametrize("mark", [":", "\n"])
def test_a_path_that_no_list_can_hold_is_refused_in_one_line(mark: str, tmp_path: Path) -> None:
    folder = tmp_path / f"a{mark}b"
    folder.mkdir()
    done = Project(folder).run("make", "-f", str(ROOT / "Makefile"), "help")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "the path of this folder holds a colon or a line break: rename it" in line


@root_only
@pytest.mark.parametrize("target", ["demo", "rebuild", "sweep", "ui"])
def test_a_folder_that_cannot_be_written_to_is_one_line(target: str, tmp_path: Path) -> None:
    with mounted(tmp_path / "project", "ro") as folder:
        done = Project(folder).run("make", "-f", str(ROOT / "Makefile"), target)
    assert done.returncode == 2
    line, _ = done.stderr.splitlines()  # and that of make
    assert line.startswith(f"{folder}/. cannot be written to by root: work in a clone of your own")


@root_only
def test_the_lock_of_another_user_is_one_line(tmp_path: Path) -> None:
    with mounted(tmp_path / "project") as folder:
        (folder / ".snakemake").mkdir()
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        with (
            pytest.raises(HandbookError, match=r"handbook.lock: Read-only file system; work where"),
            session.alone(folder),
        ):
            pass


def test_without_git_a_rebuild_ends_well(tmp_path: Path) -> None:
    """As after a download as zip file, where `.dvc` is there and `.git` is not."""
    shutil.copytree(ROOT / ".dvc", tmp_path / ".dvc", ignore=shutil.ignore_patterns("cache", "tmp"))
    if any((parent / ".git").exists() for parent in tmp_path.parents):
        pytest.skip("temporary files lie in a repository")
    assert keep(tmp_path).startswith("no Git repository here, so DVC keeps nothing")


@pytest.mark.parametrize("link", ["results", "data/raw", ".snakemake"])
def test_dvc_keeps_nothing_behind_a_link_and_this_is_said(tmp_path: Path, link: str) -> None:
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "scratch").mkdir()
    (tmp_path / link).symlink_to(tmp_path / "scratch")
    assert keep(tmp_path) == f"DVC keeps nothing that lies behind a link: {link}"


@root_only
@pytest.mark.parametrize("there", [True, False])
def test_raw_files_in_a_closed_folder_are_used_and_none_is_brought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    raw, mirror = tmp_path / "data/raw", tmp_path / "mirror"
    with mounted(raw):
        for folder in [mirror, *([raw] if there else [])]:
            (folder / "boston-housing").mkdir(parents=True)
            (folder / "boston-housing/BostonHousing.csv").write_bytes(bytes(35_735))
        subprocess.run(["mount", "-o", "remount,ro", raw], check=True)
        lines: list[str] = []
        monkeypatch.setenv("HANDBOOK_MIRROR", str(mirror))
        params = reading.read(ROOT / "params.yaml")
        housing = {"boston-housing": params.data["boston-housing"]}
        missing = look_for(params.model_copy(update={"data": housing}), lines.append)
    if there:
        assert missing == {}
    else:
        assert "data/raw cannot be written to" in missing["boston-housing"]
        (line,) = lines
        assert line.endswith("left out, the rest goes on")


def test_files_have_the_same_line_ends_on_every_machine(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    windows = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    for command in (["init", "-q", str(clone)],):
        subprocess.run(["git", *command], check=True)
    for name in (".gitattributes", "Makefile", "params.yaml", "workflow/verify.sh"):
        (clone / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, clone / name)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    git = ["git", "-C", str(clone), *windows]
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, *who, "commit", "-qm", "first"], check=True)
    subprocess.run([*git, "rm", "-q", "--cached", "-r", "."], check=True)
    subprocess.run([*git, "reset", "-q", "--hard"], check=True)
    for name in ("Makefile", "params.yaml", "workflow/verify.sh"):
        assert (clone / name).read_bytes() == (ROOT / name).read_bytes(), name
