"""LeNet as a network and as an estimator."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_get_params_invariance, check_set_params
from tests.models.made_digits import digits
from torch import nn

from handbook.core.errors import HandbookError
from handbook.models.lenet import LeNet, LeNetClassifier


def quick(**settings) -> LeNetClassifier:
    return LeNetClassifier(
        **{"epochs": 2, "learning_rate": 0.05, "batch_size": 20, "random_state": 0} | settings
    )


def test_the_network_has_the_books_layers() -> None:
    # 6*(25+1) + 16*(6*25+1) + 256*120+120 + 120*84+84 + 84*10+10
    assert sum(weight.numel() for weight in LeNet().parameters()) == 44_426


def test_padding_two_is_the_original_with_its_32x32_input() -> None:
    # LeCun et al. (1998) has 400 inputs to the layer of 120
    assert LeNet(padding=2).dense1.in_features == 400


def test_the_network_is_the_plain_composition_of_its_layers() -> None:
    net = LeNet()
    images = torch.randn(3, 1, 28, 28)
    plain = nn.Sequential(
        net.conv1, nn.ReLU(), nn.MaxPool2d(2), net.conv2, nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), net.dense1, nn.ReLU(), net.dense2, nn.ReLU(), net.dense3,
    )  # fmt: skip
    torch.testing.assert_close(net(images), plain(images))


def test_images_too_small_for_the_layers_are_refused() -> None:
    with pytest.raises(HandbookError, match="15x15 with padding 0 leave nothing"):
        LeNet((1, 15, 15))
    assert LeNet((1, 16, 16))(torch.zeros(1, 1, 16, 16)).shape == (1, 10)


def test_it_learns_digits() -> None:
    X, y = digits(1500, times=3)
    model = quick(epochs=8, schedule="one-cycle").fit(X[:1200], y[:1200])
    assert model.score(X[1200:], y[1200:]) > 0.85  # seeds 0 to 3 gave 0.92 to 0.95


def test_the_history_tells_each_epoch() -> None:
    seen = []
    model = quick(epochs=3).set_progress(seen.append).fit(*digits())
    assert [row["epoch"] for row in model.history_] == [1, 2, 3]
    assert seen == model.history_


def test_equal_seeds_give_equal_bytes() -> None:
    first, second, other = (quick(random_state=seed).fit(*digits()) for seed in (3, 3, 4))
    assert first.state_ == second.state_
    assert first.state_ != other.state_


def test_the_global_generator_is_neither_used_nor_changed() -> None:
    torch.manual_seed(1)
    first = quick().fit(*digits())
    drawn = torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(1), drawn)
    torch.manual_seed(2)
    assert quick().fit(*digits()).state_ == first.state_


def test_without_a_seed_two_fits_differ() -> None:
    assert (
        quick(random_state=None).fit(*digits()).state_
        != quick(random_state=None).fit(*digits()).state_
    )


def test_probabilities_sum_to_one_and_agree_with_the_prediction() -> None:
    X, y = digits()
    model = quick().fit(X, y)
    probabilities = model.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.classes_[probabilities.argmax(axis=1)], model.predict(X))


def test_a_trailing_channel_of_one_changes_nothing() -> None:
    X, y = digits()
    flat, deep = quick().fit(X, y), quick().fit(X[..., np.newaxis], y)
    assert flat.state_ == deep.state_
    np.testing.assert_array_equal(flat.predict(X), flat.predict(X[..., np.newaxis]))


def test_colour_images_have_three_channels() -> None:
    X, y = digits()
    model = quick().fit(np.stack([X, X, X], axis=-1), y)
    assert model.image_shape_ == (3, 16, 16)


def test_read_only_images_are_taken_without_a_warning() -> None:
    X, y = digits()
    X.setflags(write=False)
    quick(epochs=1).fit(X, y).predict(X)


def test_labels_may_be_words() -> None:
    X, y = digits()
    model = quick().fit(X, np.where(y < 5, "low", "high"))
    assert set(model.predict(X)) <= {"low", "high"}


@pytest.mark.parametrize("scaling", ["unit", "standard"])
def test_scaled_images_are_what_the_name_says(scaling) -> None:
    X, y = digits()
    network = quick(scaling=scaling).fit(X, y)._fitted_network()
    scaled = (X.astype(np.float64) - float(network.shift)) / float(network.scale)
    if scaling == "unit":
        assert scaled.min() == 0.0
        assert scaled.max() == X.max() / 255
    else:
        assert scaled.mean() == pytest.approx(0, abs=1e-6)
        assert scaled.std() == pytest.approx(1, abs=1e-6)


def test_images_all_alike_can_be_standardised() -> None:
    X = np.full((20, 16, 16), 7, np.uint8)
    model = quick(scaling="standard").fit(X, np.arange(20) % 2)
    assert np.isfinite(model.predict_proba(X)).all()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_predicts_the_same_without_what_is_transient(copied) -> None:
    X, y = digits()
    model = quick().set_progress(print).fit(X, y)
    other = copied(model)
    np.testing.assert_array_equal(model.predict_proba(X), other.predict_proba(X))
    assert not hasattr(other, "_progress")
    assert other.history_ == model.history_


def test_weights_of_another_network_are_refused() -> None:
    X, y = digits()
    model = copy.deepcopy(quick().fit(X, y))
    model.padding = 2
    with pytest.raises(HandbookError, match="another network"):
        model.predict(X)


def test_it_keeps_scikit_learns_rules_for_parameters() -> None:
    model = quick()
    check_get_params_invariance("LeNetClassifier", model)
    check_set_params("LeNetClassifier", model)
    assert is_classifier(model)
    assert clone(model).get_params() == model.get_params()
    assert model.fit(*digits()) is model
    with pytest.raises(NotFittedError):
        clone(model).predict(digits()[0])


def test_it_can_be_cross_validated() -> None:
    X, y = digits(90)
    scores = cross_val_score(quick(epochs=1), X, y, cv=3)
    assert scores.shape == (3,)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "'epochs' .* Got 0"),
        ({"batch_size": 0}, "'batch_size' .* Got 0"),
        ({"learning_rate": -1.0}, "'learning_rate' .* Got -1.0"),
        ({"momentum": float("nan")}, "'momentum' .* Got nan"),
        ({"scaling": "none"}, "'scaling' .* Got 'none'"),
        ({"schedule": "cosin"}, "'schedule' .*'cosine'.* Got 'cosin'"),
        ({"learning_rate": 1e20}, "the training diverged"),
    ],
)
def test_a_bad_setting_is_named(settings, message) -> None:
    with pytest.raises((ValueError, HandbookError), match=message):
        quick(**settings).fit(*digits())


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.zeros((4, 16, 16)), np.arange(4), "uint8"),
        (np.zeros((4, 256), np.uint8), np.arange(4), "shape"),
        (np.zeros((0, 16, 16), np.uint8), np.arange(0), "shape"),
        (np.zeros((4, 16, 16), np.uint8), np.arange(3), "4 images but labels"),
        (np.zeros((4, 16, 16), np.uint8), np.zeros(4), "one class only"),
    ],
)
def test_bad_images_and_labels_are_named(X, y, message) -> None:
    with pytest.raises(HandbookError, match=message):
        quick().fit(X, y)


def test_images_of_another_size_are_refused() -> None:
    model = quick().fit(*digits())
    with pytest.raises(HandbookError, match=r"\(1, 16, 16\).*given \(1, 20, 20\)"):
        model.predict(np.zeros((2, 20, 20), np.uint8))


def test_importing_it_leaves_most_of_scikit_learn_alone() -> None:
    code = (
        "import sys, handbook.models.lenet;"
        "print([m for m in ('sklearn.linear_model', 'sklearn.ensemble', 'sklearn.metrics', "
        "'mlflow', 'torchvision') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
