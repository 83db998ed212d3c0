"""Images as tensors, and the interface of the networks that classify them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from handbook.core.errors import HandbookError

__all__ = ["ImageNetwork", "Scaled", "image_shape", "image_tensor", "moments"]


class ImageNetwork(nn.Module):
    """Base of the networks of convolutions followed by dense layers."""

    @abstractmethod
    def maps(self, x: Tensor) -> list[Tensor]:
        """Return the outputs of each convolution, after its ReLU and before pooling.

        Images are floats, (B, C, H, W), and outputs (B, channels, height, width).
        """

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """Return the outputs of the last hidden layer, (B, d)."""


class Scaled(nn.Module):
    """A network behind a scaling of its input: (pixel - `shift`) / `scale`.

    `channels_last` keeps a pixel's channels side by side in memory: the same sums in another
    order, quicker on most processors.
    """

    shift: Tensor
    scale: Tensor

    def __init__(
        self,
        network: ImageNetwork,
        shift: float = 0.0,
        scale: float = 255.0,
        channels_last: bool = False,
    ) -> None:
        super().__init__()
        if channels_last:  # images follow, as soon as they meet the first weights
            network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network = network
        # buffers, so that they are saved and loaded with the weights
        self.register_buffer("shift", torch.tensor(shift))
        self.register_buffer("scale", torch.tensor(scale))

    def forward(self, images: Tensor) -> Tensor:
        """Return the network's scores for uint8 images, (B, C, H, W)."""
        scores: Tensor = self.network(self._numbers(images))
        return scores

    def maps(self, images: Tensor) -> list[Tensor]:
        """Return :meth:`ImageNetwork.maps` of uint8 images."""
        return self.network.maps(self._numbers(images))

    def features(self, images: Tensor) -> Tensor:
        """Return :meth:`ImageNetwork.features` of uint8 images."""
        return self.network.features(self._numbers(images))

    def _numbers(self, images: Tensor) -> Tensor:
        return (images - self.shift) / self.scale


def image_tensor(X: Any, estimator: str) -> Tensor:
    """Return images as a uint8 tensor, (N, C, H, W), without copying grey ones.

    HandbookError names the estimator where they are of another type or shape, or there are none.
    """
    X = np.asarray(X)
    if X.dtype != np.uint8 or X.ndim not in (3, 4) or 0 in X.shape:
        raise HandbookError(
            f"{estimator}: expected images as a uint8 array of shape (n, height, width) or "
            f"(n, height, width, channels), got {X.dtype} of {X.shape}"
        )
    if X.ndim == 3:
        X = X[..., np.newaxis]
    images = np.ascontiguousarray(np.moveaxis(X, 3, 1))
    # torch warns of arrays that it cannot write to, such as memory-mapped Arrow columns
    return torch.from_numpy(images if images.flags.writeable else images.copy())


def image_shape(images: Tensor) -> tuple[int, int, int]:
    """Return channels, height and width of images, (N, C, H, W)."""
    _, channels, height, width = images.shape
    return channels, height, width


def moments(images: Tensor) -> tuple[float, float]:
    """Return mean and standard deviation of all pixels; 1 where they are all alike.

    Examples
    --------
    >>> moments(torch.tensor([0, 0, 4, 4], dtype=torch.uint8))
    (2.0, 2.0)
    """
    counts = torch.bincount(images.flatten(), minlength=256).double().numpy()
    levels = np.arange(256)
    mean = float(np.average(levels, weights=counts))
    variance = float(np.average((levels - mean) ** 2, weights=counts))
    return mean, variance**0.5 or 1.0
