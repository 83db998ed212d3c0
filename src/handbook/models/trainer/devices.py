"""The devices that torch can compute on here, by the names that the catalogue uses."""

from __future__ import annotations

import os

import torch

from handbook.core.errors import HandbookError

__all__ = ["AUTO", "available", "best", "prepare", "resolved", "usable", "widest"]

#: Stands for the first of :func:`available`.
AUTO = "auto"


def available() -> list[str]:
    """Return the devices that torch can compute on here, the quickest first."""
    devices = []
    if torch.cuda.is_available():
        devices.append("cuda")
    if torch.backends.mps.is_available():
        devices.append("mps")
    return [*devices, "cpu"]


def best() -> str:
    """Return the quickest device here."""
    return available()[0]


def resolved(device: str) -> str:
    """Return the device that a name stands for: itself, or for ``auto`` the quickest one here.

    Examples
    --------
    >>> resolved("cpu")
    'cpu'
    """
    return best() if device == AUTO else device


def widest(device: torch.device) -> torch.dtype:
    """Return the longest floating-point format of a device: Apple's GPUs have none of 64 bits."""
    return torch.float32 if device.type == "mps" else torch.float64


def usable(device: str) -> str:
    """Return a device to predict on: the named one where it is here, else the processor.

    A network that was trained on a GPU answers on a machine without one.

    Examples
    --------
    >>> usable("neverheard")
    'cpu'
    """
    device = resolved(device)
    return device if device.split(":")[0] in available() else "cpu"


def prepare(device: str) -> None:
    """Make a device ready to train on, with the choices that its results depend on.

    Raises
    ------
    HandbookError
        It is not here.
    """
    if device.startswith("cuda"):
        # cuBLAS gives the same bits each time only with a workspace of its own, before CUDA starts.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        # Sums in 32 bits stay in 32 bits: TF32 keeps 10 of 23 binary digits of each factor.
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        # Trying several algorithms of a convolution may choose another one next time.
        torch.backends.cudnn.benchmark = False
    try:
        torch.empty(0, device=device)
    except (AssertionError, RuntimeError) as error:
        # torch's own words may be a page long
        reason = str(error).splitlines()[0][:100].rstrip(".")
        raise HandbookError(
            f"device {device!r} cannot be used: {reason}; here torch {torch.__version__} computes "
            f"on {', '.join(available())}; give device: auto, which takes the quickest of them, or "
            "device: cpu" + _build(device)
        ) from error


def _build(device: str) -> str:
    """Return what more to do where torch was built without CUDA."""
    if device.startswith("cuda") and torch.version.cuda is None:
        return "; for an NVIDIA GPU run `make setup TORCH=cuda` first"
    return ""
