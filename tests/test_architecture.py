"""Imports point one way, and heavy libraries stay where they belong."""

from __future__ import annotations

import subprocess
import sys

import grimp
import pytest
from grimp import Layer

# Packages from the top floor down: each may import what stands below it, and those on one floor do
# not see each other.
FLOORS = [
    ("__main__",),
    ("cli",),
    ("commands",),
    ("report",),
    ("records",),
    ("workflow",),
    ("sweeps",),
    ("catalogue",),
    ("explain", "labs"),
    ("training",),
    ("tasks",),
    ("data", "models"),
    ("nn", "optim"),
    ("core",),
]
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
        ("torch", ("handbook.models", "handbook.labs")),
        ("optuna", ("handbook.sweeps",)),
        ("dvc", ("handbook.data.acquire", "handbook.records.dvc_files")),
        ("dvc_data", ("handbook.records.dvc_files",)),
        ("httpx", ("handbook.data.download",)),
        ("snakemake", ()),
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


def test_only_the_entry_points_import_the_command_line() -> None:
    assert importers("handbook.cli") == {"handbook.__main__"}


def test_reading_the_catalogue_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from handbook import cli\n"
        "from handbook.catalogue import reading\n"
        "from handbook.data import registry\n"
        "from handbook.workflow import checked, provenance\n"
        "from handbook.report.site import pages\n"
        "[registry.module(name) for name in registry.names()]\n"
        "heavy = {'numpy', 'pandas', 'sklearn', 'torch', 'scipy', 'matplotlib', 'mlflow', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
