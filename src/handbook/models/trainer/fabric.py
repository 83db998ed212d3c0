"""Mixed precision and several devices, by Lightning Fabric."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any, TypeVar

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.environments import LightningEnvironment, TorchElasticEnvironment
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from handbook.core.errors import HandbookError
from handbook.models.trainer.engine import Engine

__all__ = ["FabricEngine"]

T = TypeVar("T")


class FabricEngine(Engine):
    """A process for each device, each with its part of every batch.

    They are those that `torchrun` has started, on one node or on several, or else forks of this
    one.

    Parameters
    ----------
    device : str
        As torch names it; Fabric chooses its number.
    precision : str
        See :data:`handbook.models.trainer.engine.PRECISIONS`.
    devices : int
    """

    def __init__(self, device: str, precision: str, devices: int) -> None:
        kind = torch.device(device).type
        self.processes = devices
        launched = TorchElasticEnvironment.detect()
        here = int(os.environ["LOCAL_WORLD_SIZE"]) if launched else devices
        self.forks = devices > 1 and not launched
        # A fork keeps the variables of the function.
        several = "ddp" if launched else "ddp_fork"
        self.fabric = Fabric(
            accelerator=kind,
            devices=here,
            num_nodes=devices // here,
            precision=precision,
            strategy=several if devices > 1 else "auto",
            # Fabric by itself takes a batch system's job for its own processes.
            plugins=[TorchElasticEnvironment() if launched else LightningEnvironment()],
        )
        self.device = self.fabric.device

    def launch(self, function: Callable[..., T], *arguments: Any) -> T:
        """See :meth:`Engine.launch`."""

        def run(fabric: Fabric) -> T:
            self.device = fabric.device
            self.leads = fabric.is_global_zero
            return function(self, *arguments)

        launched: T = self._forked(run) if self.forks else self.fabric.launch(run)
        return launched

    def _forked(self, function: Callable[[Fabric], T]) -> T:
        """Call a function in forks; return the first one's result, or raise its error.

        Fabric brings a result through a pipe that nobody empties until the forks have ended: one
        of more than 64 KiB would wait for ever.
        """
        with TemporaryFile() as file:

            def keep(fabric: Fabric) -> None:
                # OpenMP waits for ever for threads that the process before the fork had.
                torch.set_num_threads(1)
                result: T | HandbookError
                try:
                    result = function(fabric)
                except HandbookError as error:
                    result = error
                if self.leads:
                    pickle.dump(result, file)
                    file.flush()

            self.fabric.launch(keep)
            file.seek(0)
            result = pickle.load(file)
        if isinstance(result, HandbookError):
            raise result
        kept: T = result
        return kept

    def setup(
        self, network: nn.Module, optimizer: torch.optim.Optimizer
    ) -> tuple[nn.Module, torch.optim.Optimizer]:
        """See :meth:`Engine.setup`.

        Raises
        ------
        HandbookError
            Several processes would normalise a batch, each its part of it.
        """
        if self.processes > 1 and any(isinstance(part, _BatchNorm) for part in network.modules()):
            raise HandbookError(
                f"batch normalisation on {self.processes} devices: each would normalise by the "
                "mean of its own rows of a batch, which is another network; set devices: 1, or "
                "leave it out where the model lets you (batch_norm: false)"
            )
        wrapped: tuple[nn.Module, torch.optim.Optimizer] = self.fabric.setup(network, optimizer)
        return wrapped

    def _backward(self, loss: Tensor) -> None:
        # Gradients are averaged over processes, whose parts of a batch differ by a row.
        self.fabric.backward(loss if self.weight == 1.0 else loss * self.weight)

    def _clip(self, network: nn.Module, optimizer: torch.optim.Optimizer, longest: float) -> None:
        self.fabric.clip_gradients(network, optimizer, max_norm=longest)

    def mine(self, rows: Tensor) -> Tensor:
        """See :meth:`Engine.mine`."""
        own = rows[self.fabric.global_rank :: self.fabric.world_size]
        self.weight = len(own) * self.processes / len(rows)
        # A process without a row takes its step with the others, on one that has no weight.
        return own if len(own) else rows[:1]

    def agreed(self, value: T) -> T:
        """See :meth:`Engine.agreed`."""
        agreed: T = self.fabric.broadcast(value)
        return agreed

    def total(self, value: Tensor) -> Tensor:
        """See :meth:`Engine.total`."""
        total = self.fabric.all_reduce(value, reduce_op="sum")
        assert isinstance(total, Tensor)
        return total
