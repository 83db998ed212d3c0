"""Two networks against each other, as the trainer sees them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from handbook.models.gan.drawing import draw
from handbook.models.gan.losses import discriminator_loss, generator_loss, gradient_penalty
from handbook.models.trainer import Engine, Learner, Row

__all__ = ["Adversaries", "Rows", "Settings"]


@dataclass(frozen=True)
class Settings:
    """How the two are trained.

    Parameters
    ----------
    batch_size : int
        Images of a step; with `critic_steps`, of each of the critic's.
    latent : int
        Numbers of a latent point.
    shown : int
        Fixed latent points whose images are kept after each epoch.
    steps : int or None
        Steps of an epoch, on rows drawn with replacement; None passes over all rows.
    loss : str
        Out of :data:`handbook.models.gan.losses.LOSSES`.
    critic_steps : int
        Updates of the discriminator in a step.
    penalty : float
        Weight of the gradient penalty; of the Wasserstein loss alone.
    ema : float or None
        Share that the running mean of the generator's weights keeps in a step.
    flip : bool
        Whether half of the real images are mirrored, drawn anew each time.
    share : float
        Of all rows, how many an epoch passes over, drawn anew each time; with `steps` None.
    layout : torch.memory_format
        How images lie in memory.
    """

    batch_size: int
    latent: int
    shown: int
    steps: int | None = None
    loss: str = "standard"
    critic_steps: int = 1
    penalty: float = 10.0
    ema: float | None = None
    flip: bool = False
    share: float = 1.0
    layout: torch.memory_format = torch.contiguous_format


@dataclass(frozen=True)
class Rows:
    """The training rows, on the device.

    Parameters
    ----------
    images : uint8 Tensor of shape (N, C, H, W)
    labels : float Tensor of shape (N, K) or None
        One-hot.
    """

    images: Tensor
    labels: Tensor | None = None


class Adversaries(Learner):
    """A generator and a discriminator with the rows that the latter learns to know.

    Parameters
    ----------
    engine, generator
        See :class:`handbook.models.trainer.Learner`.
    networks : mapping of str to nn.Module
        ``generator`` (latent points, (B, latent), and one-hot labels or None, to images in
        [-1, 1]) and ``discriminator`` (images and the same labels to answers, (B,)).
    optimizers : mapping of str to Optimizer
        By the same names.
    rows : Rows
    settings : Settings
    """

    def __init__(
        self,
        engine: Engine,
        generator: torch.Generator,
        networks: Mapping[str, nn.Module],
        optimizers: Mapping[str, torch.optim.Optimizer],
        rows: Rows,
        settings: Settings,
    ) -> None:
        #: What images are drawn with: the generator, or the running mean of it.
        self.best = networks["generator"]
        every = dict(networks)
        if settings.ema is not None:
            every["average"] = self.best = copy.deepcopy(networks["generator"])
            self.best.requires_grad_(False)
        super().__init__(engine, generator, every, optimizers)
        self.plain = networks["generator"]
        self.rows = rows
        self.settings = settings
        self.size = min(settings.batch_size, len(rows.images))
        self.taken = 0
        self.fixed = self._noise(settings.shown).to(engine.device)
        self.fixed_labels = None
        if rows.labels is not None:
            classes = rows.labels.shape[1]
            codes = torch.arange(settings.shown, device=engine.device) % classes
            self.fixed_labels = nn.functional.one_hot(codes, classes).float()
        self.snapshots = self._picture()[None]  # (S, shown, C, H, W)

    def __len__(self) -> int:
        if self.settings.steps is not None:
            return self.settings.steps
        return max(1, int(self.settings.share * (len(self.rows.images) // self._each)))

    @property
    def _each(self) -> int:
        """Rows that a step takes."""
        return self.size * self.settings.critic_steps

    def batches(self) -> Iterable[Tensor]:
        """Yield positions of rows; the last ones that fill no batch wait for another epoch."""
        images = self.rows.images
        if self.settings.steps is not None:
            for _ in range(self.settings.steps):
                drawn = torch.randint(len(images), (self._each,), generator=self.generator)
                yield self.engine.mine(drawn.to(images.device))
            return
        order = torch.randperm(len(images), generator=self.generator)
        order = order.to(images.device)
        for number in range(len(self)):
            # fewer rows than a batch fill it in turn
            places = torch.arange(number * self._each, (number + 1) * self._each) % len(order)
            yield self.engine.mine(order[places.to(order.device)])

    def step(self, batch: Tensor) -> dict[str, Tensor]:
        """Update the discriminator, as often as it is asked for, and then the generator once."""
        settings, device = self.settings, self.engine.device
        maker, judge = self.networks["generator"], self.networks["discriminator"]
        parts = batch.chunk(settings.critic_steps)
        for place, positions in enumerate(parts):
            real = self._real(positions)
            labels = None if self.rows.labels is None else self.rows.labels[positions]
            noise = self.engine.mine(self._noise(self.size)).to(device)
            # the last images serve the generator too, with the graph behind them
            with torch.set_grad_enabled(place == len(parts) - 1):
                made = maker(noise, labels)
            on_real, on_made = judge(real, labels), judge(made.detach(), labels)
            loss = discriminator_loss(on_real, on_made, settings.loss)
            if settings.loss == "wasserstein":
                shares = torch.rand(self.size, generator=self.generator)
                loss = loss + settings.penalty * gradient_penalty(
                    lambda x, labels=labels: judge(x, labels),  # type: ignore[misc]
                    real,
                    made,
                    self.engine.mine(shares).to(device),
                )
            self.update(loss, "discriminator")
        # gradients of the judge's own weights would be thrown away
        judge.requires_grad_(False)
        deceived = generator_loss(judge(made, labels), settings.loss)
        self.update(deceived, "generator")
        judge.requires_grad_(True)
        self.taken += 1
        self._average()
        answers = (on_real, on_made)
        if settings.loss == "standard":
            answers = (on_real.sigmoid(), on_made.sigmoid())
        return {
            "loss": deceived,
            "discriminator_loss": loss,
            "real_answer": answers[0].mean(),
            "made_answer": answers[1].mean(),
        }

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
        return torch.randn(count, self.settings.latent, generator=self.generator)

    def _real(self, positions: Tensor) -> Tensor:
        """Return real images as the networks see them: float, in [-1, 1]."""
        images = self.rows.images[positions].float().div_(127.5).sub_(1.0)
        if self.settings.flip:
            mirrored = torch.rand(len(images), generator=self.generator) < 0.5
            images = torch.where(mirrored.to(images.device)[:, None, None, None],
                                 images.flip(3), images)  # fmt: skip
        return images.contiguous(memory_format=self.settings.layout)

    def _average(self) -> None:
        """Take the generator's weights into their running mean."""
        if self.settings.ema is None:
            return
        # shorter at first, so that the first weights are soon forgotten
        keep = min(self.settings.ema, (1 + self.taken) / (10 + self.taken))
        ours, theirs = self.best.state_dict(), self.plain.state_dict()
        for name, value in ours.items():
            if value.is_floating_point():
                value.lerp_(theirs[name], 1 - keep)
            else:
                value.copy_(theirs[name])

    def _picture(self) -> Tensor:
        return draw(self.best, self.fixed, self.fixed_labels)
