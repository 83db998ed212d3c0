"""The learner of the image classifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from handbook.models.images.augment import flipped, shifted
from handbook.models.trainer import Engine
from handbook.models.trainer.supervised import Supervised, accuracy

__all__ = ["Labelled"]


class Labelled(Supervised):
    """A classifier's network with its training images, which stay on the device as bytes.

    Parameters
    ----------
    engine, generator, batch_size, held_out
        See :class:`handbook.models.trainer.supervised.Supervised`.
    network : nn.Module
        Maps uint8 images, (B, C, H, W), to class scores, (B, K).
    images : uint8 Tensor of shape (N, C, H, W)
    labels : int64 Tensor of shape (N,)
        Class codes.
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
        super().__init__(
            engine,
            generator,
            network,
            optimizer,
            images,
            labels,
            loss=nn.CrossEntropyLoss(label_smoothing=smoothing),
            measures={"accuracy": accuracy},
            batch_size=batch_size,
            held_out=held_out,
            validation_loss=nn.functional.cross_entropy,
        )
        self.averaged: AveragedModel | None = None
        if averaging:
            mean = get_ema_multi_avg_fn(averaging)  # type: ignore[no-untyped-call]
            self.averaged = AveragedModel(network, multi_avg_fn=mean, use_buffers=True)
            self.networks["averaged"] = self.averaged
        self.shift = shift
        self.flip = flip
        self.alterations = torch.Generator(engine.device)

    @property
    def learned(self) -> nn.Module:
        """The network that is measured and kept."""
        return self.plain if self.averaged is None else self.averaged.module

    def batches(self) -> Iterable[Tensor]:
        """See :meth:`Supervised.batches`."""
        batches = super().batches()
        if self.shift or self.flip:
            # Another generator: processes with different parts of a batch draw the same order.
            seed = torch.randint(2**31, (), generator=self.generator)
            self.alterations.manual_seed(int(seed))
        return batches

    def altered(self, inputs: Tensor) -> Tensor:
        """Return images that are shifted and flipped, as asked for."""
        if self.shift:
            inputs = shifted(inputs, self.shift, self.alterations)
        return flipped(inputs, self.alterations) if self.flip else inputs

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
