"""The network of chapter 4, and what its estimator adds to the other image classifiers."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import safetensors.torch
import torch
from scipy.signal import correlate2d
from sklearn.base import clone
from tests.models.made_digits import ALL, digits, quick
from torch import nn

from handbook.core.errors import HandbookError
from handbook.models.cnn import CNN, CNNClassifier
from handbook.models.lenet import LeNetClassifier

# --- the network --------------------------------------------------------------------------------


def test_the_network_has_the_books_layers_sized_for_its_images() -> None:
    # 16*(9+1) + 32*(16*9+1) + 32*7*7*128+128 + 128*10+10
    assert sum(weight.numel() for weight in CNN().parameters()) == 206_922
    # the book feeds 3x32x32: 16*(27+1) + 32*(16*9+1) + 32*8*8*128+128 + 128*10+10
    net = CNN((3, 32, 32))
    assert sum(weight.numel() for weight in net.parameters()) == 268_650
    assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


def test_without_pooling_it_is_the_books_network_and_fits_28_pixels_alone() -> None:
    # 16*(27+1) + 32*(16*9+1) + 25088*128+128 + 128*10+10, with 25,088 = 32*28*28
    net = CNN((3, 28, 28), pooling=False)
    assert net.dense1.in_features == 25_088
    assert sum(weight.numel() for weight in net.parameters()) == 3_217_770
    book = nn.Sequential(
        nn.Conv2d(3, 16, kernel_size=3, stride=1, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, kernel_size=3, stride=1, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(32 * 28 * 28, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    names = zip(book.state_dict(), net.state_dict(), strict=True)
    book.load_state_dict({name: net.state_dict()[own] for name, own in names})
    images = torch.randn(2, 3, 28, 28)
    torch.testing.assert_close(net(images), book(images))
    torch.testing.assert_close(net.maps(images)[1], book[:4](images))
    with pytest.raises(RuntimeError, match="32768"):  # 32*32*32, of the size that the book feeds
        net(torch.zeros(1, 3, 32, 32))


def test_without_pooling_images_may_be_small() -> None:
    images, labels = digits(times=1)
    model = quick(pooling=False, widths=(4, 4, 4, 4), dense=8).fit(images, labels)
    assert [maps.shape[2:] for maps in model.feature_maps(images[:1])] == [(8, 8)] * 4
    with pytest.raises(HandbookError, match="nothing after 4 poolings"):
        quick(widths=(4, 4, 4, 4)).fit(images, labels)


def test_the_network_is_the_plain_composition_of_its_layers() -> None:
    net = CNN((3, 13, 9), classes=4)
    first, second = net.convolutions
    plain = nn.Sequential(
        first, nn.ReLU(), nn.MaxPool2d(2), second, nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), net.dense1, nn.ReLU(), net.dense2,
    )  # fmt: skip
    images = torch.randn(5, 3, 13, 9)
    torch.testing.assert_close(net(images), plain(images))


def test_fitted_normalisation_may_stand_before_or_after_pooling() -> None:
    net = CNN(classes=4, batch_norm=True)
    images = torch.randn(16, 1, 28, 28)
    net(images)  # in training: takes on means and variances
    (first, second), (norm1, norm2) = net.convolutions, net.norms
    plain = nn.Sequential(
        first, norm1, nn.ReLU(), nn.MaxPool2d(2), second, norm2, nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), net.dense1, nn.ReLU(), net.dense2,
    ).eval()  # fmt: skip
    torch.testing.assert_close(net.eval()(images), plain(images))
    assert first.bias is None  # the normalisation would take it away again


def test_the_scale_of_the_normalisation_stays_one() -> None:
    model = quick(batch_norm=True).fit(*digits())
    state = safetensors.torch.load(model.state_)
    for layer in (0, 1):
        assert (state[f"network.norms.{layer}.weight"] == 1).all()
        assert (state[f"network.norms.{layer}.bias"] != 0).any()


def test_widths_say_how_many_convolutions_there_are() -> None:
    net = CNN((1, 16, 16), widths=(4, 6, 8), dense=10)
    assert [convolution.out_channels for convolution in net.convolutions] == [4, 6, 8]
    assert net.dense1.in_features == 8 * 2 * 2


def test_images_too_small_for_the_poolings_are_refused() -> None:
    with pytest.raises(HandbookError, match="3x8 leave nothing after 2 poolings; expected 4"):
        CNN((1, 3, 8))
    assert CNN((1, 4, 4))(torch.zeros(1, 1, 4, 4)).shape == (1, 10)


def test_dropout_is_for_training_alone() -> None:
    net = CNN(dropout=0.5)
    images = torch.randn(2, 1, 28, 28)
    assert not torch.equal(net(images), net(images))
    assert not torch.equal(net.features(images), net.features(images))  # before both dense layers
    with torch.no_grad():
        net.dense1.bias[:], net.dense1.weight[:] = 1.0, 0.0
    assert not torch.equal(net(images), net(images))
    assert torch.equal(net.eval()(images), net(images))


# --- training -----------------------------------------------------------------------------------


def test_it_learns_digits() -> None:
    X, y = digits(1500)
    model = quick(epochs=6, batch_size=50, schedule="one-cycle").fit(X[:1200], y[:1200])
    assert model.score(X[1200:], y[1200:]) > 0.85  # seeds 0 to 3 gave 0.93 to 0.95


def test_colour_images_are_learnt_in_both_layouts() -> None:
    X, y = digits()
    X = np.stack([X, X // 2, 255 - X], axis=-1)
    last, first = quick().fit(X, y), quick(channels_last=False).fit(X, y)
    assert last.image_shape_ == (3, 16, 16)
    np.testing.assert_allclose(last.predict_proba(X), first.predict_proba(X), atol=1e-3)
    for model, wanted in ((last, True), (first, False)):
        weight = model._fitted_network().network.convolutions[0].weight
        assert weight.is_contiguous(memory_format=torch.channels_last) == wanted


@pytest.mark.parametrize("settings", [{}, ALL], ids=["plain", "all"])
def test_equal_seeds_give_equal_bytes(settings) -> None:
    first, second, other = (
        quick(**settings | {"random_state": seed}).fit(*digits()) for seed in (3, 3, 4)
    )
    assert first.state_ == second.state_
    assert first.history_ == second.history_
    assert first.state_ != other.state_


@pytest.mark.parametrize("settings", [{}, ALL], ids=["plain", "all"])
@pytest.mark.parametrize("kind", [CNNClassifier, LeNetClassifier])
def test_killed_and_fitted_again_it_ends_with_the_same_bytes(kind, settings, tmp_path) -> None:
    X, y = digits()
    settings = {key: value for key, value in settings.items() if key in kind().get_params()}
    settings |= {"epochs": 5, "learning_rate": 0.05, "batch_size": 30, "random_state": 1}
    whole = kind(**settings).fit(X, y)

    def kill(row) -> None:
        if row["epoch"] == 3:
            raise KeyboardInterrupt

    path = tmp_path / "state"
    with pytest.raises(KeyboardInterrupt):
        kind(**settings).set_progress(kill).set_checkpoint(path, "digits").fit(X, y)
    assert path.exists()
    seen: list[float] = []
    resumed = kind(**settings).set_checkpoint(path, "digits")
    resumed.set_progress(lambda row: seen.append(row["epoch"])).fit(X, y)
    assert resumed.state_ == whole.state_
    assert resumed.history_ == whole.history_
    assert seen == [1, 2, 3, 4, 5]


def test_early_stopping_goes_back_to_the_best_epoch() -> None:
    X, y = digits()
    noise = np.random.default_rng(0).integers(0, 2, len(y))  # nothing to be learnt
    settings = {"learning_rate": 0.1, "validation_fraction": 0.3, "epochs": 60}
    model = quick(patience=2, **settings).fit(X, noise)
    losses = [row["validation_loss"] for row in model.history_]
    best = losses.index(min(losses)) + 1
    assert len(losses) == best + 2 < 60
    assert model.state_ == quick(**settings | {"epochs": best}).fit(X, noise).state_


def test_held_out_rows_are_measured_by_a_formula_of_their_own_and_not_trained_on() -> None:
    X, y = digits(100)
    model = quick(validation_fraction=0.25, epochs=1, learning_rate=0.0).fit(X, y)
    (row,) = model.history_
    # with no learning the network is that of the start; which rows are held out is drawn first
    p = model.predict_proba(X)[np.arange(100), y]
    losses, right = -np.log(p), model.predict(X) == y
    # the two parts make up the whole
    assert 0.25 * row["validation_loss"] + 0.75 * row["loss"] == pytest.approx(losses.mean(), 1e-4)
    assert 0.25 * row["validation_accuracy"] + 0.75 * row["accuracy"] == pytest.approx(right.mean())


def test_label_smoothing_spreads_a_share_over_all_classes() -> None:
    X, y = digits(100)
    model = quick(label_smoothing=0.3, epochs=1, learning_rate=0.0).fit(X, y)
    # (1 - s) * -log p of the class + s * mean over classes of -log p; Szegedy et al. (2016)
    losses = -np.log(model.predict_proba(X))
    expected = 0.7 * losses[np.arange(100), y] + 0.3 * losses.mean(axis=1)
    assert model.history_[0]["loss"] == pytest.approx(expected.mean(), rel=1e-5)


def test_weights_are_averaged_with_a_share_of_each_batchs() -> None:
    X, y = digits(60)
    # a batch an epoch: the plain weights after each of three batches
    steps = [
        safetensors.torch.load(quick(epochs=epochs, batch_size=60).fit(X, y).state_)
        for epochs in (1, 2, 3)
    ]
    model = quick(epochs=3, batch_size=60, averaging=0.6).fit(X, y)
    averaged = safetensors.torch.load(model.state_)
    for name, value in averaged.items():
        expected = 0.6 * (0.6 * steps[0][name] + 0.4 * steps[1][name]) + 0.4 * steps[2][name]
        torch.testing.assert_close(value, expected)


def test_alterations_are_for_training_alone() -> None:
    X, y = digits()
    plain = quick(epochs=1, learning_rate=0.0).fit(X, y)
    altered = quick(epochs=1, learning_rate=0.0, shift=2, flip=True).fit(X, y)
    assert altered.state_ == plain.state_
    np.testing.assert_array_equal(plain.predict_proba(X), altered.predict_proba(X))
    assert plain.history_[0]["loss"] != altered.history_[0]["loss"]
    assert quick(shift=1).fit(X, y).state_ != quick().fit(X, y).state_


def test_a_test_time_flip_is_the_mean_of_both_views() -> None:
    X, y = digits()
    model = quick().fit(X, y)
    mean = (model.decision_function(X) + model.decision_function(X[:, :, ::-1])) / 2
    model.test_flip = True
    np.testing.assert_allclose(model.decision_function(X), mean, atol=1e-5)


# --- what it tells ------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [quick(batch_norm=True, dropout=0.5), LeNetClassifier(epochs=1)])
def test_features_are_what_the_scores_are_computed_from(model) -> None:
    X, y = digits()
    model = clone(model).fit(X, y)
    features = model.features(X)
    assert features.dtype == np.float32
    assert features.min() == 0  # after a ReLU
    state = safetensors.torch.load(model.state_)
    last = "dense2" if isinstance(model, CNNClassifier) else "dense3"
    weight, bias = (state[f"network.{last}.{part}"].numpy() for part in ("weight", "bias"))
    np.testing.assert_allclose(features @ weight.T + bias, model.decision_function(X), atol=1e-4)
    assert features.shape == (len(X), weight.shape[1])


def test_features_do_not_depend_on_how_many_are_asked_for(monkeypatch) -> None:
    X, y = digits()
    model = quick().fit(X, y)
    together = model.features(X)
    monkeypatch.setattr("handbook.models.images.estimator.AT_ONCE", 7)
    np.testing.assert_allclose(model.features(X), together, atol=1e-5)
    assert [len(layer) for layer in model.feature_maps(X)] == [len(X), len(X)]


@pytest.mark.parametrize("kind", [CNNClassifier, LeNetClassifier])
def test_maps_of_the_first_convolution_are_those_of_scipy(kind) -> None:
    X, y = digits(30)
    model = kind(epochs=1, learning_rate=0.05, random_state=0).fit(X, y)
    kernels, state = model.kernels(), safetensors.torch.load(model.state_)
    name = "conv1" if kind is LeNetClassifier else "convolutions.0"
    bias = state[f"network.{name}.bias"].numpy()
    first, second = model.feature_maps(X[:3])
    mode = "valid" if kind is LeNetClassifier else "same"
    for image, maps in zip(X[:3], first, strict=True):
        for kernel, shift, channel in zip(kernels[:, 0], bias, maps, strict=True):
            expected = correlate2d(image / 255, kernel, mode) + shift
            np.testing.assert_allclose(channel, np.maximum(expected, 0), atol=1e-5)
    assert second.min() == 0
    assert second.shape == ((3, 16, 2, 2) if kind is LeNetClassifier else (3, 32, 8, 8))


def test_a_copy_tells_the_same() -> None:
    X, y = digits()
    model = quick(**ALL).fit(X, y)
    other = copy.deepcopy(model)
    for ask in ("predict_proba", "features"):
        np.testing.assert_array_equal(getattr(model, ask)(X), getattr(other, ask)(X))
    np.testing.assert_array_equal(model.kernels(), other.kernels())
