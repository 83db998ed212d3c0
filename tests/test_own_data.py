"""A foreign table becomes a report with four models and MLflow, as docs/own-data.md tells it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.catalogue.declaring.made_tables import customers
from tests.project import COPIED, ROOT, Project

pytestmark = [pytest.mark.services, pytest.mark.slow]

TUTORIAL = (ROOT / "docs" / "own-data.md").read_text()


CHAMPION = """
import mlflow
mlflow.set_tracking_uri("sqlite:///mlflow.db")
print(mlflow.MlflowClient().get_model_version_by_alias("customers", "champion").tags["model"])
"""


def commands(heading: str) -> list[list[str]]:
    """Return the commands that the tutorial gives under a heading."""
    section = TUTORIAL.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"```console\n(.*?)```", section, flags=re.DOTALL)
    return [line.split() for block in blocks for line in block.splitlines()]


def test_a_foreign_table_comes_to_a_report_in_two_commands(tmp_path: Path) -> None:
    for name in (*COPIED, "params.yaml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, tmp_path / name)
    project = Project(tmp_path)
    (tmp_path / "customers.csv").write_text("\ufeff" + customers(), encoding="utf-8", newline="")
    new, run = commands("From a file to a report")
    assert (new[:3], run) == (["handbook", "new", "data"], ["handbook", "run", "customers"])
    decisions = project.succeed(*new)
    assert "'ja' is the class to look for" in decisions
    assert "next: handbook run customers" in decisions
    scores = project.succeed(*run)
    models = {
        line.split(" / ")[0] for line in scores.splitlines() if line.count(" / customers / ") == 1
    }
    assert models == {
        "logistic-regression",
        "knn-classifier",
        "decision-tree-classifier",
        "random-forest-classifier",
    }
    page = tmp_path / "logs" / "report" / "data" / "customers.html"
    assert "Leaderboard: classification" in page.read_text()
    champion = project.succeed("python", "-c", CHAMPION).split()[-1]
    # the first of the scores that the command printed
    assert scores[scores.index("logistic-regression / customers") :].startswith(champion)


def test_a_data_set_more_makes_nothing_of_the_others_again(project: Project) -> None:
    (project.root / "own.csv").write_text(customers(300), encoding="utf-8", newline="")
    project.succeed(
        *("handbook", "new", "data", "own.csv", "--target", "Geht"),
        *("--models", "logistic-regression"),
    )
    planned = project.planned()
    assert {"Preparing own", "Validating own", "Accepting own"} <= planned
    others = [job for job in planned if " own" not in job]
    assert not [job for job in others if re.match("Preparing|Training|Cross|Diagnosing", job)]
    # its sample is drawn from the schema, and passes what is expected of it
    done = project.snakemake("results/data/own/accepted.json")
    assert done.returncode == 0, done.stderr
    # one more row in the file, and the declared file is not there any more
    project.succeed("handbook", "check")
