"""One step of the two adversaries, against the same by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from handbook.models.gan.drawing import as_bytes
from handbook.models.gan.learner import Adversaries, Settings
from handbook.models.trainer import engine

IMAGES = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (6, 1, 2, 2), np.uint8))


class Maker(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(3, 4)

    def forward(self, latent, labels=None):
        return self.dense(latent).tanh().view(-1, 1, 2, 2)


class Painter(Maker):
    """Paints each image in the grey of its label."""

    def forward(self, latent, labels=None):
        return (labels.argmax(dim=1) / 10).view(-1, 1, 1, 1).expand(-1, 1, 2, 2)


class Critic(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(4, 1)

    def forward(self, images, labels=None):
        return self.dense(images.flatten(1))[:, 0]


def adversaries(
    rate: float = 0.1,
    seed: int = 0,
    rows: torch.Tensor = IMAGES,
    maker: type[Maker] = Maker,
    labels: torch.Tensor | None = None,
    **settings,
):
    torch.manual_seed(5)
    networks = {"generator": maker(), "discriminator": Critic()}
    optimizers = {
        name: torch.optim.SGD(network.parameters(), lr=rate) for name, network in networks.items()
    }
    chosen = Settings(**{"batch_size": 4, "latent": 3, "snapshot_images": 2} | settings)
    generator = torch.Generator().manual_seed(seed)
    return Adversaries(engine(), generator, networks, optimizers, rows, labels, chosen)


def by_hand(learner: Adversaries, noise: torch.Tensor, real: torch.Tensor) -> dict[str, float]:
    """One step in plain formulas, with gradients by hand; the learner's networks stay."""
    maker, critic = (copy_of(learner.networks[name]) for name in ("generator", "discriminator"))
    V, c = maker.dense.weight.detach().double(), maker.dense.bias.detach().double()
    w, b = critic.dense.weight.detach().double()[0], critic.dense.bias.detach().double()
    real, noise = real.double(), noise.double()
    made = torch.tanh(noise @ V.T + c)  # (B, 4)
    n = len(made)

    def sigmoid(x):
        return 1 / (1 + torch.exp(-x))

    on_real, on_made = sigmoid(real @ w + b), sigmoid(made @ w + b)
    loss_d = 0.5 * (-on_real.log().mean() - (1 - on_made).log().mean())
    # d loss / d logit is (answer - truth) / (2 n)
    w = w - 0.1 * (((on_real - 1) @ real + on_made @ made) / (2 * n))
    b = b - 0.1 * ((on_real - 1).sum() + on_made.sum()) / (2 * n)
    on_made_now = sigmoid(made @ w + b)
    loss_g = -on_made_now.log().mean()
    back = ((on_made_now - 1) / n)[:, None] * w * (1 - made**2)  # (B, 4)
    return {
        "loss": loss_g, "discriminator_loss": loss_d,
        "real_answer": on_real.mean(), "made_answer": on_made.mean(),
        "w": w, "b": b, "V": V - 0.1 * back.T @ noise, "c": c - 0.1 * back.sum(dim=0),
    }  # fmt: skip


def copy_of(network: nn.Module) -> nn.Module:
    import copy

    return copy.deepcopy(network)


def test_snapshots_of_a_conditional_model_have_every_label_in_turn() -> None:
    labels = nn.functional.one_hot(torch.tensor([2, 0, 1, 1, 0, 2])).float()
    learner = adversaries(maker=Painter, labels=labels, snapshot_images=7)
    grey = as_bytes(torch.tensor([0, 0.1, 0.2]))
    assert torch.equal(learner.snapshots[0, :, 0, 0, 0], grey[[0, 1, 2, 0, 1, 2, 0]])


def test_one_step_is_the_one_by_hand() -> None:
    learner = adversaries()
    order = learner.generator.get_state()
    noise = torch.randn(4, 3, generator=learner.generator)
    learner.generator.set_state(order)
    batch = torch.tensor([5, 0, 3, 1])
    expected = by_hand(learner, noise, IMAGES[batch].flatten(1).double() / 127.5 - 1)
    means = learner.step(batch)
    for name, value in means.items():
        assert float(value.detach()) == pytest.approx(float(expected[name]), rel=1e-5), name
    critic, maker = learner.networks["discriminator"].dense, learner.networks["generator"].dense
    for weight, name in ((critic.weight[0], "w"), (critic.bias[0], "b"),
                         (maker.weight, "V"), (maker.bias, "c")):  # fmt: skip
        torch.testing.assert_close(weight.detach().double(), expected[name].squeeze(), atol=1e-6,
                                   rtol=1e-5)  # fmt: skip


def test_the_discriminator_can_be_trained_again_after_the_generators_turn() -> None:
    learner = adversaries()
    learner.step(torch.arange(4))
    assert all(weight.requires_grad for weight in learner.networks["discriminator"].parameters())


def test_the_critic_steps_as_often_as_it_is_told_and_the_generator_once() -> None:
    learner = adversaries(loss="wasserstein", critic_steps=3, penalty=0.0, steps=1)
    (batch,) = learner.batches()
    assert len(batch) == 12
    updates = []
    plain = learner.engine.update
    learner.engine.update = lambda loss, network, *rest: (
        updates.append(type(network).__name__), plain(loss, network, *rest),
    )  # fmt: skip
    learner.step(batch)
    assert updates == ["Critic"] * 3 + ["Maker"]


def test_the_books_step_updates_the_discriminator_twice_and_the_generator_on_fresh_noise() -> None:
    learner = adversaries(separate_updates=True, fresh_noise=True)
    maker, critic = (copy_of(learner.networks[name]) for name in ("generator", "discriminator"))
    order = learner.generator.get_state()
    shown, own = (torch.randn(4, 3, generator=learner.generator) for _ in range(2))
    learner.generator.set_state(order)
    batch = torch.tensor([5, 0, 3, 1])
    real = IMAGES[batch].float() / 127.5 - 1
    ones, zeros, entropy = torch.ones(4), torch.zeros(4), nn.BCELoss()

    def descend(network: nn.Module, loss: torch.Tensor) -> float:
        slopes = torch.autograd.grad(loss, list(network.parameters()))
        with torch.no_grad():
            for weight, slope in zip(network.parameters(), slopes, strict=True):
                weight -= 0.1 * slope
        return float(loss.detach())

    # each batch with labels of its own, like two calls of Keras's train_on_batch
    on_real = descend(critic, entropy(critic(real).sigmoid(), ones))
    on_made = descend(critic, entropy(critic(maker(shown).detach()).sigmoid(), zeros))
    deceived = descend(maker, entropy(critic(maker(own)).sigmoid(), ones))
    updates = []
    plain = learner.engine.update
    learner.engine.update = lambda loss, network, *rest: (
        updates.append(type(network).__name__), plain(loss, network, *rest),
    )  # fmt: skip
    means = learner.step(batch)
    assert updates == ["Critic", "Critic", "Maker"]
    assert float(means["discriminator_loss"].detach()) == pytest.approx((on_real + on_made) / 2)
    assert float(means["loss"].detach()) == pytest.approx(deceived)
    for name, network in (("generator", maker), ("discriminator", critic)):
        for weight, value in network.state_dict().items():
            torch.testing.assert_close(learner.networks[name].state_dict()[weight], value)


def test_the_running_mean_forgets_the_first_weights_and_then_keeps_its_share() -> None:
    learner = adversaries(ema=0.5)
    mean = learner.best.dense.bias.clone()
    for step in range(1, 12):
        learner.step(torch.arange(4))
        learner.after_step()
        keep = min(0.5, (1 + step) / (10 + step))
        mean = keep * mean + (1 - keep) * learner.networks["generator"].dense.bias.detach()
    torch.testing.assert_close(learner.best.dense.bias, mean)
    assert learner.best is not learner.networks["generator"]


def test_images_in_bytes_come_back_from_what_the_networks_see() -> None:
    levels = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    learner = adversaries(rows=levels.repeat(4, 1, 1, 1))
    seen = learner._real(torch.tensor([0]))
    assert (float(seen.min()), float(seen.max())) == (-1.0, 1.0)
    assert torch.equal(as_bytes(seen), levels)


def test_half_of_the_real_images_are_mirrored_and_the_others_are_not() -> None:
    rows = torch.arange(4, dtype=torch.uint8).view(1, 1, 1, 4).repeat(400, 1, 1, 1)
    learner = adversaries(rows=rows, flip=True)
    seen = as_bytes(learner._real(torch.arange(400)))[:, 0, 0].tolist()
    assert {tuple(row) for row in seen} == {(0, 1, 2, 3), (3, 2, 1, 0)}
    assert 150 < sum(row[0] == 3 for row in seen) < 250


def test_an_epoch_passes_over_all_rows_that_fill_batches() -> None:
    rows = torch.zeros(10, 1, 2, 2, dtype=torch.uint8)
    learner = adversaries(rows=rows)
    seen = torch.cat(list(learner.batches()))
    assert (len(learner), len(seen), len(set(seen.tolist()))) == (2, 8, 8)


def test_an_epoch_of_a_share_has_other_rows_each_time() -> None:
    rows = torch.zeros(35, 1, 2, 2, dtype=torch.uint8)
    learner = adversaries(rows=rows, share=0.3, batch_size=2)
    assert len(learner) == 5  # of 17 batches
    seen = [torch.cat(list(learner.batches())).tolist() for _ in range(30)]
    assert {len(set(epoch)) for epoch in seen} == {10}
    assert set().union(*seen) == set(range(35))


def test_fewer_rows_than_a_batch_make_a_batch_of_all() -> None:
    learner = adversaries(batch_size=50)
    (batch,) = learner.batches()
    assert sorted(batch.tolist()) == list(range(6))
