"""Mixed precision and several devices, by Lightning Fabric."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from handbook.models.trainer.engine import Engine

__all__ = ["FabricEngine"]

T = TypeVar("T")


class FabricEngine(Engine):
    """A process for each device, each with its part of every batch.

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
        self.fabric = Fabric(
            accelerator=kind,
            devices=devices,
            precision=precision,
            # A fork keeps the variables of the function; the parent must not have used CUDA.
            strategy="ddp_fork" if devices > 1 else "auto",
        )
        # Before `launch`, Fabric's own device would start CUDA in the parent.
        self.device = torch.device(kind) if devices > 1 else self.fabric.device

    def launch(self, function: Callable[..., T], *arguments: Any) -> T:
        """See :meth:`Engine.launch`."""

        def run(fabric: Fabric) -> T:
            self.device = fabric.device
            return function(self, *arguments)

        result: T = self.fabric.launch(run)
        return result

    def setup(
        self, network: nn.Module, optimizer: torch.optim.Optimizer
    ) -> tuple[nn.Module, torch.optim.Optimizer]:
        """See :meth:`Engine.setup`."""
        wrapped: tuple[nn.Module, torch.optim.Optimizer] = self.fabric.setup(network, optimizer)
        return wrapped

    def _backward(self, loss: Tensor) -> None:
        self.fabric.backward(loss)

    def _clip(self, network: nn.Module, optimizer: torch.optim.Optimizer, longest: float) -> None:
        self.fabric.clip_gradients(network, optimizer, max_norm=longest)

    def mine(self, rows: Tensor) -> Tensor:
        """See :meth:`Engine.mine`."""
        return rows[self.fabric.global_rank :: self.fabric.world_size]

    def total(self, value: Tensor) -> Tensor:
        """See :meth:`Engine.total`."""
        total = self.fabric.all_reduce(value, reduce_op="sum")
        assert isinstance(total, Tensor)
        return total
