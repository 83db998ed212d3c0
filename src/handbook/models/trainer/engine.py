"""Where gradients are computed: plain torch, or Lightning Fabric where that is asked for."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from handbook.core.errors import HandbookError, nearest

__all__ = ["PRECISIONS", "Engine", "engine"]

T = TypeVar("T")

#: Number formats, in Fabric's words; all but the first need it.
PRECISIONS = ("32-true", "bf16-mixed", "16-mixed", "bf16-true")


class Engine:
    """One process with plain torch, in 32 bits.

    Parameters
    ----------
    device : str
        Where networks and rows are put.
    """

    def __init__(self, device: str = "cpu") -> None:
        self.device = torch.device(device)

    def launch(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function with this engine and `arguments`, in as many processes as it needs.

        Returns
        -------
        object
            What the function returns in the first process: bytes and numbers, since tensors of a
            process that has ended are gone.
        """
        return function(self, *arguments)

    def setup(
        self, network: nn.Module, optimizer: torch.optim.Optimizer
    ) -> tuple[nn.Module, torch.optim.Optimizer]:
        """Make a network, already on the device, and its optimizer ready for :meth:`update`."""
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
        loss.backward()  # type: ignore[no-untyped-call]
        if clip is not None:
            nn.utils.clip_grad_norm_(network.parameters(), clip)
        optimizer.step()

    def mine(self, rows: Tensor) -> Tensor:
        """Return this process's part of a batch's rows."""
        return rows

    def total(self, value: Tensor) -> Tensor:
        """Return the sum of a number over all processes."""
        return value


def engine(device: str = "cpu", precision: str = "32-true", devices: int = 1) -> Engine:
    """Return what trains on `devices` devices of a kind in a number format.

    Lightning Fabric is imported only where mixed precision or several devices are asked for.

    Raises
    ------
    HandbookError
        A format or device that does not exist, or Fabric is needed and not installed.
    """
    if precision not in PRECISIONS:
        raise HandbookError(f"precision {precision!r} is unknown; {nearest(precision, PRECISIONS)}")
    if devices < 1:
        raise HandbookError(f"devices is {devices!r}; expected 1 or more")
    try:
        torch.empty(0, device=device)
    except (AssertionError, RuntimeError) as error:
        raise HandbookError(
            f"device {device!r} cannot be used: {str(error).splitlines()[0]}; "
            "give device: cpu, or run this tier where there is such a device"
        ) from error
    _keep_freed_memory()
    if precision == PRECISIONS[0] and devices == 1:
        return Engine(device)
    try:
        from handbook.models.trainer.fabric import FabricEngine
    except ImportError as error:
        raise HandbookError(
            f"precision {precision!r} on {devices} device(s) is done by Lightning Fabric, which "
            f"is not installed ({error}): install this package with its extra `fabric`, or use "
            f"precision {PRECISIONS[0]!r} and one device"
        ) from error
    return FabricEngine(device, precision, devices)


def _keep_freed_memory() -> None:
    """Have the C library keep what large tensors free for the next ones, where it is GNU's.

    It would return blocks to the system after each step and fault them in again, empty, in the
    next: a fifth of the time of a small convolutional network on two cores.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt") and hasattr(library, "gnu_get_libc_version"):
        for option, most in ((-3, 1 << 30), (-1, (1 << 31) - 1)):  # M_MMAP_ and M_TRIM_THRESHOLD
            library.mallopt(option, most)
