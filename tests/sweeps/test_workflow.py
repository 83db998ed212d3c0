"""A sweep in the graph: run by name alone, gone on with, widened, shown."""

from __future__ import annotations

import csv
import json
import re

import pytest
from tests.project import Project

pytestmark = [pytest.mark.services, pytest.mark.slow]


def rows(project: Project, name: str) -> list[dict[str, str]]:
    with (project.root / f"results/sweeps/{name}/trials.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def swept(project: Project, *words: str) -> str:
    """Run a sweep, and return all that it prints."""
    done = project.run("handbook", "sweep", *words, HANDBOOK_VERBOSE="1")
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    return output


def test_a_sweep_from_nothing_to_the_report(project: Project) -> None:
    # A rebuild made no trial.
    assert json.loads((project.root / "results/sweeps/list.json").read_text()) == {}
    output = swept(project, "depth")
    assert len(re.findall(r"trial \d: .*\(\d\.\d s\)", output)) == 3
    assert re.search(r"best of 3 trials \(3 finished\): max_depth \d: rmse", output)
    page = (project.root / "results/sweeps/depth/index.html").read_text()
    assert "Generated sample data" in page
    listing = {"Listing the sweeps that have results", "Listing what the report shows"}
    assert project.planned() == listing | {"Writing the report"}

    # Again: nothing to do. Wider: the new points alone, though jobs are cut anew.
    assert "Nothing to be done" in project.succeed("handbook", "sweep", "depth")
    params = project.params()
    params["sweeps"]["depth"]["space"]["max_depth"] = [1, 2, 3, 4, 5]
    project.write_params(params)
    output = swept(project, "depth")
    assert len(re.findall(r"trial \d: .*\(known\)", output)) == 3
    assert [row["max_depth"] for row in rows(project, "depth")] == list("12345")

    # A sweep of the command line shares them, and a trial that fails stops no other.
    output = swept(
        project, "decision-tree-regressor", "--name", "mine",
        "--set", "max_depth=4,5", "--set", "monotonic_cst[max_depth=5]=null,[1]",
    )  # fmt: skip
    assert len(re.findall(r"\(known\)", output)) == 1
    assert [row["state"] for row in rows(project, "mine")] == ["finished", "finished", "failed"]

    # What they left is accounted for, and shown beside all else.
    assert project.snakemake().returncode == 0
    report = project.root / "results/report"
    assert 'href="sweeps/depth.html"' in (report / "sweeps.html").read_text()
    assert "monotonic_cst" in (report / "sweeps/mine.html").read_text()
    assert (report / "figures/sweeps/depth/parallel.svg").is_file()
    assert project.planned() == set()

    # Its code changes: the report says so, and no rebuild runs it.
    project.append("src/handbook/tasks/regression.py")
    assert not any("depth" in job and "Explor" in job for job in project.planned())


def test_a_bad_sweep_stops_before_any_job(project: Project) -> None:
    done = project.run(
        "handbook", "sweep", "decision-tree-regressor", "--set", "max_depht=1,2", "--budget", "1"
    )
    assert done.returncode == 1
    assert "did you mean 'max_depth'?" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((project.root / "results/sweeps").glob("*/"))
