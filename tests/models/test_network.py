"""Networks of one's own: scikit-learn's checks, resumption, saved files, and errors by name."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks
from torch import nn

from handbook.core.errors import HandbookError
from handbook.models.network import NetworkClassifier, NetworkRegressor
from handbook.training import saving


def two_layers(shape: tuple[int, ...], hidden: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.Linear(*shape, hidden), nn.Tanh(), nn.Linear(hidden, outputs))


@dataclass(eq=False, repr=False)
class Classifier(NetworkClassifier):
    hidden: int = 16

    def build(self, shape, outputs):
        return two_layers(shape, self.hidden, outputs)


@dataclass  # without eq=False and repr=False, which a reader may forget
class Regressor(NetworkRegressor):
    hidden: int = 16

    def build(self, shape, outputs):
        return two_layers(shape, self.hidden, outputs)


@dataclass(eq=False, repr=False)
class OfImages(NetworkClassifier):
    def build(self, shape, outputs):
        channels, _, _ = shape
        pooled = nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten())
        return nn.Sequential(nn.Conv2d(channels, 4, 3), nn.ReLU(), pooled, nn.Linear(16, outputs))


QUICK = {"epochs": 60, "learning_rate": 0.02, "batch_size": 16, "random_state": 0}


def expected_failures(estimator) -> dict[str, str]:
    kept = "the first prediction makes the network of the saved weights, and keeps it"
    rounded = "numbers of 32 bits are summed in another order in batches of another size"
    return {
        "check_dict_unchanged": kept,
        "check_methods_subset_invariance": rounded,
    }


@parametrize_with_checks(
    [Classifier(**QUICK), Regressor(**QUICK | {"epochs": 150})],
    expected_failed_checks=expected_failures,
)
def test_scikit_learns_checks_pass(estimator, check) -> None:
    check(estimator)


def blobs(n: int = 80) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = np.arange(n) % 2
    return rng.normal(size=(n, 3)) + 2 * y[:, np.newaxis], np.array(["left", "right"])[y]


def test_its_weights_are_those_of_a_plain_loop_of_torch() -> None:
    """One batch an epoch, so that no order of rows comes in."""
    X, y = blobs()
    model = Classifier(epochs=5, learning_rate=0.1, batch_size=80, weight_decay=0.1, random_state=3)
    model.fit(X, y)
    torch.manual_seed(np.random.RandomState(3).randint(np.iinfo(np.int32).max))
    network = two_layers((3,), 16, 2)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.1, weight_decay=0.1)
    inputs, targets = torch.tensor(X, dtype=torch.float32), torch.tensor(y == "right").long()
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(inputs), targets).backward()
        optimizer.step()
    with torch.no_grad():
        plain = torch.softmax(network(inputs).double(), dim=1).numpy()
    np.testing.assert_allclose(model.predict_proba(X), plain, atol=1e-5)


def test_a_regression_does_not_depend_on_the_unit_of_its_target() -> None:
    X, _ = blobs()
    y = X[:, 0] - X[:, 1]
    plain = Regressor(**QUICK).fit(X, y)
    assert plain.score(X, y) > 0.95
    in_another = Regressor(**QUICK).fit(X, 1e6 * y + 1e8)
    np.testing.assert_allclose(in_another.predict(X), 1e6 * plain.predict(X) + 1e8, rtol=1e-4)


@pytest.mark.parametrize("channels", [1, 3])
def test_images_are_bytes_and_pixels_lie_between_0_and_1(channels: int) -> None:
    X = np.zeros((20, 8, 8, channels), np.uint8)
    X[::2, :, 4:] = 255
    y = np.arange(20) % 2
    model = OfImages(epochs=60, learning_rate=0.05, batch_size=20, random_state=0)
    assert model.fit(X, y).score(X, y) == 1
    assert model.input_shape_ == (channels, 8, 8)
    with pytest.raises(HandbookError, match=r"fitted to rows of shape .* given \(1, 9, 9\)"):
        model.predict(np.zeros((2, 9, 9), np.uint8))


def test_a_killed_training_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    X, y = blobs()
    whole = Classifier(**QUICK, validation_fraction=0.2).fit(X, y)

    def kill(row) -> None:
        if row["epoch"] == 7:
            signal.raise_signal(signal.SIGINT)

    model = Classifier(**QUICK, validation_fraction=0.2)
    model.set_checkpoint(tmp_path / "checkpoint", "key").set_progress(kill)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    epochs: list[float] = []
    model.set_progress(lambda row: epochs.append(row["epoch"])).fit(X, y)
    assert model.state_ == whole.state_
    assert model.history_ == whole.history_
    assert epochs == [row["epoch"] for row in whole.history_]
    assert {"loss", "accuracy", "validation_loss", "validation_accuracy"} < whole.history_[0].keys()


def test_its_file_holds_weights_and_no_code(tmp_path: Path) -> None:
    X, y = blobs()
    model = Classifier(**QUICK).fit(X, y)
    name = f"{Classifier.__module__}.Classifier"
    with pytest.raises(saving.UntrustedTypesError) as refused:
        saving.save(model, tmp_path / "model.skops")
    assert refused.value.types == (name,)
    for path in (tmp_path / "a", tmp_path / "b"):
        saving.save(clone(model).fit(X, y), path, [name])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    loaded = saving.load(tmp_path / "a", [name])
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_a_search_finds_the_rate_that_learns() -> None:
    X, y = blobs()
    search = GridSearchCV(Classifier(**QUICK), {"learning_rate": [0.0, 0.02]}, cv=2).fit(X, y)
    assert search.best_params_ == {"learning_rate": 0.02}


@dataclass(eq=False, repr=False)
class Wrong(NetworkClassifier):
    kind: str = ""

    def build(self, shape, outputs):
        if self.kind == "outputs":
            return nn.Linear(*shape, 7)
        return nn.Linear(5, outputs) if self.kind == "inputs" else lambda x: x


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("outputs", r"Wrong.build: the network gives \(2, 7\) for 2 rows; expected \(2, 2\)"),
        ("inputs", r"Wrong.build: the network does not take rows of shape \(3,\): mat1 and mat2"),
        ("function", r"Wrong.build: returned function; expected a torch.nn.Module"),
    ],
)
def test_a_network_that_does_not_fit_is_named(kind: str, message: str) -> None:
    with pytest.raises(HandbookError, match=message):
        Wrong(kind=kind).fit(*blobs())


def test_what_no_target_can_be_is_named() -> None:
    X, y = blobs()
    with pytest.raises(ValueError, match="y holds one class only, 'left'"):
        Classifier().fit(X, np.full(80, "left"))
    with pytest.raises(ValueError, match="Input y contains NaN"):
        Regressor().fit(X, np.full(80, np.nan))
    with pytest.raises(HandbookError, match=r"of 80 rows a validation_fraction of 0.001 holds out"):
        Classifier(validation_fraction=0.001).fit(X, y)
