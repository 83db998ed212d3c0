"""A catalogue of many runs: no command of a job grows with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.project import Project

pytestmark = [pytest.mark.services, pytest.mark.slow]

RUNS = 1000


def commands(project: Project) -> list[str]:
    """Return the command of every job of a plan."""
    plan = project.snakemake("--dry-run", "--printshellcmds", "--quiet", "reason", "host")
    assert plan.returncode == 0, plan.stderr
    shown = re.findall(r"^Shell command: (.+)$", plan.stdout + plan.stderr, flags=re.MULTILINE)
    return [command.strip() for command in shown]


def test_a_thousand_runs_are_planned_and_no_command_grows(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project")
    few = max(map(len, commands(project)))
    params = project.params()
    model = params["models"]["decision-tree-regressor"] | {"shows": [], "diagnose": None}
    model["variants"] = {f"depth-{n}": {"params": {"max_depth": n + 1}} for n in range(RUNS)}
    params["models"] = {"decision-tree-regressor": model}
    params["bias_variance"], params["labs"], params["claims"] = None, {}, {}
    project.write_params(params)
    planned = commands(project)
    trained = [command for command in planned if command.startswith("handbook train ")]
    assert len(trained) == RUNS
    assert max(map(len, planned)) < 2 * few
