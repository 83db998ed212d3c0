"""A part of the catalogue: chosen by names, made and shown by itself."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from tests.project import ROOT, Project

from handbook.catalogue import reading
from handbook.catalogue.overview import overview
from handbook.commands.tracking import CATALOGUES, latest_catalogue
from handbook.core.errors import HandbookError
from handbook.report.site.part import Part, first_page, targets
from handbook.workflow.selection import VARIABLE, data_alone, select, selected

WHOLE = reading.read(ROOT / "params.yaml")
DEMO = reading.read_with(ROOT / "params.yaml", {"tier": "demo", "data_source": "sample"})


def runs(*names: str) -> list[str]:
    return [run.path for run in select(WHOLE, names).part.runs()]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["ridge"], "ridge/{boston-housing,diabetes}/{book,tuned}"),
        (["iris"], "{lda,extra-trees-classifier}/iris/{book,tuned}"),
        (["ridge/diabetes"], "ridge/diabetes/{book,tuned}"),
        (["*/iris/tuned"], "{lda,extra-trees-classifier}/iris/tuned"),
        (["ridge/diabetes/book", "ridge/diabetes/*"], "ridge/diabetes/{book,tuned}"),
        (["corr2d"], ""),
    ],
)
def test_names_choose_runs(names: Sequence[str], expected: str) -> None:
    assert sorted(runs(*names)) == sorted(path for text in expected.split() for path in each(text))


def each(text: str) -> list[str]:
    """Write out the braces of a shell.

    >>> each("a/{b,c}/d")
    ['a/b/d', 'a/c/d']
    """
    before, brace, rest = text.partition("{")
    if not brace:
        return [text]
    inside, _, after = rest.partition("}")
    return [path for word in inside.split(",") for path in each(before + word + after)]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rigde", "no model, data set, run, lab or claim of that name"),
        ("rigde", "in params.yaml; did you mean 'ridge'?"),
        ("ridge/diabetis/book", "did you mean 'ridge/diabetes/book'?"),
        ("ridge/diabetes/book/more", "no model"),
        ("rbf", "'rbf' is a sweep: `handbook sweep rbf` runs it"),
    ],
)  # fmt: skip
def test_a_name_that_chooses_nothing_is_refused(name: str, hint: str) -> None:
    with pytest.raises(HandbookError) as caught:
        select(WHOLE, ["ridge", name])
    assert str(caught.value).startswith(repr(name))
    assert hint in str(caught.value)


def test_what_is_of_several_runs_is_in_a_part_that_has_them_all() -> None:
    one = select(WHOLE, ["ridge/diabetes/tuned"])
    paths = set(map(str, targets(one.whole, one.part)))
    assert "results/models/ridge/diabetes/tuned/model.skops" in paths
    of_several = ("results/diagnose", "results/intervals", "results/watch")
    assert not any(path.startswith(of_several) for path in paths)
    # The curves are of the first variant, and the intervals of every run on the data set.
    whole = select(WHOLE, ["diabetes"])
    paths = set(map(str, targets(whole.whole, whole.part)))
    assert "results/diagnose/ridge/diabetes/curves.json" in paths
    assert {"results/intervals/diabetes.json", "results/watch/diabetes.json"} <= paths
    assert whole.part.bias_variance is None  # it is on another one

    beside = next(iter(WHOLE.side_by_side))
    assert beside in select(WHOLE, [WHOLE.side_by_side[beside].model]).part.side_by_side


def test_no_result_of_the_whole_is_a_target_of_a_part() -> None:
    chosen = select(WHOLE, ["*"])
    assert list(chosen.part.runs()) == list(WHOLE.runs())
    names = {path.parts[1] for path in targets(chosen.whole, chosen.part)}
    assert names == {
        *("data", "judges", "models", "cv", "diagnose", "seeds", "intervals", "side-by-side"),
        *("bias-variance", "labs", "claims", "backtests", "watch"),
    }


def test_runs_of_a_part_are_those_of_the_whole() -> None:
    chosen = select(WHOLE, ["ridge", "bank-marketing"])
    work = overview(chosen.whole)["work"]
    assert {path: work[path] for path in overview(chosen.part)["work"]} == overview(chosen.part)[
        "work"
    ]


def test_a_demo_makes_a_data_set_that_is_named() -> None:
    assert "ridge/diabetes/book" not in {run.path for run in DEMO.runs()}
    assert [run.path for run in select(DEMO, ["ridge"]).part.runs()] == [
        f"ridge/boston-housing/{variant}" for variant in DEMO.models["ridge"].variants
    ]
    chosen = select(DEMO, ["ridge/diabetes/book"])
    assert [run.path for run in chosen.part.runs()] == ["ridge/diabetes/book"]
    assert "ridge/diabetes/book" in {run.path for run in chosen.whole.runs()}


def test_of_a_sweep_its_data_set_alone_is_looked_for() -> None:
    part = data_alone(WHOLE, {"iris"})
    assert (list(part.data), part.data_sets()) == (["iris"], ["iris"])
    made = [*part.runs(), *part.labs, *part.claims, *part.backtests, *part.judges]
    assert made == []


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert selected(WHOLE) == (WHOLE, WHOLE, ())
    assert Part.of(selected(WHOLE)) is None
    monkeypatch.setenv(VARIABLE, "ridge/diabetes/book corr2d")
    chosen = selected(WHOLE)
    assert chosen.names == ("ridge/diabetes/book", "corr2d")
    part = Part.of(chosen)
    on_diabetes = len(WHOLE.runs_on("diabetes"))
    assert part == Part(chosen.names, 1, len(list(WHOLE.runs())), {"diabetes": on_diabetes - 1})


@pytest.mark.parametrize(
    ("names", "page"),
    [
        (["ridge"], "models/ridge.html"),
        (["iris"], "data/iris.html"),
        (["corr2d"], "labs/corr2d.html"),
        (["escape-local-minima"], "claims/escape-local-minima.html"),
        (["ridge", "lasso"], "index.html"),
    ],
)
def test_a_part_is_shown_by_its_own_page(names: Sequence[str], page: str) -> None:
    assert first_page(select(WHOLE, names).part) == page


def test_mlflow_is_opened_on_what_was_asked_for_last(tmp_path: Path) -> None:
    rebuild, part = (tmp_path / path for path in CATALOGUES)
    for age, path in enumerate((part, rebuild)):
        path.parent.mkdir()
        path.write_text(json.dumps({"title": path.parent.name}))
        os.utime(path, (age, age))
        assert latest_catalogue(tmp_path)["title"] == path.parent.name
    os.utime(part, (9, 9))
    assert latest_catalogue(tmp_path)["title"] == "logs"


@pytest.mark.services
@pytest.mark.slow
def test_a_part_is_made_tracked_and_shown_and_leaves_the_rest_alone(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project")
    done = project.run("handbook", "run", "decision-tree-regressor", "corr2d")
    assert done.returncode == 0, done.stderr
    score, report, mlflow = done.stdout.splitlines()
    assert score.startswith("decision-tree-regressor / diabetes / book")
    assert "dummy" in score
    assert report == f"Report:  {(project.root / 'logs/report/index.html').as_uri()}"
    assert mlflow == "MLflow:  make ui"
    made = {path.parts[1] for path in relative(project.root, "results/*/*")}
    several = {"diagnose", "intervals", "watch", "bias-variance"}
    assert made == {"data", "models", "cv", "labs"} | several
    assert not list((project.root / "results").glob("*.json"))
    assert {path.name for path in (project.root / "results/models").iterdir()} == {
        "decision-tree-regressor"
    }
    pages = {path.name for path in relative(project.root, "logs/report/*/*.html")}
    assert pages >= {"decision-tree-regressor.html", "diabetes.html", "corr2d.html"}
    assert "lenet.html" not in pages
    page = (project.root / "logs/report/models/decision-tree-regressor.html").read_text()
    assert "A part of the catalogue: decision-tree-regressor, corr2d." in page
    assert logged(project) == ["decision-tree-regressor/book"]

    # The next part finds what is there; its runs stand in MLflow beside the others.
    done = project.run("handbook", "run", "decision-tree-regressor/*/book", "logistic-regression")
    assert done.returncode == 0, done.stderr
    assert logged(project) == ["decision-tree-regressor/book", "logistic-regression/book"]
    catalogue = json.loads((project.root / "logs/catalogue.json").read_text())
    assert set(catalogue["models"]) == set(project.params()["models"])

    project.edit("src/handbook/tasks/classification.py", "def score(", "def gone(")
    done = project.run("handbook", "run", "logistic-regression")
    assert done.returncode == 1
    assert "run `handbook run logistic-regression` again" in done.stderr
    assert "not finished" in done.stderr
    page = (project.root / "logs/report/index.html").read_text()
    assert "A part of the catalogue: logistic-regression." in page
    assert "failed" in page


def relative(root: Path, pattern: str) -> list[Path]:
    return [path.relative_to(root) for path in root.glob(pattern)]


def logged(project: Project) -> list[str]:
    with closing(sqlite3.connect(project.root / "mlflow.db")) as store:
        rows = store.execute("SELECT name FROM runs WHERE lifecycle_stage = 'active'").fetchall()
    return sorted(name for (name,) in rows)
