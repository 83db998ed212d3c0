"""Imports point one way, and heavy libraries stay where they belong."""

from __future__ import annotations

import subprocess
import sys

import grimp
import pytest

GRAPH = grimp.build_graph("handbook", include_external_packages=True, cache_dir=None)


def importers(library: str) -> set[str]:
    """Modules that import a library directly."""
    return (
        set(GRAPH.find_modules_that_directly_import(library)) if library in GRAPH.modules else set()
    )


@pytest.mark.parametrize(
    ("library", "owners"),
    [
        ("mlflow", ("handbook.tracking",)),
        ("great_expectations", ("handbook.validate",)),
        ("matplotlib", ("handbook.report",)),
        ("torch", ("handbook.models", "handbook.labs", "handbook.peers")),
        ("optuna", ("handbook.sweeps",)),
        ("dvc", ("handbook.acquire", "handbook.comparison.pulled")),
        ("dvc_data", ("handbook.comparison.pulled",)),
        ("httpx", ("handbook.download",)),
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


@pytest.mark.parametrize(
    ("below", "above"),
    [
        ("handbook.nn", ["tasks", "models", "datasets", "labs", "train", "config", "report"]),
        ("handbook.models", ["tasks", "datasets", "train", "config", "store", "report"]),
        ("handbook.datasets", ["tasks", "models", "train", "config", "report"]),
        ("handbook.tasks", ["models", "datasets", "train", "config", "report"]),
        ("handbook.report", ["models", "datasets", "train", "explain", "tracking"]),
        ("handbook.explain", ["train", "crossval", "tracking", "report", "datasets", "config"]),
        ("handbook.sweeps", ["tracking", "report.render", "models", "explain", "train"]),
        ("handbook.train", ["crossval", "tracking", "report", "datasets", "config"]),
    ],
)
def test_imports_point_one_way(below: str, above: list[str]) -> None:
    reached = GRAPH.find_upstream_modules(below, as_package=True)
    for name in above:
        assert f"handbook.{name}" not in reached, f"{below} reaches handbook.{name}"


def test_only_the_entry_points_import_the_command_line() -> None:
    assert importers("handbook.cli") == {"handbook.__main__"}


def test_reading_the_catalogue_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from handbook import cli, catalogue, config, datasets, provenance\n"
        "from handbook.report.figures import figure_names\n"
        "[datasets.module(name) for name in datasets.names()]\n"
        "heavy = {'numpy', 'pandas', 'sklearn', 'torch', 'scipy', 'matplotlib', 'mlflow', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
