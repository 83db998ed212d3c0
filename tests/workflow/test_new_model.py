"""A model from anywhere becomes an entry that works, or nothing changes."""

from __future__ import annotations

import re
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from handbook.catalogue import reading
from handbook.core.errors import HandbookError
from handbook.workflow import new_model, own_modules, trials
from handbook.workflow.new_model import NewModel

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "two_layers.py"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the catalogue; trials pass at once, and keep what they were asked."""
    for name in ("params.yaml", "dvc.yaml", "overrides.yaml"):
        shutil.copy2(ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.setenv("PYTHONPATH", "")
    for name in [name for name in sys.modules if name.split(".")[0] == own_modules.PACKAGE]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(trials, "tried", lambda specs: [trials.Outcome((), "")] * len(specs))
    return tmp_path


def added(project: Path, *arguments: Any, **settings: Any) -> list[str]:
    return list(new_model.add(NewModel(*arguments, **settings), project))


def entry(project: Path, name: str) -> Any:
    return yaml.safe_load((project / "params.yaml").read_text())["models"][name]


def test_a_class_of_another_library(project: Path) -> None:
    before = (project / "params.yaml").read_text()
    lines = added(
        project, "lightgbm.LGBMClassifier", ("bank-marketing", "iris"), params={"num_leaves": 7}
    )
    assert entry(project, "lgbm-classifier") == {
        "title": "LGBMClassifier",
        "task": "classification",
        "data": ["bank-marketing", "iris"],
        "estimator": "lightgbm.LGBMClassifier",
        "trusted": ["lightgbm"],
        "variants": {"default": {"params": {"n_jobs": 1, "verbose": -1, "num_leaves": 7}}},
    }
    assert lines[0].startswith("trusted: lightgbm: its code runs")
    assert "lgbm-classifier" in reading.read(project / "params.yaml").models
    kept = (project / "params.yaml").read_text().splitlines()
    assert [line for line in before.splitlines() if line not in kept] == []
    assert (project / "dvc.yaml").read_bytes() == (ROOT / "dvc.yaml").read_bytes()


def test_the_page_on_own_models_shows_the_entry_that_its_command_writes(project: Path) -> None:
    page = (ROOT / "docs" / "own-models.md").read_text()
    command = re.search(r"^handbook new model (\S+) --data (\S+) (\w+)=(\w+)$", page, re.MULTILINE)
    assert command is not None
    path, data, name, value = command.groups()
    added(project, path, (data,), params={name: int(value)})
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert f"\n{shown}\n" in (project / "params.yaml").read_text()


def test_the_python_of_that_page_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "own-models.md").read_text()
    file = tmp_path / "page.py"
    file.write_text("\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)))
    names = runpy.run_path(str(file))
    X, y = [[0.0], [0.2], [0.8], [1.0]], ["low", "low", "high", "high"]
    model = names["TwoLayers"](epochs=200, learning_rate=0.05, random_state=0).fit(X, y)
    assert model.predict([[0.1], [0.9]]).tolist() == ["low", "high"]
    assert names["search"].best_params_["order"] > 2


def test_types_that_a_trial_finds_are_trusted_after_they_are_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [trials.Outcome(("pandas.Index",), "")]
    monkeypatch.setattr(trials, "tried", lambda specs: found)
    lines = added(project, "xgboost.XGBRegressor", ("diabetes",), "boosted")
    assert lines[1] == "trusted: pandas.Index: its saved file holds such objects"
    assert entry(project, "boosted")["trusted"] == ["xgboost", "pandas.Index"]
    assert entry(project, "boosted")["task"] == "regression"


def test_a_class_of_scikit_learn_needs_no_trust(project: Path) -> None:
    added(project, "sklearn.naive_bayes.GaussianNB", ("iris",))
    assert "trusted" not in entry(project, "gaussian-nb")
    assert entry(project, "gaussian-nb")["variants"] == {"default": {}}


def test_a_file_of_ones_own_is_copied_beside_the_catalogue(project: Path) -> None:
    lines = added(project, str(EXAMPLE), ("bank-marketing",), params={"hidden": 8})
    copy = project / "models" / "two_layers.py"
    assert copy.read_bytes() == EXAMPLE.read_bytes()
    assert lines[0] == f"models/two_layers.py: a copy of {EXAMPLE}; edit it there"
    assert entry(project, "two-layers") == {
        "title": "TwoLayers",
        "task": "classification",
        "data": ["bank-marketing"],
        "estimator": "models.two_layers.TwoLayers",
        "trusted": ["models.two_layers"],
        "variants": {"default": {"params": {"hidden": 8}}},
    }
    stage = yaml.safe_load((project / "dvc.yaml").read_text())["stages"]["rebuild"]
    assert stage["deps"] == ["models", "Snakefile", "workflow", "src", "requirements.lock"]
    # from there, under another name
    added(project, "models/two_layers.py", ("iris",), "wide", params={"hidden": 99})
    assert entry(project, "wide")["estimator"] == "models.two_layers.TwoLayers"
    assert (project / "dvc.yaml").read_text().count("- models\n") == 2  # deps and params


def test_the_example_is_as_short_as_it_is_said_to_be() -> None:
    assert len(EXAMPLE.read_text().splitlines()) <= 40


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (("lightgbm.LGBMClassifier", ("bank",)), "no data set 'bank'; known: bank-marketing"),
        (("lightgbm.LGBMClassifer", ("iris",)), "did you mean 'LGBMClassifier'"),
        (("lightgbm.LGBMClassifier", ("diabetes",)), "is a classifier, for classification;"),
        (("nowhere.Model", ("iris",)), "does not import: ModuleNotFoundError"),
        (("sklearn.svm.SVC", ("iris",), "lda"), "models.lda: is there already"),
        (("sklearn.svm.SVC", ("iris",), "My SVC"), "'My SVC' becomes a folder"),
        (
            ("sklearn.svm.SVC", ("iris",), "x", "", "", {"c": 1}),
            "c: sklearn.svm.SVC takes no such parameter",
        ),
        (("sklearn.svm.SVC", ("iris",), "x", "", "", {"C": -1}), "'C' parameter of SVC must be"),
        (("sklearn.svm.SVC", ("iris",), "x", "", "regression"), "--task regression: known: "),
        (("gone.py", ("iris",)), "gone.py: no such file"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_changes(
    project: Path, new: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(HandbookError, match=message):
        added(project, *new)
    assert (project / "params.yaml").read_bytes() == (ROOT / "params.yaml").read_bytes()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("my-model.py", EXAMPLE.read_text(), "call it my_model.py"),
        ("broken.py", "import nowhere", r"models\.broken: does not import \(ModuleNotFound"),
        ("empty.py", "x = 1", r"models\.empty: has no class with fit and get_params"),
        (
            "several.py",
            "from sklearn.svm import SVC\nclass A(SVC): pass\nclass B(SVC): pass\n",
            r"models\.several: has A, B; name one as models\.several\.<class>",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_named_and_not_kept(
    project: Path, name: str, text: str, message: str
) -> None:
    (project / name).write_text(text)
    with pytest.raises(HandbookError, match=message):
        added(project, name, ("iris",))
    assert not list((project / "models").glob("*.py")) if (project / "models").exists() else True
    assert (project / "params.yaml").read_bytes() == (ROOT / "params.yaml").read_bytes()


def test_what_could_not_be_kept_is_not_added(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [trials.Outcome((), "cannot be kept in a file and read back: RuntimeError")]
    monkeypatch.setattr(trials, "tried", lambda specs: failing)
    with pytest.raises(HandbookError, match="cannot be kept in a file"):
        added(project, str(EXAMPLE), ("iris",))
    assert not (project / "models" / "two_layers.py").exists()
    assert (project / "params.yaml").read_bytes() == (ROOT / "params.yaml").read_bytes()


def test_a_file_of_that_name_with_other_content_is_not_overwritten(project: Path) -> None:
    (project / "models").mkdir()
    (project / "models" / "two_layers.py").write_text("x = 1\n")
    with pytest.raises(HandbookError, match="is there and differs from"):
        added(project, str(EXAMPLE), ("iris",))
    assert (project / "models" / "two_layers.py").read_text() == "x = 1\n"
