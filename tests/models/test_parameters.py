"""Every public estimator says what its parameters may be, in scikit-learn's form."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags
from sklearn.utils._param_validation import (
    Interval,
    StrOptions,
    generate_invalid_param_val,
    make_constraint,
)

import handbook.models
from handbook.training.build import faults


def public_estimators() -> Iterator[type[Any]]:
    """Yield the estimators that the modules and packages of `handbook.models` export."""
    for module in pkgutil.iter_modules(handbook.models.__path__, "handbook.models."):
        face = importlib.import_module(module.name)
        for name in getattr(face, "__all__", ()):
            exported = getattr(face, name)
            if isinstance(exported, type) and issubclass(exported, BaseEstimator):
                yield exported


ESTIMATORS = list(public_estimators())
PARAMETERS = [
    pytest.param(kind, name, id=f"{kind.__name__}-{name}")
    for kind in ESTIMATORS
    for name in kind().get_params(deep=False)
]
KINDS = {"classifier": "classification", "regressor": "regression", "generator": "generation",
         "outlier_detector": "outliers", "language_model": "language"}  # fmt: skip


def faults_of(kind: type[Any], **params: Any) -> list[str]:
    """Return the faults that `handbook check` lists for an estimator with these parameters."""
    tags = get_tags(kind())
    inputs = tags.input_tags
    data = "text" if inputs.string else "images" if inputs.three_d_array else "table"
    task = KINDS.get(tags.estimator_type, "classification")
    path = f"{kind.__module__}.{kind.__name__}"
    return [fault for fault in faults(path, task, data, params) if "the task" not in fault]


def test_the_public_estimators_are_these() -> None:
    names = {kind.__name__ for kind in ESTIMATORS}
    assert names == {
        "CNNClassifier", "LeNetClassifier", "CharacterModel", "CharacterNgram", "GAN", "DCGAN",
        "NetworkClassifier", "NetworkRegressor", "RBFClassifier", "RBFRegressor",
        "SelfOrganizingMap", "SOMOutlierDetector",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_defaults_satisfy_the_constraints(kind) -> None:
    kind()._validate_params()


@pytest.mark.parametrize(("kind", "name"), PARAMETERS)
def test_each_parameter_has_a_constraint_and_nonsense_is_refused(kind, name) -> None:
    constraints = kind._parameter_constraints[name]
    assert constraints != "no_validation"
    nonsense: list[Any] = [object()]
    for constraint in map(make_constraint, constraints):
        if isinstance(constraint, Interval | StrOptions):
            nonsense.append(generate_invalid_param_val(constraint))
    for value in nonsense:
        (fault,) = faults_of(kind, **{name: value})
        assert f"'{name}' parameter of {kind.__name__} must be" in fault
        assert f"Got {value!r} instead" in fault
        with pytest.raises(ValueError, match=f"'{name}' parameter of {kind.__name__} must be"):
            kind(**{name: value}).fit(None, None)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("lenet.LeNetClassifier", {"epochs": -4}),
        ("lenet.LeNetClassifier", {"schedule": "nonsense"}),
        ("cnn.CNNClassifier", {"dropout": 3.0}),
        ("cnn.CNNClassifier", {"widths": [16, 0]}),
        ("text.CharacterModel", {"cell": "LSTM"}),
        ("gan.GAN", {"precision": "bf16"}),
        ("gan.DCGAN", {"share": 0.0}),
        ("rbf.RBFClassifier", {"width_scale": -2}),
        ("rbf.RBFRegressor", {"width": "widest"}),
        ("som.SelfOrganizingMap", {"topology": "round"}),
    ],
)
def test_the_catalogues_check_refuses_values_out_of_range(name, values) -> None:
    module, _, attribute = name.partition(".")
    kind = getattr(importlib.import_module(f"handbook.models.{module}"), attribute)
    ((parameter, value),) = values.items()
    (fault,) = faults_of(kind, **values)
    assert f"'{parameter}' parameter" in fault
    assert f"Got {value!r} instead" in fault


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_choices_are_listed_in_one_order_in_every_process(kind) -> None:
    constraints = itertools.chain.from_iterable(kind._parameter_constraints.values())
    for choice in constraints:
        if isinstance(choice, StrOptions):
            listed = re.findall("'(.*?)'", str(choice))
            assert listed == sorted(choice.options)
