"""The learner of the image classifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from handbook.models.images.augment import flipped, shifted
from handbook.models.trainer import Engine, Learner, Row
from handbook.models.trainer.devices import widest

__all__ = ["AT_ONCE", "Labelled"]

#: Images of a batch outside training.
AT_ONCE = 1000


class Labelled(Learner):
    """A classifier's network with its training rows, which stay on the device as bytes.

    Parameters
    ----------
    engine, generator
        See :class:`handbook.models.trainer.Learner`.
    network : nn.Module
        Maps uint8 images, (B, C, H, W), to class scores, (B, K).
    images : uint8 Tensor of shape (N, C, H, W)
    labels : int64 Tensor of shape (N,)
        Class codes.
    held_out : int
        Number of rows, the last ones, that are held out and measured after each epoch.
    smoothing : float
        Share of each label that is spread over all classes.
    averaging : float
        Share of itself that a running mean of the weights keeps at each batch; :attr:`learned` is
        the mean. 0 for none.
    shift : int
        Most pixels by which an image is moved along each axis, drawn anew each time.
    flip : bool
        Mirror an image left to right with probability one half, drawn anew each time.
    """

    recordable = True

    def __init__(
        self,
        engine: Engine,
        generator: torch.Generator,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        images: Tensor,
        labels: Tensor,
        *,
        batch_size: int,
        held_out: int = 0,
        smoothing: float = 0.0,
        averaging: float = 0.0,
        shift: int = 0,
        flip: bool = False,
    ) -> None:
        super().__init__(engine, generator, {"network": network}, {"network": optimizer})
        self.plain = network  # without what the engine wraps around it
        self.averaged: AveragedModel | None = None
        if averaging:
            mean = get_ema_multi_avg_fn(averaging)  # type: ignore[no-untyped-call]
            self.averaged = AveragedModel(network, multi_avg_fn=mean, use_buffers=True)
            self.networks["averaged"] = self.averaged
        self.images = images
        self.labels = labels
        self.batch_size = batch_size
        self.trained = len(images) - held_out
        self.loss = nn.CrossEntropyLoss(label_smoothing=smoothing)
        self.shift = shift
        self.flip = flip
        self.wide = widest(engine.device)
        self.alterations = torch.Generator(engine.device)

    @property
    def learned(self) -> nn.Module:
        """The network that is measured and kept."""
        return self.plain if self.averaged is None else self.averaged.module

    def __len__(self) -> int:
        return -(-self.trained // self.batch_size)

    def batches(self) -> Iterable[Tensor]:
        """Yield positions of rows, all of them in random order."""
        order = torch.randperm(self.trained, generator=self.generator).to(self.images.device)
        if self.shift or self.flip:
            # Another generator: processes with different parts of a batch draw the same order.
            seed = torch.randint(2**31, (), generator=self.generator)
            self.alterations.manual_seed(int(seed))
        return map(self.engine.mine, torch.split(order, self.batch_size))

    def step(self, batch: Tensor) -> dict[str, Tensor]:
        """Update on the rows at `batch`."""
        images, labels = self.images[batch], self.labels[batch]
        if self.shift:
            images = shifted(images, self.shift, self.alterations)
        if self.flip:
            images = flipped(images, self.alterations)
        scores = self.networks["network"](images)
        loss = self.loss(scores, labels)
        self.update(loss, "network")
        return {
            "loss": loss.detach(),
            "accuracy": (scores.detach().argmax(dim=1) == labels).to(self.wide).mean(),
        }

    def generators(self) -> list[torch.Generator]:
        """See :meth:`Learner.generators`."""
        return [self.draws, self.alterations]

    def after_step(self) -> None:
        """Update the running mean of the weights."""
        if self.averaged is not None:
            self.averaged.update_parameters(self.plain)

    def state_dict(self) -> dict[str, Any]:
        """See :meth:`Learner.state_dict`."""
        return super().state_dict() | {"alterations": self.alterations.get_state()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """See :meth:`Learner.load_state_dict`."""
        super().load_state_dict(state)
        self.alterations.set_state(state["alterations"])

    def after_epoch(self, epoch: int) -> Row:
        """Measure the rows that are held out."""
        labels = self.labels[self.trained :]
        if not len(labels):
            return {}
        parts = torch.split(self.images[self.trained :], AT_ONCE)
        scores = torch.cat([self.learned(part) for part in parts])
        return {
            "validation_loss": float(nn.functional.cross_entropy(scores, labels)),
            "validation_accuracy": float((scores.argmax(dim=1) == labels).to(self.wide).mean()),
        }
