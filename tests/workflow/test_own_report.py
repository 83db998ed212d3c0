"""Snakemake's own report: figures and tables of the catalogue, in categories, with captions."""

from __future__ import annotations

import json
import re
import zipfile

import pytest
from tests.project import Project

pytestmark = [pytest.mark.services]


def test_the_report_of_snakemake_shows_figures_in_categories_and_runs_nothing(
    project: Project,
) -> None:
    done = project.snakemake("--report", "report.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(project.root / "report.zip") as file:
        page = file.read("report/report.html").decode()
    (line,) = re.findall(r"^ *var categories = (\{.*\});?$", page, flags=re.MULTILINE)
    categories = json.loads(line)
    assert set(categories) == {
        "All runs", "Models", "Over- and underfitting", "The book's claims", "Worked examples",
    }  # fmt: skip
    assert set(categories["Models"]) == set(project.params()["models"])
    tree = "results/models/decision-tree-regressor/diabetes/book/figures/tree.svg"
    assert tree in categories["Models"]["decision-tree-regressor"]
    assert "What the run of decision-tree-regressor on" in page
    assert "Nothing to be done" in project.snakemake("--dry-run").stdout
