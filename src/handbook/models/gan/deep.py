"""The networks of 6.8: convolutions alone, with batch normalisation, for images of 64x64."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from handbook.core.errors import HandbookError

__all__ = ["DeepDiscriminator", "DeepGenerator", "Drawn"]

#: What begins at N(0, 0.02): the weights of convolutions, or every parameter.
Drawn = Literal["convolutions", "all"]

_SLOPE = 0.2
_DEVIATION = 0.02  # of the first weights: Radford et al. (2016), and the handbook
_STEPS = 4  # doublings or halvings between 4x4 and 64x64
_SIDE = 4 * 2**_STEPS


def _check(shape: tuple[int, int, int]) -> None:
    if shape[1:] != (_SIDE, _SIDE):
        raise HandbookError(
            f"DCGAN: images of {shape[1]}x{shape[2]}; expected {_SIDE}x{_SIDE}: resize them"
        )


def _normal(network: nn.Module, drawn: Drawn) -> None:
    """Draw first weights from N(0, 0.02).

    Where they are those of convolutions alone, normalisations begin as the identity. Where they
    are all, scales of 0.02 on average leave little of what passes a normalisation.
    """
    if drawn == "all":
        for parameter in network.parameters():
            nn.init.normal_(parameter, 0.0, _DEVIATION)
        return
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, _DEVIATION)


class DeepGenerator(nn.Module):
    """Five transposed 4x4 convolutions, from a latent point to an image in [-1, 1].

    `width` is the number of channels of the last map before the image; each one before has twice
    as many: 512, 256, 128 and 64 with the handbook's 64. `drawn` is one of :data:`Drawn`.
    """

    def __init__(
        self,
        channels: int = 3,
        latent: int = 100,
        width: int = 64,
        *,
        drawn: Drawn = "convolutions",
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = latent
        for step in range(_STEPS):
            after = width * 2 ** (_STEPS - 1 - step)
            # from 1x1 to 4x4, then twice the side each time; the norm has the bias
            stride, padding = (1, 0) if step == 0 else (2, 1)
            layers += [
                nn.ConvTranspose2d(before, after, 4, stride, padding, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(inplace=True),
            ]
            before = after
        layers += [nn.ConvTranspose2d(before, channels, 4, 2, 1, bias=False), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        _normal(self, drawn)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return images, (B, channels, 64, 64), of latent points, (B, latent)."""
        images: Tensor = self.layers(latent[:, :, None, None])
        return images


class DeepDiscriminator(nn.Module):
    """Five 4x4 convolutions, from an image to one number, without the last sigmoid.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of an image: any number, 64, 64.
    width : int
        Channels of the first map; each one after has twice as many, up to 8 times.
    first_norm : bool
        Whether the first map is normalised too. This removes what is the same all over a batch,
        such as a grey background, from real and made images alike.
    drawn : {"convolutions", "all"}
        See :data:`Drawn`.
    """

    def __init__(
        self,
        shape: tuple[int, int, int] = (3, 64, 64),
        width: int = 64,
        *,
        first_norm: bool = True,
        drawn: Drawn = "convolutions",
    ) -> None:
        super().__init__()
        _check(shape)
        layers: list[nn.Module] = []
        before = shape[0]
        for step in range(_STEPS):
            after = width * 2**step
            normalised = first_norm or step > 0
            layers.append(nn.Conv2d(before, after, 4, 2, 1, bias=not normalised))
            if normalised:
                layers.append(nn.BatchNorm2d(after))
            layers.append(nn.LeakyReLU(_SLOPE, inplace=True))
            before = after
        layers.append(nn.Conv2d(before, 1, 4, 1, 0, bias=False))
        self.layers = nn.Sequential(*layers)
        _normal(self, drawn)

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the log odds that each image is real, (B,)."""
        return torch.flatten(self.layers(images))
