"""The learner of a network that learns targets from rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import torch
from torch import Tensor, nn

from handbook.models.trainer.devices import widest
from handbook.models.trainer.engine import Engine
from handbook.models.trainer.learner import Learner
from handbook.models.trainer.part import Row

__all__ = ["AT_ONCE", "Measure", "Supervised", "accuracy"]

#: A function of outputs, (B, ...), and targets, (B,); gives a mean over the rows.
Measure: TypeAlias = Callable[[Tensor, Tensor], Tensor]

#: Rows of a batch outside training. What a network makes of a hundred small images stays in a
#: core's cache: of a thousand at once, a convolutional network took twice as long for each.
AT_ONCE = 100


def accuracy(scores: Tensor, labels: Tensor) -> Tensor:
    """Return the share of rows, (B,), whose class has the largest score, (B, K)."""
    return (scores.argmax(dim=1) == labels).to(widest(scores.device)).mean()


class Supervised(Learner):
    """A network with its training rows, which stay on the device.

    Parameters
    ----------
    engine, generator
        See :class:`handbook.models.trainer.Learner`.
    network : nn.Module
    optimizer : Optimizer
    inputs : Tensor of shape (N, ...)
    targets : Tensor of shape (N,)
    loss : callable
        What each step lowers.
    measures : mapping of str to callable
        Further columns of the history.
    batch_size : int
    held_out : int
        Number of rows, the last ones, that are held out and measured after each epoch.
    validation_loss : callable or None
        The loss on them, where it is not `loss`.
    """

    recordable = True

    def __init__(
        self,
        engine: Engine,
        generator: torch.Generator,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        inputs: Tensor,
        targets: Tensor,
        *,
        loss: Measure,
        measures: Mapping[str, Measure],
        batch_size: int,
        held_out: int = 0,
        validation_loss: Measure | None = None,
    ) -> None:
        super().__init__(engine, generator, {"network": network}, {"network": optimizer})
        self.plain = network  # without what the engine wraps around it
        self.inputs = inputs
        self.targets = targets
        self.loss = loss
        self.measures = dict(measures)
        self.batch_size = batch_size
        self.trained = len(inputs) - held_out
        self.validation_loss = validation_loss or loss

    @property
    def learned(self) -> nn.Module:
        """The network that is measured and kept."""
        return self.plain

    def __len__(self) -> int:
        return -(-self.trained // self.batch_size)

    def batches(self) -> Iterable[Tensor]:
        """Yield positions of rows, all of them in random order."""
        order = torch.randperm(self.trained, generator=self.generator).to(self.inputs.device)
        return map(self.engine.mine, torch.split(order, self.batch_size))

    def step(self, batch: Tensor) -> dict[str, Tensor]:
        """Update on the rows at `batch`."""
        targets = self.targets[batch]
        outputs = self.networks["network"](self.altered(self.inputs[batch]))
        loss = self.loss(outputs, targets)
        self.update(loss, "network")
        kept = outputs.detach()
        return {"loss": loss.detach()} | {
            name: measure(kept, targets) for name, measure in self.measures.items()
        }

    def altered(self, inputs: Tensor) -> Tensor:
        """Return what a step learns from in the place of some rows."""
        return inputs

    def after_epoch(self, epoch: int) -> Row:
        """Measure the rows that are held out."""
        targets = self.targets[self.trained :]
        if not len(targets):
            return {}
        parts = torch.split(self.inputs[self.trained :], AT_ONCE)
        outputs = torch.cat([self.learned(part) for part in parts])
        return {"validation_loss": float(self.validation_loss(outputs, targets))} | {
            f"validation_{name}": float(measure(outputs, targets))
            for name, measure in self.measures.items()
        }
