"""The engine for a device, a number format and a number of devices."""

from __future__ import annotations

import ctypes
import os

from handbook.core.errors import HandbookError
from handbook.models.trainer.devices import prepare, resolved
from handbook.models.trainer.engine import PRECISIONS, Engine

__all__ = ["engine"]


def engine(device: str = "cpu", precision: str = PRECISIONS[0], devices: int = 1) -> Engine:
    """Return an engine that trains on a device, or on several, in a number format.

    Lightning Fabric is imported only for mixed precision or several devices.

    Parameters
    ----------
    device : str
        As torch names it, or ``auto``: see :func:`handbook.models.trainer.devices.resolved`.
    precision : str
        One of :data:`handbook.models.trainer.engine.PRECISIONS`.
    devices : int

    Raises
    ------
    HandbookError
        The device does not exist, Fabric is needed and not installed, or `torchrun` has started
        another number of processes, or none for several GPUs.
    """
    device = resolved(device)
    _check_launched(device, devices)
    prepare(device)
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


def _check_launched(device: str, devices: int) -> None:
    """Raise an error where the processes that several devices need are not there."""
    launched = "TORCHELASTIC_RUN_ID" in os.environ
    if not launched and devices > 1 and device.startswith("cuda"):
        raise HandbookError(
            f"devices: {devices} on {device}: CUDA cannot be used in forks of a process that has "
            f"looked for it; start the processes by `torchrun --nproc-per-node {devices} -m "
            "handbook ...`, or give a whole rebuild HANDBOOK_LAUNCHER (docs/scale.md)"
        )
    started = int(os.environ["WORLD_SIZE"]) if launched else devices
    if started != devices:
        raise HandbookError(
            f"torchrun has started {started} process(es), and this model trains on {devices} "
            f"device(s): set devices: {started} among its params where the model has that "
            "parameter, or train it without torchrun"
        )


def _keep_freed_memory() -> None:
    """Have the C library keep the memory of freed tensors for new ones, where it is GNU's.

    Otherwise it returns large blocks to the system after each step and faults them in again in
    the next: a fifth of the time of a small convolutional network on two cores.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt") and hasattr(library, "gnu_get_libc_version"):
        for option, most in ((-3, 1 << 30), (-1, (1 << 31) - 1)):  # M_MMAP_ and M_TRIM_THRESHOLD
            library.mallopt(option, most)
