"""Settings of the network of chapter 4: rules of scikit-learn, and what is refused."""

from __future__ import annotations

import copy

import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_get_params_invariance, check_set_params
from tests.models.made_digits import ALL, digits, quick

from handbook.core.errors import HandbookError


def test_it_keeps_scikit_learns_rules_for_parameters() -> None:
    model = quick(**ALL)
    check_get_params_invariance("CNNClassifier", model)
    check_set_params("CNNClassifier", model)
    assert clone(model).get_params() == model.get_params()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, r"'epochs' parameter of CNNClassifier must be an int .* Got 0"),
        ({"widths": []}, r"'widths' .* must be one or more whole numbers .* Got \[\]"),
        ({"widths": [16, 0]}, r"'widths' .* Got \[16, 0\]"),
        ({"widths": 16}, "'widths' .* Got 16"),
        ({"widths": [2.5]}, r"'widths' .* Got \[2.5\]"),
        ({"dense": 0}, r"'dense' .* must be an int in the range \[1, inf\). Got 0"),
        ({"dropout": 1.0}, r"'dropout' .* a float in the range \[0.0, 1.0\). Got 1.0"),
        ({"label_smoothing": 1}, "'label_smoothing' .* Got 1"),
        ({"averaging": -0.1}, "'averaging' .* Got -0.1"),
        ({"shift": -1}, r"'shift' .* must be an int in the range \[0, inf\). Got -1"),
        ({"shift": 0.5}, "'shift' .* Got 0.5"),
        ({"flip": "yes"}, "'flip' .* must be an instance of 'bool' .* Got 'yes'"),
        ({"test_flip": 1}, "'test_flip' .* Got 1"),
        ({"batch_norm": None}, "'batch_norm' .* Got None"),
        ({"channels_last": "no"}, "'channels_last' .* Got 'no'"),
        ({"validation_fraction": 1.0}, "'validation_fraction' .* Got 1.0"),
        ({"patience": 2}, "'patience' .* validation_fraction above 0. Got 2"),
        ({"patience": 0, "validation_fraction": 0.1}, "'patience' .* Got 0"),
        ({"precision": "bf16-mix"}, "'precision' .*'bf16-mixed'.* Got 'bf16-mix'"),
        ({"devices": 0}, "'devices' .* Got 0"),
        ({"device": "neverheard"}, "device 'neverheard' cannot be used"),
        ({"learning_rate": 1e20}, "the training diverged"),
    ],
)
def test_a_bad_setting_is_named(settings, message) -> None:
    with pytest.raises((ValueError, HandbookError), match=message):
        quick(**settings).fit(*digits())


def test_a_validation_part_that_leaves_nothing_to_train_on_is_refused() -> None:
    X, y = digits(10)
    with pytest.raises(
        HandbookError, match=r"of 10 images a validation_fraction of 0\.99 holds out 10"
    ):
        quick(validation_fraction=0.99).fit(X, y)


def test_weights_of_another_network_are_refused() -> None:
    model = copy.deepcopy(quick().fit(*digits()))
    model.dense = 64
    with pytest.raises(HandbookError, match="another network"):
        model.predict(digits()[0])
