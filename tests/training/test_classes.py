"""A catalogue names estimators; nothing else is imported, and nothing else is called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils import all_estimators

from handbook.core.errors import HandbookError
from handbook.training.build import build, faults
from handbook.training.classes import load_class, refusal
from handbook.training.spec import JudgeSpec

# What leaves a trace as soon as it is imported.
MODULE = """
import pathlib
from sklearn.linear_model import Ridge
(pathlib.Path(__file__).parent / "imported").touch()

class Mine(Ridge): pass

class Called:
    def __init__(self, *arguments, **named):
        (pathlib.Path(__file__).parent / "called").touch()

class Metaclass(type):
    def __getattr__(cls, name):
        return cls()

class Pretends(Called, metaclass=Metaclass): pass
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that Python imports from first, with a module in it."""
    (tmp_path / "their_models.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "their_models", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    "path",
    [
        "subprocess.Popen",
        "os.system",
        "builtins.exec",
        "builtins.object",
        "their_models.Mine",
        "sklearnx.linear_model.Ridge",
        "handbook.core.files.Path",
        "handbook.modelsx.Ridge",
        "handbook.models",
        "sklearn",
        "Ridge",
        "",
        ".",
        "..os.system",
        "sklearn..os.system",
        "sklearn.linear_model.",
        ".sklearn.linear_model.Ridge",
        "sklearn/../os.system",
        "sklearn.linear_model.Ridge\n",
        "sklearn.linear_model.Ridge()",
        "sklearn.linear_model.Ridge.__init__.__globals__['os']",
        "sklearn.conftest.Ridge",
        "sklearn.tests.test_base.Ridge",
        None,
        7,
        ["sklearn.linear_model.Ridge"],
        {"class": "sklearn.linear_model.Ridge"},
    ],
)
def test_a_path_is_refused_before_anything_is_imported(module: Path, path: Any) -> None:
    before = set(sys.modules)
    assert refusal(path)
    with pytest.raises(HandbookError):
        load_class(path)
    assert "their_models" not in sys.modules
    assert set(sys.modules) == before
    assert not (module / "imported").exists()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("sklearn.svm.SVCC", "did you mean 'SVC'"),
        ("sklearn.trees.Tree", "does not import"),
        ("sklearn.utils.os", "has no class 'os'"),
        ("sklearn.utils.os.system", "does not import"),
        ("sklearn.pipeline.sys", "has no class 'sys'"),
        ("sklearn.pipeline.make_pipeline", "has no class 'make_pipeline'"),
        ("sklearn.linear_model.Ridge.fit", "does not import"),
        ("sklearn.linear_model.Ridge.__class__", "does not import"),
        ("sklearn.linear_model.__class__", "no class '__class__'|is no estimator"),
        ("sklearn.utils.Bunch", "'Bunch' is no estimator: it has no fit, get_params, set_params"),
        ("sklearn.model_selection.KFold", "is no estimator"),
        ("sklearn.gaussian_process.kernels.RBF", "is no estimator"),
        ("handbook.models.rbf.subprocess", "has no class 'subprocess'"),
        ("handbook.models.lenet.LeNet", "is no estimator.*LeNetClassifier"),
    ],
)
def test_only_estimators_come_out_of_the_modules_that_may_be_imported(
    path: str, message: str
) -> None:
    with pytest.raises(HandbookError, match=message):
        load_class(path)


def test_every_estimator_of_scikit_learn_may_be_named() -> None:
    classes = [estimator for _, estimator in all_estimators()]
    assert len(classes) > 150
    for estimator in classes:
        assert load_class(f"{estimator.__module__}.{estimator.__qualname__}") is estimator


@pytest.mark.parametrize("trusted", ["their_models", "their_models.Mine"])
def test_what_the_catalogue_trusts_is_imported(module: Path, trusted: str) -> None:
    assert issubclass(load_class("their_models.Mine", [trusted]), BaseEstimator)
    assert (module / "imported").exists()


@pytest.mark.parametrize("trusted", ["their", "their_model", "their_models.Min", "Mine", "", "."])
def test_trust_is_of_whole_names(module: Path, trusted: str) -> None:
    with pytest.raises(HandbookError, match="lists under 'trusted'"):
        load_class("their_models.Mine", [trusted])
    assert not (module / "imported").exists()


@pytest.mark.parametrize("name", ["Called", "Pretends"])
def test_what_is_trusted_is_still_called_only_where_it_is_an_estimator(
    module: Path, name: str
) -> None:
    path = f"their_models.{name}"
    assert "is no estimator" in " ".join(
        faults(path, "classification", "table", {}, ["their_models"])
    )
    assert (module / "imported").exists()
    assert not (module / "called").exists()


BAGGING = "sklearn.ensemble.BaggingClassifier"
TREE = "sklearn.tree.DecisionTreeClassifier"
INNER = {"class": "their_models.Called", "params": {"args": ["touch", "it"]}}


@pytest.mark.parametrize(
    "params",
    [
        {"estimator": INNER},
        {"estimator": {"class": BAGGING, "params": {"estimator": INNER}}},
        {"estimator__estimator": INNER, "estimator": {"class": BAGGING}},
        {"estimator": {"class": ["their_models.Called"]}},
        {"estimator": {"class": TREE, "params": [INNER]}},
        {"estimator": {"class": TREE, "parms": {}}},
    ],
)  # fmt: skip
def test_inner_estimators_pass_the_same_gate(module: Path, params: dict[str, Any]) -> None:
    path = "sklearn.ensemble.AdaBoostClassifier"
    assert list(faults(path, "classification", "table", params))
    spec = JudgeSpec(data="iris", estimator=path, params=params, seed=1)
    with pytest.raises(HandbookError):  # in a job, which builds without any check
        build(spec, None)
    assert not (module / "imported").exists()
    assert not (module / "called").exists()


def test_what_is_trusted_is_neither_recorded_nor_compared() -> None:
    spec = JudgeSpec(data="iris", estimator="a.B", params={}, seed=1, trusted=("a",))
    assert "trusted" not in spec.model_dump() | spec.model_dump(mode="json")
    assert "trusted" not in spec.model_dump_json()
