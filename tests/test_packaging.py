"""What the project tells others: citation, workflow catalog, and what its archives hold."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from handbook.catalogue import reading

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    # What the format demands, 1.2.0.
    assert {"cff-version", "message", "title", "authors"} <= set(citation)


def test_the_workflow_catalog_is_told_flags_that_exist() -> None:
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    option, profile = usage["mandatory-flags"]["flags"].split()
    assert option == "--workflow-profile"
    assert (ROOT / profile / "config.yaml").is_file()
    assert usage["report"]


def test_every_key_of_the_configuration_is_described() -> None:
    text = (ROOT / "config" / "README.md").read_text()
    described = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]
    assert described == list(yaml.safe_load((ROOT / "params.yaml").read_text()))
    assert reading.read(ROOT / "params.yaml")


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archives that `python -m build` makes, by the backend that it calls."""
    folder = tmp_path_factory.mktemp("archives")
    tree = folder / "tree"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a Git repository: which files belong to the project is not known")
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes((ROOT / name).read_bytes())
    code = (
        "from setuptools import build_meta as b;"
        f"b.build_sdist({str(folder)!r}); b.build_wheel({str(folder)!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_the_source_distribution_is_the_whole_project(archives: Path) -> None:
    (path,) = archives.glob("*.tar.gz")
    with tarfile.open(path) as file:
        held = {name.partition("/")[2] for name in file.getnames()}
    tree = archives / "tree"
    files = {
        str(path.relative_to(tree))
        for path in tree.rglob("*")
        if path.is_file() and not path.is_relative_to(tree / "build")
    }
    missing = {name for name in files - held if ".egg-info" not in name}
    assert {name for name in missing if not name.startswith(".ci/")} == set()


@pytest.mark.slow
def test_the_wheel_runs_and_says_where_commands_are_given(archives: Path, tmp_path: Path) -> None:
    (path,) = archives.glob("*.whl")
    with zipfile.ZipFile(path) as file:
        file.extractall(tmp_path / "site")

    def handbook(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "handbook", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
            capture_output=True,
            text=True,
            check=False,
        )

    assert "handbook COMMAND" in handbook("--help").stdout
    code = (
        "import handbook; from handbook.data import sprites; from handbook.workflow import graph;"
        "print(handbook.__file__, len(sprites.listing('sprites.xz')), graph.RULES.is_file())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"{tmp_path}/site/handbook/__init__.py 36222 True\n"
    assert "run the command in the project's folder" in handbook("check").stderr
