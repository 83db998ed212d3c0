"""Restoring a recorded run, and saying what came out the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.data.declared.made_declarations import table
from tests.project import ROOT
from tests.records.compared_runs import Files, Repository, folds, record, recorded

from handbook.catalogue import reading
from handbook.catalogue.params import Run
from handbook.catalogue.specs import run_spec
from handbook.core.errors import HandbookError
from handbook.records.reader import read_run
from handbook.records.reproduce.outcome import lines, outcome, same
from handbook.records.reproduce.restore import catalogue_of, mirror_for, restore
from handbook.workflow import provenance

WHOLE = yaml.safe_load((ROOT / "params.yaml").read_text())
MODULE, PATH = "handbook.training.train", "src/handbook/training/train.py"


def digest(source: str) -> str:
    return provenance.code_digest(source.encode())


@pytest.mark.parametrize("tier", ["standard", "demo"])
@pytest.mark.parametrize(
    "name",
    [
        "ridge/diabetes/book",
        "svc/bank-marketing/tuned",
        "lenet/fashion-mnist/tuned",
        "gradient-boosting-classifier/bank-marketing/tuned",
        "gan/mnist/book",
        "char-lstm/macbeth/tuned",
        "som/credit-card/quantization",
        "som/credit-card/book",
        "rbf-network/bank-marketing-book/trained-units",
    ],
)
def test_the_catalogue_of_one_run_asks_for_the_recorded_work(name: str, tier: str) -> None:
    sample = tier == "demo"
    whole = WHOLE | {"tier": tier, "data_source": "sample" if sample else "real"}
    spec = run_spec(reading.load(whole), Run.parse(name))
    release = "sample" if sample else WHOLE["data"][spec.data]["release"]
    content = spec.settings() | {"data_variant": release, "judge": "x" if "gan" in name else None}
    # What the record says holds, whatever the commit's own catalogue says.
    stale = WHOLE | {"seed": 1, "models": {}}
    mine = reading.load(catalogue_of(content, stale, tier))
    [run] = mine.runs()
    assert run_spec(mine, run) == spec
    assert mine.release(run.data) == release


def test_code_is_brought_from_the_history_where_the_commit_has_another(
    repository: Repository, tmp_path: Path
) -> None:
    first = repository.commit({PATH: "x = 1", "params.yaml": yaml.safe_dump(WHOLE)})
    repository.commit({PATH: "x = 2"})
    run = recorded(code={MODULE: digest("x = 2")})
    run.context.update(commit=first, dirty=True)  # type: ignore[attr-defined]
    said = restore(run, repository.root, tmp_path / "again")
    assert "with changes that were not committed then" in said
    assert "recorded version taken from another commit: handbook/training/train.py" in said
    assert (tmp_path / "again" / PATH).read_text() == "x = 2"
    # The working tree and its repository are as they were.
    assert repository.git("status", "--porcelain") == ""
    assert repository.git("worktree", "list").count("\n") == 0
    mine = yaml.safe_load((tmp_path / "again" / "params.yaml").read_text())
    assert list(mine["models"]) == ["ridge"]


def test_code_that_is_in_no_commit_is_said_to_be_lost(
    repository: Repository, tmp_path: Path
) -> None:
    commit = repository.commit({PATH: "x = 1", "params.yaml": yaml.safe_dump(WHOLE)})
    run = recorded(code={MODULE: digest("x = 3")})
    run.context.update(commit=commit, dirty=True)  # type: ignore[attr-defined]
    said = restore(run, repository.root, tmp_path / "again")
    assert "in no commit" in said
    assert (tmp_path / "again" / PATH).read_text() == "x = 1"


def test_a_clean_commit_is_said_to_be_as_recorded(repository: Repository, tmp_path: Path) -> None:
    commit = repository.commit({PATH: "x = 1", "params.yaml": yaml.safe_dump(WHOLE)})
    run = recorded(code={MODULE: digest("x = 1  # one")})
    run.context.update(commit=commit, dirty=False)  # type: ignore[attr-defined]
    said = restore(run, repository.root, tmp_path / "again")
    assert said == f"code: commit {commit[:12]}; every module that the run imports is as recorded"


def test_a_commit_that_is_not_there_is_refused(repository: Repository, tmp_path: Path) -> None:
    repository.commit({PATH: "x = 1"})
    run = recorded()
    run.context.update(commit="ab" * 20)  # type: ignore[attr-defined]
    with pytest.raises(HandbookError, match="which this repository does not have"):
        restore(run, repository.root, tmp_path / "again")
    run.context.update(commit=None)  # type: ignore[attr-defined]
    with pytest.raises(HandbookError, match="names no commit"):
        restore(run, repository.root, tmp_path / "again")


POPEN = {"class": "subprocess.Popen", "params": {"args": ["false"]}}


@pytest.mark.parametrize(
    "changes",
    [
        {"estimator": "subprocess.Popen"},
        {"params": {"estimator": POPEN}},
        {"search": {"space": {"estimator": [POPEN]}, "draws": None, "splits": 3, "rows": None}},
    ],
)
def test_a_record_cannot_have_any_class_called(changes: dict[str, object]) -> None:
    run = recorded(**changes).run
    with pytest.raises(HandbookError, match=r"the record of ridge/diabetes/book\..*not imported"):
        catalogue_of(run, WHOLE, "standard")
    mine = catalogue_of(run, WHOLE | {"trusted": ["subprocess.Popen"]}, "standard")
    assert mine["trusted"] == ["subprocess.Popen"]


def test_each_metric_has_its_own_verdict() -> None:
    def run(rmse: float, mae: float, seed: int = 42) -> object:
        content = record(seed=seed)
        scores = {"primary": "rmse", "metrics": {"rmse": rmse, "mae": mae}}
        files = Files(run=content, metrics=scores, context={}, folds=folds(content, [1.0, 2.0]))
        return read_run(files, "ridge/diabetes/book")

    found = outcome(run(5.0, 1.0), run(5.0, 1.0 + 1e-9), 1e-6)  # type: ignore[arg-type]
    assert {name: metric["verdict"] for name, metric in found["metrics"].items()} == {
        "rmse": "exactly",
        "mae": "within tolerance",
        "cv_rmse": "exactly",
    }
    assert found["verdict"] == "within tolerance"
    other = outcome(run(5.0, 1.0), run(5.5, 1.0, seed=1), 1e-6)  # type: ignore[arg-type]
    assert other["verdict"] == "different"
    assert other["settings"] == {"seed": ["42", "1"]}
    said = "\n".join(lines(other))
    assert "different" in said
    assert "parameters: seed 42 -> 1" in said
    assert "not every metric came out the same" in said


def test_tolerance_is_relative() -> None:
    assert same(1000.0, 1000.0005, 1e-6) == "within tolerance"
    assert same(0.001, 0.0010005, 1e-6) == "different"
    assert same(None, None, 0) == "exactly"


@pytest.mark.parametrize(("params", "device"), [({}, "cpu"), ({"device": "cuda:1"}, "cuda")])
def test_a_run_is_made_again_where_it_was_made_also_on_a_machine_with_a_gpu(params, device) -> None:
    run = run_spec(reading.load(WHOLE), Run.parse("gan/mnist/book"))
    content = run.settings() | {"data_variant": "official", "judge": "x", "params": params}
    whole = WHOLE | {"device": "auto"}
    catalogue = catalogue_of(content, whole, "full")
    assert catalogue["models"][content["model"]]["device"] == device
    assert catalogue["device"] == "auto"  # a judge's


def test_the_raw_files_of_a_declared_data_set_are_found_without_a_module(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    declared = table(tmp_path / "raw").declared.model_dump(mode="json")
    run = record(data="own", data_variant="v1")
    (tmp_path / "data" / "raw" / "own").mkdir(parents=True)
    assert mirror_for(run, tmp_path, "HEAD", tmp_path / "m", declared) == str(
        tmp_path / "data" / "raw"
    )
