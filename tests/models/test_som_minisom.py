"""The map beside MiniSom: the same weights from the same start and the same order of rows."""

from __future__ import annotations

import numpy as np
import pytest
from minisom import MiniSom

from handbook.models.som import SelfOrganizingMap

STEPS, SIGMA, RATE = 400, 3.0, 0.5

# Our names for MiniSom's decays, and where each ends
DECAYS = {
    "linear": (
        {"decay": "linear", "sigma_end": 1.0, "learning_rate_end": 0.0},
        {
            "decay_function": "linear_decay_to_zero",
            "sigma_decay_function": "linear_decay_to_one",
        },
    ),
    "inverse-time": (
        {"decay": "inverse-time", "sigma_end": SIGMA / 3},
        {"decay_function": "asymptotic_decay", "sigma_decay_function": "asymptotic_decay"},
    ),
    "inverse-time to one": (
        {"decay": "inverse-time", "sigma_end": 1.0, "learning_rate_end": RATE / 3},
        {"decay_function": "asymptotic_decay", "sigma_decay_function": "inverse_decay_to_one"},
    ),
    "exponential": ({"decay": "exponential", "sigma_end": 0.6}, {}),
}


def rows(n: int = 150, features: int = 4) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, features))


def fall_exponentially(peer: MiniSom) -> None:
    """Give MiniSom, which has none, the decay v exp(-t / lambda) with radius 0.6 at the end."""
    lam = STEPS / np.log(SIGMA / 0.6)

    def decay(start: float, t: int, steps: int) -> float:
        return start * float(np.exp(-t / lam))

    peer._learning_rate_decay_function = decay
    peer._sigma_decay_function = decay


def pair(decay: str = "linear", shape: tuple[int, int] = (6, 7), **params) -> tuple:
    """Return our map before its training and MiniSom with the same start."""
    ours, theirs = DECAYS[decay]
    kinds = {"topology": "rectangular", "neighborhood": "gaussian", "metric": "euclidean"} | params
    peer = MiniSom(
        *shape,
        4,
        sigma=SIGMA,
        learning_rate=RATE,
        topology=kinds["topology"],
        neighborhood_function=kinds["neighborhood"],
        activation_distance=kinds["metric"],
        random_seed=5,
        **theirs,
    )
    if decay == "exponential":
        fall_exponentially(peer)
    model = SelfOrganizingMap(
        *shape,
        sigma=SIGMA,
        learning_rate=RATE,
        n_steps=STEPS,
        init=peer.get_weights().copy(),
        **kinds,
        **ours,
    )
    return model, peer


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("metric", ["euclidean", "cosine", "manhattan"])
@pytest.mark.parametrize(
    ("topology", "neighborhood"),
    [
        ("rectangular", "gaussian"),
        ("rectangular", "bubble"),
        # MiniSom's bubble is a square on either grid; and it moves the columns as we do where
        # their number is odd, the other ones where it is even
        ("hexagonal", "gaussian"),
    ],
)
def test_online_training_gives_minisoms_weights(decay, metric, topology, neighborhood) -> None:
    X = rows()
    model, peer = pair(decay, metric=metric, topology=topology, neighborhood=neighborhood)
    model.set_params(training="online", order="sequential").fit(X)
    peer.train(X, STEPS)
    assert np.abs(model.weights_ - model.init).max() > 0.1
    np.testing.assert_allclose(model.weights_, peer.get_weights(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("topology", ["rectangular", "hexagonal"])
def test_batch_training_gives_minisoms_weights(topology) -> None:
    X = rows()
    model, peer = pair("inverse-time", topology=topology)
    model.set_params(training="batch", n_steps=8).fit(X)
    peer.train_batch_offline(X, 8)
    np.testing.assert_allclose(model.weights_, peer.get_weights(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("shape", [(6, 7), (5, 6)])
@pytest.mark.parametrize("topology", ["rectangular", "hexagonal"])
def test_the_distance_map_is_minisoms(topology, shape) -> None:
    model, peer = pair(topology=topology, shape=shape)
    model.fit(rows())
    peer._weights = model.weights_
    for scaling in ("mean", "sum"):
        np.testing.assert_allclose(
            model.distance_map(scaling=scaling, normalize=True), peer.distance_map(scaling=scaling)
        )


@pytest.mark.parametrize("topology", ["rectangular", "hexagonal"])
def test_errors_and_hits_are_minisoms(topology) -> None:
    X = rows()
    model, peer = pair(topology=topology)
    model.set_params(n_steps=3).fit(X)
    peer._weights = model.weights_
    assert model.quantization_error(X) == pytest.approx(peer.quantization_error(X))
    assert 0 < model.topographic_error(X) == pytest.approx(peer.topographic_error(X))
    np.testing.assert_array_equal(model.hit_map(X), peer.activation_response(X))
    winners = [peer.winner(x) for x in X]
    numbers = np.ravel_multi_index(np.transpose(winners), (6, 7))
    np.testing.assert_array_equal(model.predict(X), numbers)
