"""The mechanisms of the claims on deep, convolutional and recurrent networks."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from handbook.claims.experiments import batch_normalisation as normal
from handbook.claims.experiments import convolution_bias as bias
from handbook.claims.experiments import deep_relu as deep
from handbook.claims.experiments import dying_relu as dying
from handbook.claims.experiments import long_memory as memory
from handbook.claims.experiments import overfitting_remedies as remedies
from handbook.claims.experiments import tolerance_of_shifts as shifts
from handbook.claims.images import Images, parted
from handbook.claims.networks import accuracy, convolutional, dense, fresh, train
from handbook.core.errors import HandbookError
from handbook.data import registry
from handbook.models.cnn import CNNClassifier
from handbook.models.text.gates import gates

# --- images and training ------------------------------------------------------------------------


def test_rows_to_train_on_and_to_measure_on_are_apart_and_drawn_by_the_seed() -> None:
    data = registry.module("mnist").sample(1)
    fit, check = parted(data, 7, 60, 30)
    order = np.random.default_rng(7).permutation(len(data))[:90]
    assert torch.equal(fit.y, torch.from_numpy(data.y[order[:60]]))
    assert torch.equal((check.X * 255).round().byte()[:, 0], torch.from_numpy(data.X[order[60:]]))
    shrunk, _ = parted(data, 7, 60, 30, shrink=4)
    assert shrunk.X.shape == (60, 1, 7, 7)
    assert torch.allclose(shrunk.X.mean(dim=(2, 3)), fit.X.mean(dim=(2, 3)), atol=1e-6)
    with pytest.raises(HandbookError, match="ask for fewer"):
        parted(data, 7, len(data), 1)


def test_training_is_torchs_own_step_and_stops_where_a_loss_is_no_number() -> None:
    X, y = torch.randn(4, 3), torch.tensor([0, 1, 0, 1])
    network, twin = (fresh(partial(nn.Linear, 3, 2), 5) for _ in range(2))
    loss = nn.functional.cross_entropy(twin(X), y)
    gradient = torch.autograd.grad(loss, twin.weight)[0]
    assert train(network, X, y, seed=1, epochs=1, batch_size=4, rate=0.5)
    assert torch.allclose(network.weight, twin.weight - 0.5 * gradient, atol=1e-6)
    assert not train(network, X * float("inf"), y, seed=1, epochs=1, batch_size=4, rate=0.5)


def test_scores_that_are_no_numbers_are_never_right() -> None:
    class Broken(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.tensor([[float("nan"), 0.0], [1.0, 0.0]])

    assert accuracy(Broken(), torch.zeros(2, 1), torch.tensor([0, 0])) == 0.5


# --- deep chains --------------------------------------------------------------------------------


def test_gradients_by_biases_are_those_by_the_layers_outputs() -> None:
    network = fresh(partial(deep.chain, "tanh", True, 4, 5, 3, 2), 1)
    rows = Images(torch.rand(6, 1, 2, 2), torch.tensor([0, 1] * 3))
    outputs: list[torch.Tensor] = []
    for layer in network:
        if isinstance(layer, nn.Linear):
            layer.register_forward_hook(lambda _, __, out: outputs.append(out))
    loss = nn.functional.cross_entropy(network(rows.X), rows.y)
    by_output = torch.autograd.grad(loss, outputs)
    expected = [float(torch.linalg.vector_norm(own.sum(dim=0))) for own in by_output]
    for layer in network:
        layer._forward_hooks.clear()
    assert deep.gradient_norms(network, rows) == pytest.approx(expected, rel=1e-5)


def test_a_sigmoid_lets_through_a_quarter_at_most() -> None:
    # So twenty layers whose weights have norm 1 let through 4^-20 at most.
    network = fresh(partial(deep.chain, "sigmoid", True, 4, 4, 8, 2), 1)
    with torch.no_grad():
        for part in network:
            if isinstance(part, nn.Linear):
                part.weight.div_(torch.linalg.matrix_norm(part.weight, 2))
    norms = deep.gradient_norms(network, Images(torch.rand(1, 1, 2, 2), torch.tensor([0])))
    assert norms[0] / norms[-2] <= 0.25**7


def test_first_weights_that_suit_have_the_deviations_of_he_and_glorot() -> None:
    for name, expected in (("ReLU", math.sqrt(2 / 400)), ("sigmoid", math.sqrt(1 / 400))):
        network = fresh(partial(deep.chain, name, True, 400, 400, 1, 400), 1)
        layer = next(part for part in network if isinstance(part, nn.Linear))
        assert float(layer.weight.detach().std()) == pytest.approx(expected, rel=0.02)
        assert not layer.bias.any()


def test_a_unit_is_dead_that_is_below_zero_for_every_row() -> None:
    network = dense([2, 3, 2], partial(nn.LeakyReLU, 0.0))
    layer = network[1]
    assert isinstance(layer, nn.Linear)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
        layer.bias.copy_(torch.tensor([-2.0, 0.0, -1.5]))
    assert dying.dead_share(network, torch.tensor([[1.0, 0.0], [0.0, 1.0]])) == pytest.approx(2 / 3)
    # A dead ReLU passes no gradient back; one with a slope does.
    for slope, flows in ((0.0, False), (0.01, True)):
        chain = nn.Sequential(layer, nn.LeakyReLU(slope))
        gradient = torch.autograd.grad(chain(torch.eye(2))[:, 0].sum(), layer.weight)[0]
        assert bool(gradient[0].any()) == flows


# --- convolutions -------------------------------------------------------------------------------


def test_a_convolution_moves_with_its_image() -> None:
    layer = nn.Conv2d(1, 2, 3, padding=1)
    image = torch.zeros(1, 1, 12, 12)
    image[:, :, 4:8, 4:8] = torch.rand(4, 4)
    with torch.no_grad():
        first, then = layer(image), layer(shifts.moved(image, 2, -1))
    assert torch.allclose(then[:, :, 3:-1, 1:-2], shifts.moved(first, 2, -1)[:, :, 3:-1, 1:-2])


@pytest.mark.parametrize(("down", "across"), [(0, 0), (2, 0), (-1, 0), (0, 3), (0, -3)])
def test_images_move_as_rolled_ones_where_nothing_goes_over_the_edge(
    down: int, across: int
) -> None:
    image = torch.zeros(1, 1, 9, 9)
    image[:, :, 4, 4] = 1
    assert torch.equal(shifts.moved(image, down, across), image.roll((down, across), (2, 3)))


def test_networks_that_pool_differently_have_the_same_weights() -> None:
    counts = {bias.weights(shifts.build(name, 8, [2, 3])) for name in shifts._POOLS}
    assert counts == {bias.weights(convolutional(8, [2, 3]))}
    corner = shifts._POOLS["no pooling"]()
    image = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert torch.equal(corner(image), image[:, :, ::2, ::2])


def test_weights_are_counted_as_layer_sizes_say() -> None:
    # 3x3 weights and a bias a channel; then 7x7 of 16 channels, and 10 biases.
    expected = (9 + 1) * 8 + (9 * 8 + 1) * 16 + 7 * 7 * 16 * 10 + 10
    assert bias.weights(convolutional(28, [8, 16])) == expected
    assert bias.weights(dense([784, 64, 64, 10])) == 784 * 64 + 64 * 64 + 64 * 10 + 138


def test_shuffled_pixels_are_the_same_ones_in_the_same_order_in_every_image() -> None:
    images = torch.arange(18.0).reshape(2, 1, 3, 3)
    moved = bias.shuffled(images, 4)
    assert not torch.equal(moved, images)
    assert torch.equal(moved[0].flatten().sort().values, images[0].flatten())
    assert torch.equal(moved[1], moved[0] + 9)


def test_first_weights_are_multiplied_and_nothing_else() -> None:
    plain = fresh(partial(normal.multiplied, True, 1.0, 8, [2]), 1)
    large = fresh(partial(normal.multiplied, True, 3.0, 8, [2]), 1)
    for one, three in zip(plain, large, strict=True):
        if isinstance(one, nn.Conv2d) and isinstance(three, nn.Conv2d):
            assert torch.allclose(three.weight, 3 * one.weight)
        if isinstance(one, nn.BatchNorm2d) and isinstance(three, nn.BatchNorm2d):
            assert torch.equal(three.weight, one.weight)
    # Batch normalisation makes what follows blind to the scale of what it normalises.
    # What it adds to the variance is scaled too: a channel that hardly varies would feel it.
    x = torch.rand(5, 1, 8, 8)
    plain[0].bias.data.zero_()
    large[0].bias.data.zero_()
    large[1].eps = 9 * plain[1].eps
    torch.testing.assert_close(plain[:3](x), large[:3](x))


# --- recurrent layers, remedies -----------------------------------------------------------------


def test_a_sequence_holds_one_symbol_to_recall_and_others_that_never_are() -> None:
    x = memory.sequences(torch.Generator().manual_seed(1), 500, gap=6, symbols=3)
    assert x.shape == (500, 7)
    assert set(x[:, 0].tolist()) == {0, 1, 2}
    assert set(x[:, 1:].flatten().tolist()) == {3, 4, 5}


@pytest.mark.parametrize(
    ("cell", "gate"), [("open LSTM", "forget gate"), ("open GRU", "update gate")]
)
def test_a_gate_that_begins_open_lets_a_state_fade_by_e_over_the_gap(cell: str, gate: str) -> None:
    gap = 50
    network = fresh(partial(memory.Recaller, cell, 3, 8, gap), 1)
    with torch.no_grad():
        for weight in network.layer.all_weights[0][:2]:
            weight.zero_()
        kept = gates(network.layer, torch.zeros(1, 6))[gate]
    # Kept at each step: gap / (gap + 1).
    assert kept.flatten().tolist() == pytest.approx([gap / (gap + 1)] * 8, rel=1e-5)
    assert float(kept[0, 0]) ** gap == pytest.approx(1 / math.e, rel=0.02)


def test_each_remedy_changes_what_it_names_and_all_is_all_of_them() -> None:
    tried = remedies.remedies(0.001, 0.5, 0.2, 3, 2)
    plain = CNNClassifier().get_params()
    for arguments in tried.values():
        assert arguments.keys() <= plain.keys()
        assert all(plain[name] != value for name, value in arguments.items())
    each = [own for name, own in tried.items() if name not in ("none", "all")]
    assert tried["all"] == {name: value for own in each for name, value in own.items()}
    assert tried["none"] == {}
