"""The learner of two networks trained against each other."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from handbook.models.gan.drawing import draw
from handbook.models.gan.losses import discriminator_loss, generator_loss, gradient_penalty
from handbook.models.images.augment import flipped
from handbook.models.trainer import Engine, Learner, Row

__all__ = ["Adversaries", "Settings"]


@dataclass(frozen=True)
class Settings:
    """Settings of the training.

    Parameters
    ----------
    batch_size : int
        Images of each update of the discriminator.
    latent : int
        Dimensions of a latent point.
    snapshot_images : int
        Fixed latent points whose images are kept after each epoch.
    steps : int or None
        Steps of an epoch, on rows drawn with replacement; None passes over all rows.
    loss : str
        One of :data:`handbook.models.gan.losses.LOSSES`.
    critic_steps : int
        Updates of the discriminator in a step.
    penalty : float
        Weight of the gradient penalty, for the Wasserstein loss.
    separate_updates : bool
        Update the discriminator on real images and then on made ones, not on both at once.
    fresh_noise : bool
        Update the generator on images of latent points of its own.
    ema : float or None
        Share that the running mean of the generator's weights keeps in a step.
    flip : bool
        Mirror a real image left to right with probability one half, drawn anew each time.
    share : float
        Share of all rows that an epoch has, drawn anew each time; for `steps` None.
    layout : torch.memory_format
        How images lie in memory.
    """

    batch_size: int
    latent: int
    snapshot_images: int
    steps: int | None = None
    loss: str = "standard"
    critic_steps: int = 1
    penalty: float = 10.0
    separate_updates: bool = False
    fresh_noise: bool = False
    ema: float | None = None
    flip: bool = False
    share: float = 1.0
    layout: torch.memory_format = torch.contiguous_format


class Adversaries(Learner):
    """A generator and a discriminator with the training rows.

    Parameters
    ----------
    engine, generator
        See :class:`handbook.models.trainer.Learner`.
    networks : mapping of str to nn.Module
        ``generator`` (latent points, (B, latent), and one-hot labels or None, to images in
        [-1, 1]) and ``discriminator`` (images and the same labels to answers, (B,)).
    optimizers : mapping of str to Optimizer
        By the same names.
    images : uint8 Tensor of shape (N, C, H, W)
        On the device.
    labels : float Tensor of shape (N, K) or None
        One-hot.
    settings : Settings
    """

    recordable = True

    def __init__(
        self,
        engine: Engine,
        generator: torch.Generator,
        networks: Mapping[str, nn.Module],
        optimizers: Mapping[str, torch.optim.Optimizer],
        images: Tensor,
        labels: Tensor | None,
        settings: Settings,
    ) -> None:
        #: The network that images are drawn with: the generator, or its running mean.
        self.best = networks["generator"]
        networks = dict(networks)
        if settings.ema is not None:
            networks["average"] = self.best = copy.deepcopy(networks["generator"])
            self.best.requires_grad_(False)
        super().__init__(engine, generator, networks, optimizers)
        self.plain = networks["generator"]
        self.images = images
        self.labels = labels
        self.settings = settings
        self.size = min(settings.batch_size, len(images))
        self.taken = 0
        self.fixed = self._noise(settings.snapshot_images)
        self.fixed_labels = None
        if labels is not None:
            classes = labels.shape[1]
            codes = torch.arange(settings.snapshot_images, device=engine.device) % classes
            self.fixed_labels = nn.functional.one_hot(codes, classes).float()
        pairs = list(zip(_tensors(self.best), _tensors(self.plain), strict=True))
        self._averaged = _columns([pair for pair in pairs if pair[0].is_floating_point()])
        self._counted = _columns([pair for pair in pairs if not pair[0].is_floating_point()])
        self.snapshots = self._picture()[None]  # (S, images, C, H, W)

    def __len__(self) -> int:
        if self.settings.steps is not None:
            return self.settings.steps
        return max(1, int(self.settings.share * (len(self.images) // self._step_rows)))

    @property
    def _step_rows(self) -> int:
        """Number of rows that a step takes."""
        return self.size * self.settings.critic_steps

    def batches(self) -> Iterable[Tensor]:
        """Yield positions of rows; an epoch over all rows leaves out those that fill no batch."""
        rows, size, device = len(self.images), self._step_rows, self.images.device
        if self.settings.steps is not None:
            for _ in range(self.settings.steps):
                drawn = torch.randint(rows, (size,), generator=self.draws, device=device)
                yield self.engine.mine(drawn)
            return
        order = torch.randperm(rows, generator=self.generator).to(device)
        for number in range(len(self)):
            # fewer rows than a batch are repeated
            positions = torch.arange(number * size, (number + 1) * size, device=device) % rows
            yield self.engine.mine(order[positions])

    def step(self, batch: Tensor) -> dict[str, Tensor]:
        """Update the discriminator `critic_steps` times, and then the generator once."""
        settings = self.settings
        maker, judge = self.networks["generator"], self.networks["discriminator"]
        parts = batch.chunk(settings.critic_steps)
        for number, positions in enumerate(parts, start=1):
            real = self._real(positions)
            labels = None if self.labels is None else self.labels[positions]
            noise = self.engine.mine(self._noise(self.size))
            # the generator is updated on the last images, through their graph
            with torch.set_grad_enabled(number == len(parts) and not settings.fresh_noise):
                made = maker(noise, labels)
            if settings.separate_updates:
                on_real, on_made = self._learn_apart(real, made.detach(), labels)
                loss = discriminator_loss(on_real, on_made)
                continue
            on_real, on_made = judge(real, labels), judge(made.detach(), labels)
            loss = discriminator_loss(on_real, on_made, settings.loss)
            if settings.loss == "wasserstein":
                shares = torch.rand(self.size, generator=self.draws, device=real.device)
                loss = loss + settings.penalty * gradient_penalty(
                    lambda x, labels=labels: judge(x, labels),  # type: ignore[misc]
                    real,
                    made,
                    self.engine.mine(shares),
                )
            self.update(loss, "discriminator")
        if settings.fresh_noise:
            made = maker(self.engine.mine(self._noise(self.size)), labels)
        # the discriminator's weights need no gradient here
        judge.requires_grad_(False)
        deceived = generator_loss(judge(made, labels), settings.loss)
        self.update(deceived, "generator")
        judge.requires_grad_(True)
        answers = (on_real, on_made)
        if settings.loss == "standard":
            answers = (on_real.sigmoid(), on_made.sigmoid())
        return {
            "loss": deceived,
            "discriminator_loss": loss,
            "real_answer": answers[0].mean(),
            "made_answer": answers[1].mean(),
        }

    def _learn_apart(
        self, real: Tensor, made: Tensor, labels: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Update the discriminator on real images, then on made ones; return both answers."""
        judge = self.networks["discriminator"]
        on_real: Tensor = judge(real, labels)
        self.update(softplus(-on_real).mean(), "discriminator")
        on_made: Tensor = judge(made, labels)
        self.update(softplus(on_made).mean(), "discriminator")
        return on_real, on_made

    def after_epoch(self, epoch: int) -> Row:
        """Keep the images of the fixed latent points."""
        self.snapshots = torch.cat([self.snapshots, self._picture()[None]])
        return {}

    def state_dict(self) -> dict[str, Any]:
        """See :meth:`Learner.state_dict`."""
        return super().state_dict() | {
            "taken": self.taken,
            "fixed": self.fixed,
            "snapshots": self.snapshots,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """See :meth:`Learner.load_state_dict`."""
        super().load_state_dict(state)
        self.taken = state["taken"]
        self.fixed = state["fixed"].to(self.engine.device)
        self.snapshots = state["snapshots"]

    def _noise(self, count: int) -> Tensor:
        return torch.randn(
            count, self.settings.latent, generator=self.draws, device=self.draws.device
        )

    def _real(self, positions: Tensor) -> Tensor:
        """Return real images as the networks see them: float, in [-1, 1]."""
        images = self.images[positions].float().div_(127.5).sub_(1.0)
        if self.settings.flip:
            images = flipped(images, self.draws)
        return images.contiguous(memory_format=self.settings.layout)

    def after_step(self) -> None:
        """Update the running mean of the generator's weights."""
        self.taken += 1
        if self.settings.ema is None:
            return
        # a shorter memory at first, which drops the untrained weights
        keep = min(self.settings.ema, (1 + self.taken) / (10 + self.taken))
        means, current = self._averaged
        torch._foreach_lerp_(means, current, 1 - keep)
        if self._counted[0]:
            torch._foreach_copy_(*self._counted)

    def _picture(self) -> Tensor:
        return draw(self.best, self.fixed, self.fixed_labels)


def _tensors(network: nn.Module) -> list[Tensor]:
    """Return weights and buffers; what changes them in place changes the network."""
    return list(network.state_dict().values())


def _columns(pairs: list[tuple[Tensor, Tensor]]) -> tuple[list[Tensor], list[Tensor]]:
    return [first for first, _ in pairs], [second for _, second in pairs]
