"""The map's parameters: ranges, and what contradicts each other."""

from __future__ import annotations

import numpy as np
import pytest

from handbook.models.som import SelfOrganizingMap


def rows() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(60, 3))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rows", 0),
        ("columns", 2.5),
        ("n_steps", 0),
        ("topology", "torus"),
        ("neighborhood", "hat"),
        ("metric", "l2"),
        ("training", "both"),
        ("decay", "cosine"),
        ("order", "sorted"),
        ("sigma", 0.0),
        ("sigma", float("nan")),
        ("sigma_end", -1.0),
        ("learning_rate", 1.5),
        ("learning_rate_end", -0.1),
        ("init", "zeros"),
    ],
)
def test_a_parameter_out_of_range_is_refused(name, value) -> None:
    with pytest.raises(ValueError, match=f"'{name}' parameter of SelfOrganizingMap must be"):
        SelfOrganizingMap(**{name: value}).fit(rows())


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sigma": 2.0, "sigma_end": 3.0}, "sigma_end must be at most sigma, 2; it is 3.0"),
        ({"learning_rate_end": 0.0}, "above 0 unless decay='linear'; it is 0.0"),
        (
            {"decay": "linear", "learning_rate": 0.5, "learning_rate_end": 0.6},
            "learning_rate_end must be at most learning_rate, 0.5, .*; it is 0.6",
        ),
        ({"init": np.zeros((2, 2, 3))}, r"of shape \(10, 10, 3\).*not one of shape \(2, 2, 3\)"),
        ({"init": np.full((10, 10, 3), np.inf)}, "finite"),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(params, message) -> None:
    with pytest.raises(ValueError, match=message):
        SelfOrganizingMap(**params).fit(rows())


def test_a_linear_rate_may_end_at_zero() -> None:
    model = SelfOrganizingMap(2, 2, decay="linear", learning_rate=0.5, learning_rate_end=0)
    assert model.fit(rows()).n_steps_ == 20
