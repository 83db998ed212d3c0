"""The networks of 6.7 and 6.8: layers by hand, first weights, losses in closed form."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from handbook.core.errors import HandbookError
from handbook.models.gan import spherical
from handbook.models.gan.deep import DeepDiscriminator, DeepGenerator
from handbook.models.gan.losses import discriminator_loss, generator_loss, gradient_penalty
from handbook.models.gan.networks import ConvolutionalDiscriminator, DenseDiscriminator, Generator


def count(network: nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


def test_the_generator_has_the_books_layers() -> None:
    dense = 100 * 6272 + 6272
    first = 128 * 128 * 9 + 128 + 2 * 128
    second = 128 * 64 * 9 + 64 + 2 * 64
    last = 64 * 1 * 9 + 1
    assert count(Generator()) == dense + first + second + last == 855_809
    assert Generator()(torch.zeros(2, 100)).shape == (2, 1, 28, 28)


def test_the_discriminator_has_the_books_layers_and_takes_what_the_generator_makes() -> None:
    assert count(DenseDiscriminator()) == 784 * 512 + 512 + 512 * 256 + 256 + 256 + 1 == 533_505
    assert DenseDiscriminator()(Generator()(torch.zeros(3, 100))).shape == (3,)


def test_the_generator_is_the_plain_composition_of_its_layers() -> None:
    net, z = Generator().eval(), torch.randn(3, 100)
    plain = nn.Sequential(
        net.dense, nn.LeakyReLU(0.2), nn.Unflatten(1, (128, 7, 7)),
        net.up1, net.norm1, nn.LeakyReLU(0.2), net.up2, net.norm2, nn.LeakyReLU(0.2),
        net.up3, nn.Tanh(),
    )  # fmt: skip
    torch.testing.assert_close(net(z), plain(z))


def test_the_discriminators_are_the_plain_composition_of_their_layers() -> None:
    images = torch.randn(3, 1, 28, 28)
    net = DenseDiscriminator()
    plain = nn.Sequential(
        nn.Flatten(), net.dense1, nn.LeakyReLU(0.2), net.dense2, nn.LeakyReLU(0.2), net.dense3
    )
    torch.testing.assert_close(net(images), plain(images)[:, 0])
    other = ConvolutionalDiscriminator()
    plain = nn.Sequential(
        other.conv1, nn.LeakyReLU(0.2), other.conv2, other.norm2, nn.LeakyReLU(0.2),
        other.conv3, other.norm3, nn.LeakyReLU(0.2), nn.Flatten(), other.dense,
    )  # fmt: skip
    torch.testing.assert_close(other(images), plain(images)[:, 0])


def test_without_normalisation_an_answer_depends_on_its_own_image_alone() -> None:
    images = torch.randn(4, 1, 28, 28)
    for normalize in (True, False):
        judge = ConvolutionalDiscriminator(normalize=normalize)
        alone = torch.allclose(judge(images)[:2], judge(images[:2]), atol=1e-5)
        assert alone is not normalize


def test_a_label_is_looked_at_by_both_networks() -> None:
    labels = torch.eye(10)[[3, 5]]
    latent = torch.randn(1, 100).repeat(2, 1)
    images = Generator(classes=10).eval()(latent, labels)
    assert not torch.allclose(images[0], images[1])
    for judge in (DenseDiscriminator(classes=10), ConvolutionalDiscriminator(classes=10)):
        answers = judge(images[:1].repeat(2, 1, 1, 1), labels)
        assert answers[0] != answers[1]


def test_other_sizes_and_colours_fit_too() -> None:
    made = Generator((3, 8, 12), latent=5, width=4)(torch.zeros(2, 5))
    assert made.shape == (2, 3, 8, 12)
    for judge in (DenseDiscriminator((3, 8, 12)), ConvolutionalDiscriminator((3, 8, 12))):
        assert judge(made).shape == (2,)


@pytest.mark.parametrize("network", [Generator, ConvolutionalDiscriminator])
def test_sides_that_cannot_be_halved_twice_are_refused(network) -> None:
    with pytest.raises(HandbookError, match="30x28; expected sides that 4 divides"):
        network((1, 30, 28))


# --- 6.8 ----------------------------------------------------------------------------------------


def test_the_deep_networks_have_the_books_channels() -> None:
    ends = (100, 512, 256, 128, 64, 3)
    weights = sum(16 * a * b for a, b in itertools.pairwise(ends))
    assert count(DeepGenerator()) == weights + 2 * (512 + 256 + 128 + 64) == 3_576_704
    ends = (3, 64, 128, 256, 512, 1)
    weights = sum(16 * a * b for a, b in itertools.pairwise(ends))
    assert count(DeepDiscriminator()) == weights + 2 * (64 + 128 + 256 + 512) == 2_765_696


def test_each_block_doubles_or_halves_the_sides() -> None:
    def sides(network: nn.Module, x: torch.Tensor, kind: type[nn.Module]) -> list[int]:
        seen = [x.shape[-1]]
        for layer in network.layers:
            x = layer(x)
            if isinstance(layer, kind):
                seen.append(x.shape[-1])
        return seen

    latent = torch.zeros(2, 100, 1, 1)
    assert sides(DeepGenerator(width=2), latent, nn.ConvTranspose2d) == [1, 4, 8, 16, 32, 64]
    images = torch.zeros(2, 3, 64, 64)
    assert sides(DeepDiscriminator(width=2), images, nn.Conv2d) == [64, 32, 16, 8, 4, 1]


def test_a_normalised_first_map_hides_how_bright_a_batch_is() -> None:
    images = torch.rand(8, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    for first_norm in (True, False):
        judge = DeepDiscriminator(width=4, first_norm=first_norm)
        with torch.no_grad():
            judge.layers[0].weight.mul_(50)  # so that the norm's epsilon counts for nothing
            bright, dim = judge(images), judge(images / 4)
        assert torch.allclose(bright, dim, atol=1e-3) is first_norm


def test_images_of_another_size_are_refused_by_the_deep_discriminator() -> None:
    with pytest.raises(HandbookError, match="DCGAN: images of 28x28; expected 64x64"):
        DeepDiscriminator((1, 28, 28))


@pytest.mark.parametrize("network", [DeepGenerator, DeepDiscriminator])
def test_first_weights_are_normal_with_deviation_002(network) -> None:
    torch.manual_seed(0)
    for module in network().modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            values = module.weight.detach().flatten().double()
            n = len(values)
            assert float(values.mean()) == pytest.approx(0, abs=4 * 0.02 / math.sqrt(n))
            assert float(values.std()) == pytest.approx(0.02, rel=4 / math.sqrt(2 * n))
            # of a normal distribution, not only of its first two moments
            assert float((values.abs() < 0.02).double().mean()) == pytest.approx(
                0.6827, abs=4 * 0.47 / math.sqrt(n)
            )


@pytest.mark.parametrize("network", [DeepGenerator, DeepDiscriminator])
def test_every_parameter_may_begin_at_deviation_002_scales_of_normalisations_too(network) -> None:
    torch.manual_seed(0)
    own = network(drawn="all")
    torch.manual_seed(0)
    book = network()
    assert all((scale == 1).all() for scale in norms(book))
    for weight in book.parameters():
        nn.init.normal_(weight, 0, 0.02)
    for part in (norms, lambda network: [*network.parameters()]):
        drawn, expected = (torch.cat([w.detach().flatten() for w in part(n)]) for n in (own, book))
        for values in (drawn, expected):
            bound = 4 / math.sqrt(2 * len(values))
            assert float(values.std()) == pytest.approx(0.02, rel=bound)
            assert float(values.mean()) == pytest.approx(0, abs=0.04 * bound)


def norms(network: nn.Module) -> list[torch.Tensor]:
    return [module.weight for module in network.modules() if isinstance(module, nn.BatchNorm2d)]


def test_scales_of_002_leave_grey_images_and_answers_of_one_half() -> None:
    torch.manual_seed(0)
    points, images = torch.randn(16, 100), torch.rand(16, 3, 64, 64) * 2 - 1
    for drawn, small in (("all", True), ("convolutions", False)):
        with torch.no_grad():
            made = DeepGenerator(drawn=drawn)(points)
            answers = DeepDiscriminator(drawn=drawn)(images).sigmoid()
        # of the range of 2 that tanh gives, and of the range of 1 that answers have
        assert (float(made.abs().max()) < 0.1) is small
        assert (float((answers - 0.5).abs().max()) < 0.1) is small


# --- losses -------------------------------------------------------------------------------------


def test_the_losses_are_binary_cross_entropy_on_the_books_sigmoid() -> None:
    on_real, on_made = torch.randn(50), torch.randn(50)
    entropy = nn.BCELoss()
    expected = 0.5 * entropy(on_real.sigmoid(), torch.ones(50))
    expected += 0.5 * entropy(on_made.sigmoid(), torch.zeros(50))
    torch.testing.assert_close(discriminator_loss(on_real, on_made), expected)
    torch.testing.assert_close(generator_loss(on_made), entropy(on_made.sigmoid(), torch.ones(50)))


def test_they_stay_finite_where_a_sigmoid_is_0() -> None:
    sure = torch.tensor([200.0, -200.0])
    assert float(discriminator_loss(-sure, sure)) == pytest.approx(100)
    assert float(generator_loss(sure)) == pytest.approx(100)


def test_the_wasserstein_losses_are_differences_of_means() -> None:
    on_real, on_made = torch.tensor([1.0, 3.0]), torch.tensor([5.0, -1.0])
    assert float(discriminator_loss(on_real, on_made, "wasserstein")) == 0.0
    assert float(generator_loss(on_made, "wasserstein")) == -2.0


def test_the_penalty_of_a_linear_critic_is_that_of_its_weights() -> None:
    critic = nn.Sequential(nn.Flatten(), nn.Linear(12, 1))
    real, made = torch.randn(2, 4, 3, 2, 2)
    penalty = gradient_penalty(lambda x: critic(x)[:, 0], real, made, torch.rand(4))
    length = critic[1].weight.norm()
    torch.testing.assert_close(penalty, (length - 1) ** 2)
    # d (|w| - 1)^2 / dw = 2 (|w| - 1) w / |w|
    penalty.backward()
    weight = critic[1].weight
    torch.testing.assert_close(weight.grad, (2 * (length - 1) / length * weight).detach())


def test_the_penalty_is_taken_between_the_real_and_the_made_image() -> None:
    seen = []

    def critic(x: torch.Tensor) -> torch.Tensor:
        seen.append(x.detach().clone())
        return x.pow(2).flatten(1).sum(dim=1) / 2  # its slope is the image itself

    real, made = torch.zeros(2, 1, 1, 1), torch.full((2, 1, 1, 1), 4.0)
    penalty = gradient_penalty(critic, real, made, torch.tensor([0.25, 1.0]))
    assert seen[0].flatten().tolist() == [3.0, 0.0]
    assert penalty.item() == pytest.approx(((3 - 1) ** 2 + (0 - 1) ** 2) / 2)


# --- latent points ------------------------------------------------------------------------------


def test_a_way_on_the_sphere_keeps_its_length_and_ends_where_it_should() -> None:
    random = np.random.default_rng(0)
    start, end = random.normal(size=(2, 5, 100))
    end *= np.linalg.norm(start, axis=1, keepdims=True) / np.linalg.norm(end, axis=1, keepdims=True)
    way = spherical(start, end, np.linspace(0, 1, 7))
    assert way.shape == (5, 7, 100)
    np.testing.assert_allclose(way[:, 0], start)
    np.testing.assert_allclose(way[:, -1], end, atol=1e-12)
    lengths = np.linalg.norm(way, axis=2)
    np.testing.assert_allclose(lengths, lengths[:, :1].repeat(7, axis=1))
    # in even steps: each turns by the same angle
    turned = (way[:, 1:] * way[:, :-1]).sum(axis=2)
    np.testing.assert_allclose(turned, turned[:, :1].repeat(6, axis=1))


def test_between_a_point_and_itself_there_is_only_that_point() -> None:
    point = np.array([3.0, 4.0])
    np.testing.assert_allclose(
        spherical(point, point, np.array([0.0, 0.3, 1.0])), np.tile(point, (3, 1))
    )
