"""What the documents say is true of the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from handbook.catalogue import reading
from handbook.cli import parser
from handbook.data import registry
from handbook.workflow.graph import of_workflow

ROOT = Path(__file__).parents[1]
PARAMS = reading.read(ROOT / "params.yaml")
OF_THE_BOOK = registry.names()
README = (ROOT / "README.md").read_text()
DOCUMENTS = [
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
    *("docs/dependencies.md", "docs/own-data.md", "docs/own-models.md", "docs/promises.md"),
    "docs/after-training.md",
]


def rows(heading: str) -> list[list[str]]:
    """Cells of the table below a heading of the README."""
    section = README.split(f"### {heading}\n", 1)[1].split("\n#", 1)[0]
    table = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table]


def test_the_readme_lists_every_model() -> None:
    listed = {row[0]: row for row in rows("Models")}
    assert list(listed) == list(PARAMS.models)
    for name, model in PARAMS.models.items():
        assert listed[name][1] == model.section
        # those of one's own, which have no module, are in no list of the book's
        assert listed[name][2] == ", ".join(name for name in model.data if name in OF_THE_BOOK)
        if model.estimator.startswith("handbook."):
            assert listed[name][3] == model.estimator.rpartition(".")[0]


def test_the_readme_lists_every_data_set() -> None:
    assert [row[0] for row in rows("Data sets")] == [n for n in PARAMS.data if n in OF_THE_BOOK]
    assert set(OF_THE_BOOK) <= set(PARAMS.data)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)`", text)) <= targets
    assert set(re.findall(r"^make ([a-z]+)", text, flags=re.MULTILINE)) <= targets
    known = set(re.findall(r"^  ([a-z-]+) ", parser().format_help(), flags=re.MULTILINE))
    assert set(re.findall(r"`handbook ([a-z]+)", text)) <= known


def test_parameters_named_in_commands_exist() -> None:
    for path in re.findall(r"-S ([a-z0-9_.-]+)=", README):
        node = yaml.safe_load((ROOT / "params.yaml").read_text())
        for key in path.split("."):
            assert key in node, f"{path}: no {key}"
            node = node[key]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_and_folders_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / document).parent.joinpath(link).exists(), link
    for path in re.findall(r"`((?:src|tests|workflow|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


def test_the_drawn_graph_is_the_workflows() -> None:
    assert f"```mermaid\n{of_workflow().mermaid()}```\n" in README, "run `make graph`"


def test_each_dependency_earns_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = [
        name for names in project["project"]["optional-dependencies"].values() for name in names
    ]
    wanted = [*project["project"]["dependencies"], *extras, *project["dependency-groups"]["dev"]]
    text = (ROOT / "docs/dependencies.md").read_text()
    listed = re.findall(r"^\| ([a-z0-9, -]+|ruamel\.yaml) \|", text, flags=re.MULTILINE)
    names = {name.strip() for cell in listed for name in cell.split(",")} - {"library"}
    assert names == {re.split(r"[=<>;[]", name)[0] for name in wanted} - {"handbook"}


def test_every_raw_folder_is_versioned() -> None:
    stage = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]["rebuild"]
    outs = {next(iter(out)) for out in stage["outs"]}
    for name, data in PARAMS.data.items():
        source = registry.module(name).SOURCES[data.release]
        if source.files:
            assert f"data/raw/{source.folder}" in outs
    # What is trusted decides whether jobs run, not what comes out; what is left out is no key, the
    # catalogue of the book has no title of its own, and what is deployed is no result.
    sections = set(type(PARAMS).model_fields) - {"trusted", "left_out", "title", "promote"}
    assert [name for name in stage["params"] if isinstance(name, dict)] == [
        {"overrides.yaml": None}
    ]
    assert {name for name in stage["params"] if isinstance(name, str)} == sections
    assert all(next(iter(out.values()))["persist"] for out in stage["outs"])
