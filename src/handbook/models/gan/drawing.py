"""From what a generator gives to pictures: the same bytes in every process."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["as_bytes", "draw"]


def draw(generator: nn.Module, latent: Tensor, labels: Tensor | None = None) -> Tensor:
    """Return the images of latent points, drawn without a gradient and in evaluation mode.

    Parameters
    ----------
    generator : nn.Module
        Latent points and labels to images in [-1, 1], (B, C, H, W). Left in evaluation mode.
    latent : Tensor of shape (B, latent)
    labels : float Tensor of shape (B, K) or None
        One-hot.

    Returns
    -------
    uint8 Tensor of shape (B, C, H, W)
        On the CPU.
    """
    generator.eval()
    # oneDNN's transposed convolutions gave a few pixels of a process's first images another last
    # digit in 3 of 8 processes of two threads; PyTorch's own gave the same bytes in 16 of 16.
    (enabled, *_) = torch.backends.mkldnn.set_flags(_enabled=False)  # type: ignore[no-untyped-call]
    try:
        with torch.inference_mode():
            made: Tensor = generator(latent, labels)
    finally:
        torch.backends.mkldnn.set_flags(_enabled=enabled)  # type: ignore[no-untyped-call]
    return as_bytes(made).cpu()


def as_bytes(images: Tensor) -> Tensor:
    """Return images in [-1, 1] as uint8.

    Examples
    --------
    >>> as_bytes(torch.tensor([-1.0, 0.0, 1.0])).tolist()
    [0, 128, 255]
    """
    return images.detach().float().add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
