"""The graph reruns what a change reaches, and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from tests.project import MODELS, ROOT, Project

from handbook.workflow.graph import of_snakemake, of_workflow

pytestmark = [pytest.mark.services, pytest.mark.slow]

REPORT = {"Listing what the report shows", "Writing the report"}
ALWAYS = {"Collecting the results of all runs", "Tracking every run in MLflow"} | REPORT


def run_of(model: str, data: str, *more: str) -> set[str]:
    """What a run consists of, and what measures it beside the others on its data set."""
    verbs = ("Training", "Cross-validating", "Drawing", *more)
    own = {f"{verb} {model} on {data} (book)" for verb in verbs}
    own |= {f"Computing intervals of the test scores on {data}"}
    return own if data == "fashion-mnist" else own | {f"Watching held-out rows of {data}"}


def curves_of(model: str, data: str) -> set[str]:
    """What the curves of a model consist of."""
    return {f"{verb} {model} on {data}" for verb in ("Diagnosing", "Drawing the curves of")}


LENET = run_of("lenet", "fashion-mnist", "Explaining") | {"Training lenet from several seeds"}
RBF = run_of("rbf-network", "bank-marketing", "Explaining") | {
    "Training rbf-network from several seeds"
}
RBF_CURVES = curves_of("rbf-network", "bank-marketing")
LOGISTIC = run_of("logistic-regression", "bank-marketing", "Explaining")
TREE = run_of("decision-tree-regressor", "diabetes", "Explaining")
TREE_CURVES = curves_of("decision-tree-regressor", "diabetes")
DECOMPOSITION = {"Taking errors apart into bias and variance", "Drawing bias and variance"}


def test_a_full_run_leaves_everything_and_nothing_to_do(built: Project) -> None:
    results = built.root / "results"
    assert (results / "report" / "index.html").exists()
    runs = json.loads((results / "runs.json").read_text())
    assert [run["model"] for run in runs] == list(MODELS)
    assert {run["data_variant"] for run in runs} == {"sample"}
    assert built.planned() == set()
    again = built.snakemake()
    assert "Nothing to be done" in again.stderr


def test_touching_reruns_nothing(project: Project) -> None:
    for path in project.root.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            os.utime(path)
    assert project.planned() == set()


def test_a_parameter_reruns_its_model(project: Project) -> None:
    params = project.params()
    params["models"]["lenet"]["variants"]["book"]["params"]["momentum"] = 0.8
    project.write_params(params)
    assert project.planned() == LENET | ALWAYS


def test_a_models_setting_reaches_all_that_is_said_of_it(project: Project) -> None:
    params = project.params()
    params["models"]["decision-tree-regressor"]["variants"]["book"]["params"] = {"max_depth": 5}
    project.write_params(params)
    assert project.planned() == TREE | TREE_CURVES | DECOMPOSITION | ALWAYS


def test_what_is_asked_of_a_fitted_model_retrains_nothing(project: Project) -> None:
    params = project.params()
    params["models"]["decision-tree-regressor"]["diagnose"]["values"] = [1, 2]
    project.write_params(params)
    assert project.planned() == TREE_CURVES | REPORT
    params["models"]["decision-tree-regressor"]["shows"] = ["tree"]
    project.write_params(params)
    tree = "decision-tree-regressor on diabetes (book)"
    shown = {f"Explaining {tree}", f"Drawing {tree}"}
    assert project.planned() == TREE_CURVES | shown | ALWAYS


def test_a_title_retrains_nothing(project: Project) -> None:
    params = project.params()
    params["models"]["lenet"]["title"] = "LeNet-5"
    project.write_params(params)
    assert project.planned() == ALWAYS


def test_an_estimators_module_reruns_its_model(project: Project) -> None:
    project.append("src/handbook/models/rbf/widths.py")
    assert project.planned() == RBF | RBF_CURVES | ALWAYS


def test_a_data_sets_module_reruns_what_stands_on_it(project: Project) -> None:
    project.append("src/handbook/data/sets/fashion_mnist.py")
    own = {f"{verb} fashion-mnist" for verb in ("Preparing", "Validating", "Accepting")}
    assert project.planned() == own | LENET | ALWAYS


def test_a_comment_or_a_docstring_reruns_nothing(project: Project) -> None:
    for name in ("models/rbf/widths.py", "data/sets/iris.py", "training/train.py", "core/files.py"):
        path = project.root / "src/handbook" / name
        text = path.read_text()
        path.write_text("# A comment.\n" + text.replace('"""', '"""Also: ', 1))
    assert project.planned() == set()


def test_a_shared_module_reruns_what_imports_it(project: Project) -> None:
    project.append("src/handbook/training/crossval.py")
    # Folds tell which run is the best, whose answers a rehearsed watch takes.
    reached = {
        job for job in LENET | RBF | LOGISTIC | TREE if job.startswith(("Cross", "Watching"))
    }
    assert project.planned() == reached | ALWAYS


def test_the_trainer_of_networks_reaches_networks_only(project: Project) -> None:
    project.append("src/handbook/models/trainer/loop.py")
    assert project.planned() == LENET | ALWAYS


@pytest.mark.parametrize(
    ("path", "more"),
    [("report/site/assets/base.css", "/* more */\n"), ("labs/text_faults.yaml", "# more\n")],
)
def test_what_stands_on_its_pages_rewrites_the_report_alone(
    path: str, more: str, project: Project
) -> None:
    project.append(f"src/handbook/{path}", more)
    assert project.planned() == {"Writing the report"}


def test_results_without_records_are_refused(project: Project) -> None:
    shutil.rmtree(project.root / ".snakemake" / "metadata")
    done = project.snakemake("--dry-run")
    assert done.returncode != 0
    assert "without a record of what made them" in done.stdout
    assert "dvc pull" in done.stdout


def test_a_changed_record_of_one_result_is_refused(project: Project) -> None:
    (project.root / "results/models/lenet/fashion-mnist/tuned").mkdir()
    (project.root / "results/models/lenet/fashion-mnist/tuned/run.json").write_text("{}")
    done = project.snakemake("--dry-run")
    assert "1 result without a record" in done.stdout


def test_a_misspelt_key_stops_before_any_job(project: Project) -> None:
    params = project.params()
    params["models"]["lenet"]["variants"]["book"]["params"]["epoch"] = 3
    project.write_params(params)
    done = project.snakemake()
    assert done.returncode != 0
    assert "takes no such parameter; did you mean 'epochs'?" in done.stderr
    assert re.search(r"^\d+ jobs?, ", done.stderr, flags=re.MULTILINE) is None


def test_a_failing_expectation_stops_its_own_data_set_only(project: Project) -> None:
    shutil.rmtree(project.root / "results")
    shutil.rmtree(project.root / ".snakemake")
    project.edit(
        "src/handbook/data/sets/bank_marketing.py", 'between("age", 18,', 'between("age", 40,'
    )
    done = project.snakemake()
    assert done.returncode != 0
    results = project.root / "results"
    assert (results / "models/lenet/fashion-mnist/book/run.json").exists()
    assert not (results / "models/rbf-network").exists()
    assert not (results / "data/bank-marketing/accepted.json").exists()
    assert not json.loads((results / "data/bank-marketing/validation.json").read_text())["success"]
    assert "column 'age'" in done.stderr
    assert re.search(r"row \d+: (18|[23]\d)\b", done.stderr)


def test_a_failing_model_leaves_nothing_half_written(project: Project) -> None:
    params = project.params()
    params["models"]["logistic-regression"]["variants"]["book"]["params"] = {"l1_ratio": 1.0}
    params["models"]["rbf-network"]["variants"]["book"]["params"]["n_centers"] = 9
    project.write_params(params)
    done = project.snakemake()
    assert done.returncode != 0
    folder = project.root / "results/models/logistic-regression/bank-marketing/book"
    assert not (folder / "run.json").exists()
    assert not (folder / "model.skops").exists()
    other = project.root / "results/models/rbf-network/bank-marketing/book/run.json"
    assert json.loads(other.read_text())["params"]["n_centers"] == 9
    assert "3 jobs failed" in done.stderr
    assert "logs/train/logistic-regression/bank-marketing/book.log" in done.stderr
    assert "Solver lbfgs supports only" in done.stderr
    record = "logs/train/logistic-regression/bank-marketing/book.failed.json"
    assert json.loads((project.root / record).read_text())["status"] == "FAILED"
    report = (project.root / "logs/report/index.html").read_text()
    before, _, _ = report.partition("<h1>")  # of the pages' usual content
    assert "3 jobs failed" in before
    assert "Solver lbfgs supports only" in before
    assert "../../logs/train/logistic-regression/bank-marketing/book.log" in before
    assert ">make rebuild<" in before.partition("Mend the cause, then run this again")[2]


def test_a_clone_without_results_can_be_built_and_linted(project: Project, tmp_path: Path) -> None:
    # Git brings the metrics, which have no record here, and nothing else of the results.
    clone = Project.create(tmp_path / "clone")
    (clone.root / "results").mkdir()
    shutil.copy2(project.root / "results" / "metrics.json", clone.root / "results")
    assert clone.planned() >= LENET
    assert clone.run("snakemake", "--lint").returncode == 0


def test_a_run_that_was_killed_goes_on(project: Project) -> None:
    # What a killed training leaves: a mark that it is incomplete, and half a file.
    folder = "results/models/lenet/fashion-mnist/book"
    (project.root / folder / "history.csv").write_text("epoch,loss\n1,")
    (project.root / folder / "model.skops.partial").write_text("half")
    for name in ("run.json", "model.skops", "metrics.json"):
        (project.root / folder / name).unlink()
    state = project.root / ".snakemake"
    for name in ("history.csv", "run.json", "model.skops", "metrics.json"):
        record = urlsafe_b64encode(f"{folder}/{name}".encode()).decode()
        (state / "metadata" / record).unlink()
        (state / "incomplete" / record).touch()
    planned = project.planned()
    assert "Training lenet on fashion-mnist (book)" in planned
    assert not any("bank-marketing" in job for job in planned)


def test_the_graph_of_rules_is_what_snakemake_says(tmp_path: Path) -> None:
    project = Project.create(tmp_path)
    shutil.copy2(ROOT / "params.yaml", tmp_path)
    graph, docstrings = (
        project.snakemake("--rulegraph", "--forceall"),
        project.snakemake("--list-rules"),
    )
    assert of_snakemake(graph.stdout + docstrings.stdout) == of_workflow(), "run `make graph`"


def test_the_workflow_passes_its_own_linter() -> None:
    done = Project(ROOT).run("snakemake", "--lint")
    assert done.returncode == 0, done.stderr + done.stdout
