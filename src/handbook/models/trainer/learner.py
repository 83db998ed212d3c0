"""What a training loop needs of that which it trains."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from handbook.models.trainer.engine import Engine
from handbook.models.trainer.part import Row

__all__ = ["Learner", "restore", "states"]


class Learner(ABC):
    """Networks with their optimizers, the batches of an epoch, and one step on a batch.

    Parameters
    ----------
    engine : Engine
    generator : torch.Generator
        On the processor: draws the order of the rows.
    networks : mapping of str to nn.Module
        By name.
    optimizers : mapping of str to Optimizer
        By the name of the network that each updates.
    """

    #: Whether a step depends on nothing but tensors and generators, so that it can be recorded.
    recordable = False

    def __init__(
        self,
        engine: Engine,
        generator: torch.Generator,
        networks: Mapping[str, nn.Module],
        optimizers: Mapping[str, torch.optim.Optimizer],
    ) -> None:
        self.engine = engine
        self.generator = generator
        #: Draws what a step needs, on the device: on a processor it is the generator itself.
        self.draws = generator
        if engine.device.type != "cpu":
            # numbers that come from the processor would make the device wait at each step
            self.draws = torch.Generator(engine.device).manual_seed(generator.initial_seed())
        self.networks = dict(networks)
        self.optimizers = dict(optimizers)
        for name, optimizer in optimizers.items():
            self.networks[name], self.optimizers[name] = engine.setup(networks[name], optimizer)

    @abstractmethod
    def __len__(self) -> int:
        """Count the batches of an epoch."""

    @abstractmethod
    def batches(self) -> Iterable[Tensor]:
        """Yield one epoch's batches; a batch's length is its weight in the epoch's means."""

    @abstractmethod
    def step(self, batch: Tensor) -> dict[str, Tensor]:
        """Update on a batch; return its mean for each column of the history, ``loss`` first."""

    def generators(self) -> list[torch.Generator]:
        """Return the generators of the device that a step draws from."""
        return [self.draws]

    def after_step(self) -> None:
        """Do what depends on how many steps there have been."""
        return

    def after_epoch(self, epoch: int) -> Row:
        """Measure something after an epoch, with the networks in evaluation mode."""
        return {}

    def update(self, loss: Tensor, network: str, clip: float | None = None) -> None:
        """Take one step of a network, given by name, against the gradient of a loss."""
        self.engine.update(loss, self.networks[network], self.optimizers[network], clip)

    def state_dict(self) -> dict[str, Any]:
        """Return the state that the rest of the training depends on, also within an epoch."""
        return {
            "networks": states(self.networks),
            "optimizers": states(self.optimizers),
            "order": self.generator.get_state(),
            "draws": self.draws.get_state(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore what :meth:`state_dict` returned."""
        restore(self.networks, state["networks"])
        restore(self.optimizers, state["optimizers"])
        self.generator.set_state(state["order"])
        self.draws.set_state(state["draws"])


def states(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of each of several networks, optimizers or schedules, by name."""
    return {name: part.state_dict() for name, part in parts.items()}


def restore(parts: Mapping[str, Any], saved: Mapping[str, Any]) -> None:
    """Give each of several parts the state that :func:`states` returned."""
    for name, part in parts.items():
        part.load_state_dict(saved[name])
