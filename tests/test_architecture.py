"""Imports point one way, and heavy libraries stay where they belong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from grimp import Layer

from tests.architecture import FLOORS, SOURCE, document

GRAPH = grimp.build_graph("handbook", include_external_packages=True, cache_dir=None)


def importers(library: str) -> set[str]:
    """Modules that import a library directly."""
    return (
        set(GRAPH.find_modules_that_directly_import(library)) if library in GRAPH.modules else set()
    )


@pytest.mark.parametrize(
    ("library", "owners"),
    [
        ("mlflow", ("handbook.records.tracking",)),
        ("great_expectations", ("handbook.data.validate",)),
        ("matplotlib", ("handbook.report",)),
        ("torch", ("handbook.models", "handbook.labs", "handbook.claims")),
        ("optuna", ("handbook.sweeps",)),
        ("dvc", ("handbook.data.acquire", "handbook.records.dvc_files")),
        ("dvc_data", ("handbook.records.dvc_files",)),
        ("httpx", ("handbook.data.download",)),
        ("snakemake", ()),
        ("starlette", ("handbook.records.tracking", "handbook.serving")),
        ("uvicorn", ("handbook.records.tracking", "handbook.serving")),
    ],
)
def test_a_library_has_one_owner(library: str, owners: tuple[str, ...]) -> None:
    strangers = {
        name
        for name in importers(library)
        if not any(name == owner or name.startswith(f"{owner}.") for owner in owners)
    }
    assert strangers == set()


def test_imports_point_one_way() -> None:
    layers = [Layer(*floor, independent=True) for floor in FLOORS]
    strays = GRAPH.find_illegal_dependencies_for_layers(layers=layers, containers={"handbook"})
    assert {(stray.importer, stray.imported) for stray in strays} == set()


def test_the_top_floor_holds_packages_alone() -> None:
    loose = {path.name for path in SOURCE.iterdir() if path.is_file()}
    assert loose == {"__init__.py", "__main__.py", "cli.py", "py.typed"}
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages == {name for floor in FLOORS for name in floor} - {"__main__", "cli"}
    assert len(packages) <= 19


def circle(edges: Mapping[str, set[str]]) -> list[str]:
    """Return a circle of imports, empty where there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_imports_run_in_a_circle() -> None:
    own = {name for name in GRAPH.modules if name.split(".")[0] == "handbook"}
    imports = {name: GRAPH.find_modules_directly_imported_by(name) & own for name in own}
    assert circle(imports) == []
    for package in own:
        depth = package.count(".") + 1

        def child(name: str, depth: int = depth) -> str:
            return ".".join(name.split(".")[: depth + 1])

        inside = {name: imports[name] for name in own if name.startswith(f"{package}.")}
        edges: dict[str, set[str]] = {}
        for name, targets in inside.items():
            siblings = {child(target) for target in targets if target in inside}
            edges.setdefault(child(name), set()).update(siblings - {child(name)})
        assert circle(edges) == [], package


def test_the_document_shows_the_order_as_it_is() -> None:
    shown = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text()
    assert shown == document(), "run `make architecture`"


def test_only_the_entry_points_import_the_command_line() -> None:
    assert importers("handbook.cli") == {"handbook.__main__"}


def test_reading_the_catalogue_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from handbook import cli\n"
        "from handbook.catalogue import reading\n"
        "from handbook.data import registry\n"
        "from handbook.workflow import check, provenance\n"
        "from handbook.report.site import pages\n"
        "[registry.module(name) for name in registry.names()]\n"
        "heavy = {'numpy', 'pandas', 'sklearn', 'torch', 'scipy', 'matplotlib', 'mlflow', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_line_imports_nothing_before_it_knows_the_command() -> None:
    code = (
        "import sys\n"
        "from handbook.cli import parser\n"
        "parser()\n"
        "heavy = {'pydantic', 'yaml', 'numpy', 'grimp', 'jinja2', 'snakemake'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
