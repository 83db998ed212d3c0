"""What the project tells others: citation, workflow catalog, and what its archives hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from importlib.metadata import packages_distributions, requires
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


# Other platforms' parts of PyTorch are not installed.
OF_ESTIMATORS = [
    *(library for library in PROJECT["dependencies"] if not library.startswith("torch")),
    *("filelock", "fsspec", "jinja2", "networkx", "sympy"),
]

# What stands in its first argument cannot be imported, as where it is not installed.
WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1].split(",")))
exec(sys.argv[2])
"""


def named(requirement: str) -> str:
    """The library that a requirement is of."""
    return re.split(r"[^\w.-]", requirement)[0].lower()


def brought_by(libraries: Iterable[str]) -> set[str]:
    """Some libraries, and those that they need."""
    brought: set[str] = set()
    waiting = [*map(named, libraries)]
    while waiting:
        if (library := waiting.pop()) not in brought:
            brought.add(library)
            needed = requires(library) or []
            waiting += [named(each) for each in needed if "extra ==" not in each]
    return brought


def modules_of(*extras: str) -> set[str]:
    """The modules that the libraries of some extras bring, and the estimators' own do not."""
    optional = {named(each) for extra in extras for each in PROJECT["optional-dependencies"][extra]}
    brought = {each for each in optional if each != "handbook"} - brought_by(OF_ESTIMATORS)
    return {
        module
        for module, libraries in packages_distributions().items()
        if brought.intersection(map(str.lower, libraries))
    }


@pytest.mark.parametrize(
    ("extras", "code"),
    [
        (
            ("report", "serve", "pipeline", "fabric"),
            "import handbook.nn, handbook.optim, handbook.models.som, handbook.models.text;"
            "import numpy as np;"
            "from handbook.models.cnn import CNNClassifier;"
            "from handbook.models.gan import GAN;"
            "from handbook.models.network import NetworkClassifier;"
            "from handbook.models.rbf import RBFClassifier;"
            "images = np.zeros((8, 8, 8), np.uint8); images[4:] = 255;"
            "model = CNNClassifier(epochs=1, random_state=0).fit(images, [0] * 4 + [1] * 4);"
            "print(model.predict(images).shape)",
        ),
        (
            ("pipeline", "fabric"),
            "import handbook.report.site.build, handbook.records.compare.resolve;"
            "import handbook.training.saving, handbook.training.pyfunc; print((8,))",
        ),
        (
            ("pipeline", "fabric"),
            "import handbook.commands.line, handbook.commands.serve, handbook.serving.workers;"
            "handbook.commands.line.parser(); print((8,))",
        ),
    ],
    ids=["estimators", "report", "serve"],
)
def test_parts_do_without_the_libraries_of_others(extras: tuple[str, ...], code: str) -> None:
    refused = modules_of(*extras)
    assert "snakemake" in refused
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, ",".join(refused), code],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("(8,)\n", 0), done.stderr


def test_a_library_that_is_not_installed_is_named_with_the_extra(tmp_path: Path) -> None:
    code = "from handbook import cli; sys.exit(cli.main(['runs']))"
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "pydantic", code],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    message = "error: pydantic is not installed: pip install 'handbook[pipeline]' brings it\n"
    assert done.stderr == message
