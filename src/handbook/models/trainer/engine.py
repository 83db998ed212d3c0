"""The interface between the training loop and the processes and devices that compute it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

__all__ = ["PRECISIONS", "Engine"]

T = TypeVar("T")

#: Number formats, in Lightning Fabric's terms; all but the first need Fabric.
PRECISIONS = ("32-true", "bf16-mixed", "16-mixed", "bf16-true")


class Engine:
    """One process with plain torch, in 32 bits.

    Parameters
    ----------
    device : str
        Where networks and rows are put.
    """

    #: How many share each batch.
    processes = 1
    #: Whether this process reports and keeps what is made; the others only compute.
    leads = True
    #: Whether all of them are forks of the process that calls :meth:`launch`.
    forks = False
    #: Of this process's mean over its rows of a batch, in the mean over all processes.
    weight = 1.0
    #: Whether steps are recorded, see :mod:`handbook.models.trainer.recording`.
    records = False

    def __init__(self, device: str = "cpu") -> None:
        self.device = torch.device(device)
        self.records = self.device.type == "cuda"

    def launch(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function with this engine and `arguments`, in one process per device.

        Returns
        -------
        object
            The result in the first process: bytes and numbers, since tensors end with a process.
        """
        return function(self, *arguments)

    def setup(
        self, network: nn.Module, optimizer: torch.optim.Optimizer
    ) -> tuple[nn.Module, torch.optim.Optimizer]:
        """Prepare a network, already on the device, and its optimizer for :meth:`update`."""
        return network, optimizer

    def update(
        self,
        loss: Tensor,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        clip: float | None = None,
    ) -> None:
        """Take one step against the gradient of `loss`.

        Parameters
        ----------
        loss : Tensor
            A scalar.
        network, optimizer
            As :meth:`setup` returned them.
        clip : float or None
            The longest gradient allowed, by its Euclidean norm over all of the network.
        """
        optimizer.zero_grad(set_to_none=True)
        self._backward(loss)
        if clip is not None:
            self._clip(network, optimizer, clip)
        optimizer.step()

    def _backward(self, loss: Tensor) -> None:
        loss.backward()  # type: ignore[no-untyped-call]

    def _clip(self, network: nn.Module, optimizer: torch.optim.Optimizer, longest: float) -> None:
        nn.utils.clip_grad_norm_(network.parameters(), longest)

    def mine(self, rows: Tensor) -> Tensor:
        """Return this process's part of a batch's rows, which :meth:`update` is on next."""
        return rows

    def agreed(self, value: T) -> T:
        """Return what the leading process has."""
        return value

    def total(self, value: Tensor) -> Tensor:
        """Return the sum of a number over all processes."""
        return value
