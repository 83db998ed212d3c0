"""Later rows as a release of a data set: what depends on it runs again, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook.records.events import last_of, read_events
from tests.catalogue.declaring.made_tables import customers
from tests.project import Project

pytestmark = pytest.mark.slow


TARGETS = [
    f"results/{path}"
    for data in ("iris", "own")
    for path in (
        f"models/logistic-regression/{data}/book/model.skops",
        f"cv/logistic-regression/{data}/book.json",
    )
]


@pytest.fixture
def real(tmp_path: Path) -> Project:
    """A project of real rows: a declared table beside iris, and one model of both."""
    project = Project.create(tmp_path / "project")
    params = project.params()
    params["data"] = {"iris": params["data"]["iris"]}
    model = params["models"]["logistic-regression"]
    model["data"] = ["iris"]
    params["models"] = {"logistic-regression": model}
    params |= {"data_source": "real", "tier": "standard", "crossval": {"folds": 2}}
    params |= {"sweeps": {}, "bias_variance": None, "labs": {}, "claims": {}}
    project.write_params(params)
    head, *lines = customers(800).splitlines(keepends=True)
    for part, rows in (("own", lines[:400]), ("later", lines[400:])):
        path = project.root / f"{part}.csv"
        path.write_text("".join([head, *rows]), encoding="utf-8", newline="")
    words = ("--target", "Geht", "--models", "logistic-regression")
    project.succeed("handbook", "new", "data", "own.csv", *words)
    return project


def results(project: Project) -> dict[str, bytes]:
    """Return rows, models and folds, but for times."""
    folder = project.root / "results"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for part in ("data", "models", "cv")
        for path in (folder / part).rglob("*")
        if path.suffix in (".arrow", ".json", ".skops") and path.name != "context.json"
    }


def test_later_rows_run_what_depends_on_them_and_nothing_else(real: Project) -> None:
    done = real.snakemake(*TARGETS)
    assert done.returncode == 0, done.stderr
    before = results(real)
    real.succeed("handbook", "new", "rows", "own", "later.csv", "--widen")
    done = real.snakemake(*TARGETS)
    assert done.returncode == 0, done.stderr
    events = read_events(last_of(real.root))
    jobs = {job["log"][0] for job in events if job["event"] == "job_info"}
    assert jobs == {
        *(f"logs/{rule}/own.log" for rule in ("prepare", "validate", "gate")),
        *(f"logs/{rule}/logistic-regression/own/book.log" for rule in ("train", "crossval")),
    }
    after = results(real)
    changed = {path for path in after if after[path] != before.get(path)}
    assert after.keys() == before.keys()
    assert [path for path in changed if "iris" in path] == []
    assert {
        "data/own/train.arrow", "data/own/test.arrow",
        "models/logistic-regression/own/book/model.skops",
        "cv/logistic-regression/own/book.json",
    } <= changed  # fmt: skip
