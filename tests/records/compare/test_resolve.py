"""Names of revisions, experiments and runs, and what is said of wrong ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.project import ROOT
from tests.records.compared_runs import Repository, lay

from handbook.core.errors import HandbookError
from handbook.records.compare.resolve import Resolver

A = [4.0, 5.0, 6.0, 5.5, 4.5]
METRICS = json.dumps({"ridge": {"diabetes": {"book": {"rmse": 4.5}}}})


def resolver(root: Path) -> Resolver:
    return Resolver(root, f"sqlite:///{root}/none.db")


def test_a_run_is_named_by_its_path_or_its_key(repository: Repository) -> None:
    lay(repository.root, A)
    finds = resolver(repository.root)
    for name in ("ridge/diabetes/book", "aaaa", "aa" * 32, "run:aaaa"):
        side = finds.side(name)
        assert (side.kind, list(side.runs)) == ("run", ["ridge/diabetes/book"])
        assert side.runs["ridge/diabetes/book"].folds["scores"]


def test_the_working_tree_has_a_name(repository: Repository) -> None:
    lay(repository.root, A)
    lay(repository.root, variant="tuned", job_key="bb" * 32)
    for name in ("workspace", "."):
        assert len(resolver(repository.root).side(name).runs) == 2


def test_a_run_that_the_catalogue_no_longer_asks_for_is_left_out_and_named(
    repository: Repository,
) -> None:
    lay(repository.root)
    lay(repository.root, variant="gone", job_key="bb" * 32)
    catalogue = {"models": {}, "work": {"ridge/diabetes/book": ""}}
    repository.write("results/catalogue.json", json.dumps(catalogue))
    side = resolver(repository.root).side("workspace")
    assert list(side.runs) == ["ridge/diabetes/book"]
    assert side.note.startswith(
        "without a run that params.yaml no longer asks for (ridge/diabetes/gone); delete"
    )
    assert resolver(repository.root).side("ridge/diabetes/gone").run.variant == "gone"


def test_another_folder_of_results_is_a_side_too(repository: Repository) -> None:
    lay(repository.root)
    lay(repository.root / "build" / "demo", rmse=7.0, data_variant="sample")
    side = resolver(repository.root).side("build/demo")
    assert side.whole
    assert side.runs["ridge/diabetes/book"].metrics == {"rmse": 7.0}


def test_a_run_of_another_folder_is_named_behind_it(repository: Repository) -> None:
    lay(repository.root / "build" / "demo", rmse=7.0, job_key="cc" * 32)
    for name in ("build/demo:ridge/diabetes/book", "build/demo:cccc"):
        side = resolver(repository.root).side(name)
        assert (side.label, side.whole) == (name, False)
        assert side.run.metrics == {"rmse": 7.0}
    with pytest.raises(HandbookError, match=r"no finished run of build/demo; did you mean"):
        resolver(repository.root).side("build/demo:ridge/diabetes/boook")
    with pytest.raises(HandbookError, match="FOLDER:MODEL/DATA/VARIANT is a run of a folder"):
        resolver(repository.root).side("ridge/diabetes/book")


def test_a_half_written_run_is_none(repository: Repository) -> None:
    lay(repository.root)
    (repository.root / "results/models/ridge/diabetes/book/metrics.json").unlink()
    with pytest.raises(HandbookError, match="no run has finished here yet"):
        resolver(repository.root).side("workspace")


@pytest.mark.parametrize(
    "lock",
    [
        "NumPy==2.4.6\nhttpx==0.28.1\n",
        "httpx==0.28.1 ; python_full_version < '3.15' \\\n    --hash=sha256:aa\n"
        "numpy[fast]==2.4.6 \\\n    --hash=sha256:bb\n",
    ],
)
def test_git_alone_tells_metrics_and_what_files_declare(repository: Repository, lock: str) -> None:
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    commit = repository.commit(
        {
            "results/metrics.json": METRICS,
            "params.yaml": yaml.safe_dump(params),
            "overrides.yaml": "models: {ridge: {variants: {book: {params: {alpha: 7}}}}}",
            "src/handbook/training/train.py": "x = 1",
            "requirements.lock": lock,
        }
    )
    side = resolver(repository.root).side(commit[:10])
    assert (side.kind, side.commit) == ("revision", commit)
    assert "DVC was not given its results before it was committed" in side.note
    run = side.runs["ridge/diabetes/book"]
    assert run.metrics == {"rmse": 4.5}
    settings = run.settings()
    assert settings is not None
    assert settings["params.alpha"] == "7"
    assert run.task == "regression"
    assert list(run.run["code"]) == ["handbook.training.train"]
    assert run.run["versions"] == {"numpy": "2.4.6"}


def test_a_catalogue_of_other_times_is_not_needed(repository: Repository) -> None:
    repository.commit({"results/metrics.json": METRICS, "params.yaml": "once: otherwise"})
    run = resolver(repository.root).side("HEAD").runs["ridge/diabetes/book"]
    assert (run.metrics, run.settings()) == ({"rmse": 4.5}, None)
    assert "code" not in run.run


def test_an_experiment_is_found_where_dvc_keeps_it(repository: Repository) -> None:
    first = repository.commit({"results/metrics.json": METRICS})
    repository.git("update-ref", "refs/exps/ab/cdef/tidy-otter", first)
    repository.git("update-ref", "refs/exps/exec/EXEC_HEAD", first)
    side = resolver(repository.root).side("tidy-otter")
    assert (side.kind, side.commit) == ("experiment", first)
    with pytest.raises(HandbookError, match="is no git revision"):
        resolver(repository.root).side("EXEC_HEAD")
    second = repository.commit({"results/metrics.json": METRICS, "a": ""})
    repository.git("update-ref", "refs/exps/cd/cdef/tidy-otter", second)
    with pytest.raises(HandbookError, match="2 experiments bear it"):
        resolver(repository.root).side("exp:tidy-otter")


def test_a_name_of_two_kinds_is_refused_until_one_is_meant(repository: Repository) -> None:
    repository.commit({"results/metrics.json": METRICS})
    repository.git("tag", "aaaa")
    lay(repository.root)
    with pytest.raises(HandbookError, match=r"a run \(run:aaaa\) and a git revision \(rev:aaaa\)"):
        resolver(repository.root).side("aaaa")
    assert resolver(repository.root).side("run:aaaa").kind == "run"
    assert resolver(repository.root).side("rev:aaaa").kind == "revision"


def test_the_beginning_of_several_keys_is_refused(repository: Repository) -> None:
    lay(repository.root)
    lay(repository.root, variant="tuned", job_key="aa" * 31 + "bb")
    with pytest.raises(
        HandbookError, match=r"job keys of 2 runs begin so: .*\(ridge/diabetes/tuned\)"
    ):
        resolver(repository.root).side("aaaa")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "is no git revision, DVC experiment, run or MLflow run; `handbook runs`"),
        ("ridge/diabete/book", "did you mean 'ridge/diabetes/book'"),
        ("ffff", "is no git revision"),
        ("--all", "is no git revision"),
    ],
)
def test_what_does_not_exist_is_refused(repository: Repository, name: str, message: str) -> None:
    repository.commit({"a": ""})
    lay(repository.root)
    with pytest.raises(HandbookError, match=message):
        resolver(repository.root).side(name)


def test_a_commit_without_results_says_what_to_do(repository: Repository) -> None:
    repository.commit({"a": ""})
    with pytest.raises(HandbookError, match=r"this commit has no results.*make rebuild"):
        resolver(repository.root).side("HEAD")


def test_a_failed_run_says_why_it_cannot_be_compared(repository: Repository) -> None:
    repository.commit({"a": ""})
    folder = repository.root / "logs" / "train" / "lda" / "iris"
    folder.mkdir(parents=True)
    failure = {
        "job_key": "cc" * 32,
        "model": "lda",
        "data": "iris",
        "variant": "book",
        "error": "ValueError: diverged",
    }
    (folder / "book.failed.json").write_text(json.dumps(failure))
    for name in ("cccc", "lda/iris/book"):
        with pytest.raises(HandbookError, match=r"lda/iris/book failed \(ValueError: diverged\)"):
            resolver(repository.root).side(name)


def test_without_git_there_are_runs(tmp_path: Path) -> None:
    lay(tmp_path)
    assert resolver(tmp_path).side("aaaa").kind == "run"
    with pytest.raises(HandbookError, match="is no git revision"):
        resolver(tmp_path).side("HEAD")
