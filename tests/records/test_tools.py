"""DVC, MLflow and our own commands tell the same of two commits and an experiment."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mlflow import MlflowClient
from scipy import stats
from tests.project import Project, once

from handbook.core.lock import alone_in

pytestmark = [pytest.mark.services, pytest.mark.slow]

RIDGE, SOM = "ridge/diabetes/book", "som/credit-card/tuned"
EXPERIMENT = "tidy-otter"
ALPHA = "models.ridge.variants.book.params.alpha"
SIGMA = "models.som.variants.tuned.params.map__sigma"


class Two(NamedTuple):
    """A project with two states: the commit `before`, and an experiment in the working tree."""

    project: Project
    experiment: str

    def json(self, *command: str) -> Any:
        done = self.project.run(*command)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def metrics(self, revision: str) -> Any:
        """What git has of a revision's metrics: the source that all others are held against."""
        return self.json("git", "show", f"{revision}:results/metrics.json")


@pytest.fixture
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    project = Project(once(tmp_path_factory, "two", build) / "project")
    with alone_in(project.root.parent):  # DVC lets one process at a time
        yield Two(project, EXPERIMENT)


def build(folder: Path) -> None:
    project = Project.create(folder / "project")
    params = project.params()
    som = {
        "title": "Self-organizing map",
        "section": "8.5",
        "task": "outliers",
        "data": "credit-card",
        "estimator": "handbook.models.som.SOMOutlierDetector",
        "variants": {
            "tuned": {
                "params": {
                    "map": {"class": "handbook.models.som.SelfOrganizingMap"},
                    "map__rows": 4,
                    "map__columns": 4,
                    "map__sigma": 1.5,
                },
                "crossval": False,
            }
        },
    }
    ridge = {
        "title": "Ridge",
        "section": "2.6.5",
        "task": "regression",
        "data": "diabetes",
        "estimator": "sklearn.linear_model.Ridge",
        "variants": {"book": {"params": {"alpha": 0.1}}},
    }
    params |= {"models": {"ridge": ridge, "som": som}, "labs": {}, "claims": {}}
    params["data"] = {"diabetes": {"release": "bundled"}, "credit-card": {"release": "10k"}}
    params["bias_variance"] = None
    params["sweeps"] = {}
    params["crossval"] = {"folds": 3}
    project.write_params(params)
    unmade = ("labs", "claims", "seeds", "diagnose", "bias-variance")
    project.drop_outs(*(f"results/{name}" for name in unmade))
    for command in (
        ("git", "init", "-q", "-b", "main"),
        ("git", "config", "user.name", "Tester"),
        ("git", "config", "user.email", "tester@example.org"),
        ("dvc", "init", "-q"),
        ("dvc", "config", "core.analytics", "false"),
        ("git", "add", "-A"),
        ("git", "commit", "-qm", "before"),
        ("dvc", "repro"),
        ("git", "add", "-A"),
        ("git", "commit", "-qm", "built"),
        ("git", "tag", "before"),
    ):
        project.succeed(*command)
    settings = ("-S", f"{ALPHA}=100.0", "-S", f"{SIGMA}=0.75")
    project.succeed("dvc", "exp", "run", "--name", EXPERIMENT, *settings)


def test_metrics_diff(two: Two) -> None:
    target = ("--targets", "results/metrics.json")
    (found,) = two.json(
        "dvc", "metrics", "diff", "before", two.experiment, *target, "--json"
    ).values()
    before, after = (
        two.metrics("before"),
        json.loads((two.project.root / "results/metrics.json").read_text()),
    )
    for name in (RIDGE, SOM):
        model, data, variant = name.split("/")
        for metric, old in before[model][data][variant].items():
            new = after[model][data][variant][metric]
            told = found.get(f"{model}.{data}.{variant}.{metric}")
            if told is None:
                assert old == new
            else:
                assert (told["old"], told["new"]) == (old, new)
    assert "ridge.diabetes.book.rmse" in found


def test_params_diff(two: Two) -> None:
    found = two.json("dvc", "params", "diff", "before", two.experiment, "--json")
    assert found["params.yaml"] == {
        ALPHA: {"old": 0.1, "new": 100.0, "diff": 99.9},
        SIGMA: {"old": 1.5, "new": 0.75, "diff": -0.75},
    }


def test_exp_show(two: Two) -> None:
    rows = two.json("dvc", "exp", "show", "--json")
    experiments = [
        revision
        for branch in rows
        for experiment in branch.get("experiments") or []
        for revision in experiment["revs"]
    ]
    [shown] = [one for one in experiments if one["name"] == two.experiment]
    params = shown["data"]["params"]["params.yaml"]["data"]
    assert params["models"]["ridge"]["variants"]["book"]["params"]["alpha"] == 100.0
    (metrics,) = shown["data"]["metrics"].values()
    assert metrics["data"] == json.loads((two.project.root / "results/primary.json").read_text())


def test_plots_diff(two: Two) -> None:
    found = two.json("dvc", "plots", "diff", "before", two.experiment, "--json")["data"]
    [plot] = found["som error"]
    points = plot["content"]["data"]["values"]
    assert {point["rev"] for point in points} == {"before", two.experiment}
    path = f"results/models/{SOM}/history.csv"
    lines = (two.project.root / path).read_text().splitlines()
    rows = [dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:]]
    assert [
        {name: point[name] for name in rows[0]}
        for point in points
        if point["rev"] == two.experiment
    ] == rows


def test_mlflow_finds_both(two: Two) -> None:
    store = f"sqlite:///{two.project.root}/mlflow.db"
    client = MlflowClient(store, store)
    [experiment] = client.search_experiments(filter_string="name = 'diabetes'")
    runs = client.search_runs([experiment.experiment_id], order_by=["metrics.`test/rmse` ASC"])
    found = {float(run.data.params["alpha"]): run.data.metrics["test/rmse"] for run in runs}
    here = json.loads((two.project.root / "results/metrics.json").read_text())
    assert found == {
        0.1: two.metrics("before")["ridge"]["diabetes"]["book"]["rmse"],
        100.0: here["ridge"]["diabetes"]["book"]["rmse"],
    }
    # Best first, as a click on the column does it.
    assert [run.data.metrics["test/rmse"] for run in runs] == sorted(found.values())
    better = client.search_runs(
        [experiment.experiment_id], f"metrics.`test/rmse` <= {min(found.values())!r}"
    )
    assert len(better) == 1


def test_compare_agrees_with_dvc_and_scipy(two: Two) -> None:
    found = two.json("handbook", "compare", "before", two.experiment, "--json")
    assert [side["kind"] for side in found["sides"]] == ["revision", "experiment"]
    assert [side["note"] for side in found["sides"]] == ["", ""]
    runs = {run["name"]: run for run in found["runs"]}
    ridge, som = runs[RIDGE], runs[SOM]
    assert ridge["parameters"] == {"params.alpha": ["0.1", "100.0"]}
    assert som["parameters"] == {"params.map__sigma": ["1.5", "0.75"]}
    assert not ridge["code"]
    assert not ridge["data"]
    (dvc,) = two.json(
        *("dvc", "metrics", "diff", "before", two.experiment, "--all", "--json"),
        *("--targets", "results/metrics.json"),
    ).values()
    for metric, told in ridge["metrics"].items():
        theirs = dvc[f"ridge.diabetes.book.{metric}"]
        assert told["values"] == [theirs["old"], theirs["new"]]
    # Folds of both, from DVC's cache and from disk.
    scores = []
    for revision in ("before", two.experiment):
        text = two.project.succeed(
            "dvc", "--quiet", "get", ".", f"results/cv/{RIDGE}.json", "--rev", revision,
            "--out", f"../{revision}.json", "--force",
        )  # fmt: skip
        content = json.loads((two.project.root.parent / f"{revision}.json").read_text())
        scores.append([fold["rmse"] for fold in content["scores"]])
        share = content["share"]
        assert text is not None
    [test] = ridge["metrics"]["rmse"]["tests"]
    plain = stats.ttest_rel(scores[1], scores[0])
    k = len(scores[0])
    corrected = plain.statistic * (1 / k / (1 / k + share)) ** 0.5
    assert test["p"] == pytest.approx(2 * stats.t.sf(abs(corrected), k - 1))


def test_one_side_is_compared_with_the_working_tree_and_a_page_written(two: Two) -> None:
    page = two.project.root.parent / "page.html"
    said = two.project.succeed("handbook", "compare", "before", "--html", str(page))
    assert "parameters: params.alpha 0.1 -> 100.0" in said
    assert "workspace: workspace" in said
    assert "params.alpha" in page.read_text()
    assert "Generated sample data" in page.read_text()


def test_a_run_of_mlflow_is_compared_with_one_here(two: Two) -> None:
    store = f"sqlite:///{two.project.root}/mlflow.db"
    client = MlflowClient(store, store)
    [experiment] = client.search_experiments(filter_string="name = 'diabetes'")
    runs = client.search_runs([experiment.experiment_id], "params.alpha = '0.1'")
    found = two.json("handbook", "compare", runs[0].info.run_id, RIDGE, "--json")
    assert [side["kind"] for side in found["sides"]] == ["mlflow", "run"]
    assert found["runs"][0]["parameters"] == {"params.alpha": ["0.1", "100.0"]}


def test_errors_are_one_line_and_end_with_1(two: Two) -> None:
    for sides, expected in {
        (RIDGE, SOM): "different tasks",
        ("before", "nowhere"): "'nowhere' is no git revision",
    }.items():
        done = two.project.run("handbook", "compare", *sides)
        assert done.returncode == 1
        assert expected in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_why_says_what_changed(two: Two, tmp_path: Path) -> None:
    project = two.project.copy(tmp_path / "project")
    assert "Nothing to do" in project.succeed("handbook", "why")
    params = project.params()
    params["models"]["som"]["variants"]["tuned"]["params"]["map__sigma"] = 2.5
    params["data"]["iris"] = {"release": "bundled"}
    project.write_params(params)
    project.edit("src/handbook/training/crossval.py", "spread(wrong**2)", "spread(1 * wrong**2)")
    said = project.succeed("handbook", "why").splitlines()
    assert f"train {SOM}: params.map__sigma 0.75 -> 2.5" in said
    assert f"  because train {SOM} runs: draw {SOM}; gauge, rehearse credit-card" in said
    assert (
        "crossval ridge/diabetes/book: handbook/training/crossval.py changed (_leave_one_out)"
        in said
    )
    assert any(line.startswith("prepare, validate, gate iris: never run") for line in said)
    assert "report: results/report/data/iris.html missing" in said
    ridge = project.succeed("handbook", "why", "ridge")
    assert "som" not in ridge
    assert "crossval ridge" in ridge
    unknown = project.run("handbook", "why", "rige")
    assert unknown.returncode == 1
    assert "did you mean 'ridge'" in unknown.stderr


def test_reproduce_makes_a_run_again_and_leaves_the_working_tree_alone(two: Two) -> None:
    before = two.project.succeed("git", "status", "--porcelain")
    found = two.json("handbook", "reproduce", RIDGE, "--folds", "--json")
    assert found["verdict"] == "exactly"
    assert set(found["metrics"]) >= {"rmse", "cv_rmse"}
    assert found["code"] == found["versions"] == found["data"] == {}
    assert two.project.succeed("git", "status", "--porcelain") == before


def test_an_altered_run_is_out_of_date_and_not_compared(project: Project) -> None:
    folds = project.root / "results/cv/lenet/fashion-mnist/book.json"
    before = folds.stat()
    folds.write_text(folds.read_text().replace("0.", "0.9", 1))
    os.utime(folds, ns=(before.st_atime_ns, before.st_mtime_ns))
    listed = project.succeed("handbook", "runs", "--json")
    (run,) = (run for run in json.loads(listed) if run["model"] == "lenet")
    assert run["state"] == "outdated"
    assert run["why"] == "altered since it was made"
    compared = project.run("handbook", "compare", "workspace", "workspace")
    assert compared.returncode == 1
    assert "results/cv/lenet/fashion-mnist/book.json: altered since it was made" in compared.stderr
