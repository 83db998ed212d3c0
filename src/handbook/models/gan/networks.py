"""The networks of 6.7: a generator and two discriminators for small images."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.models.dense import Dense

__all__ = ["ConvolutionalDiscriminator", "DenseDiscriminator", "Generator"]

_SLOPE = 0.2  # of the leaky rectifiers, as in the handbook
_HALVED = 4  # both sides are doubled twice


def _check(shape: tuple[int, int, int]) -> None:
    _, height, width = shape
    if height % _HALVED or width % _HALVED:
        raise HandbookError(
            f"GAN: images of {height}x{width}; expected sides that 4 divides, since the generator "
            "doubles them twice: pad or crop the images"
        )


class Generator(nn.Module):
    """Dense, three transposed convolutions, tanh: images in [-1, 1] from latent points.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of an image; 4 divides height and width.
    latent : int
        Dimensions of a latent point.
    classes : int
        Number of labels, one-hot beside the latent point; 0 for none.
    width : int
        Channels of the first two maps; the third has half of them.
    """

    def __init__(
        self,
        shape: tuple[int, int, int] = (1, 28, 28),
        latent: int = 100,
        classes: int = 0,
        width: int = 128,
    ) -> None:
        super().__init__()
        _check(shape)
        channels, height, across = shape
        self.first = (width, height // _HALVED, across // _HALVED)
        self.dense = Dense(latent + classes, width * self.first[1] * self.first[2])
        half = width // 2
        # the output padding makes stride 2 double the sides
        self.up1 = nn.ConvTranspose2d(width, width, 3, stride=2, padding=1, output_padding=1)
        self.norm1 = nn.BatchNorm2d(width)
        self.up2 = nn.ConvTranspose2d(width, half, 3, stride=1, padding=1)
        self.norm2 = nn.BatchNorm2d(half)
        self.up3 = nn.ConvTranspose2d(half, channels, 3, stride=2, padding=1, output_padding=1)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return images, (B, C, H, W), of latent points, (B, latent), and labels, (B, classes)."""
        if labels is not None:
            latent = torch.cat([latent, labels], dim=1)
        x = nn.functional.leaky_relu(self.dense(latent), _SLOPE)
        x = x.view(-1, *self.first)  # (B, 128, 7, 7), for 28x28 grey images
        x = nn.functional.leaky_relu(self.norm1(self.up1(x)), _SLOPE)  # (B, 128, 14, 14)
        x = nn.functional.leaky_relu(self.norm2(self.up2(x)), _SLOPE)  # (B, 64, 14, 14)
        return torch.tanh(self.up3(x))  # (B, 1, 28, 28)


class DenseDiscriminator(nn.Module):
    """Three dense layers, 784-512-256-1 for 28x28 grey images, without the last sigmoid.

    The sigmoid is in the loss, where it is stable. Unlike the handbook's it takes images, of a
    shape (C, H, W), and labels, one-hot beside the image.
    """

    def __init__(self, shape: tuple[int, int, int] = (1, 28, 28), classes: int = 0) -> None:
        super().__init__()
        channels, height, width = shape
        self.dense1 = Dense(channels * height * width + classes, 512)
        self.dense2 = Dense(512, 256)
        self.dense3 = nn.Linear(256, 1)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the log odds that each image is real, (B,)."""
        x = images.flatten(1)  # (B, 784)
        if labels is not None:
            x = torch.cat([x, labels], dim=1)
        x = nn.functional.leaky_relu(self.dense1(x), _SLOPE)  # (B, 512)
        x = nn.functional.leaky_relu(self.dense2(x), _SLOPE)  # (B, 256)
        return torch.squeeze(self.dense3(x), 1)  # (B,)


class ConvolutionalDiscriminator(nn.Module):
    """Three convolutions of stride 2 and a dense layer.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of an image; 4 divides height and width.
    classes : int
        Number of labels, each a further channel of 0 or 1; 0 for none.
    width : int
        Channels of the first convolution; each one after has twice as many.
    normalize : bool
        Batch normalisation after the second and the third convolution. It makes the answers on
        the images of a batch depend on each other, which the gradient penalty forbids.
    """

    def __init__(
        self,
        shape: tuple[int, int, int] = (1, 28, 28),
        classes: int = 0,
        width: int = 64,
        normalize: bool = True,
    ) -> None:
        super().__init__()
        _check(shape)
        channels, height, across = shape
        self.conv1 = nn.Conv2d(channels + classes, width, 4, stride=2, padding=1)
        # the norm has the bias
        self.conv2 = nn.Conv2d(width, 2 * width, 4, stride=2, padding=1, bias=not normalize)
        self.norm2 = nn.BatchNorm2d(2 * width) if normalize else nn.Identity()
        self.conv3 = nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1, bias=not normalize)
        self.norm3 = nn.BatchNorm2d(4 * width) if normalize else nn.Identity()
        last = -(-height // (2 * _HALVED)) * -(-across // (2 * _HALVED))
        self.dense = nn.Linear(4 * width * last, 1)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the log odds that each image is real, (B,)."""
        x = images  # (B, 1, 28, 28)
        if labels is not None:
            planes = labels[:, :, None, None].expand(-1, -1, *images.shape[2:])
            x = torch.cat([x, planes], dim=1)
        x = nn.functional.leaky_relu(self.conv1(x), _SLOPE)  # (B, 64, 14, 14)
        x = nn.functional.leaky_relu(self.norm2(self.conv2(x)), _SLOPE)  # (B, 128, 7, 7)
        x = nn.functional.leaky_relu(self.norm3(self.conv3(x)), _SLOPE)  # (B, 256, 4, 4)
        return torch.squeeze(self.dense(x.flatten(1)), 1)  # (B,)
