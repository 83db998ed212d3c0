"""The deep convolutional generative adversarial network of 6.8."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import get_args

from torch import nn

from handbook.models.gan.deep import DeepDiscriminator, DeepGenerator, Drawn
from handbook.models.gan.estimator import ImageGenerator, Shape
from handbook.models.parameters import COUNT, SHARE, Choice

__all__ = ["DCGAN"]


@dataclass(eq=False, repr=False)
class DCGAN(ImageGenerator):
    """Two networks of convolutions alone, for images of 64x64, trained by Adam.

    The defaults are the handbook's network but for its first weights (`drawn`) and for the block
    of its generator too many, which makes images of 128x128. The handbook leaves the learning
    rate, the latent size and the number of epochs open: the defaults are those of the original
    that it follows. On an H200 it was quickest in 32 bits and without `channels_last`: bf16 and
    `compile` made it slower too. On a CPU it is quick with fewer channels.

    Parameters
    ----------
    epochs : int, default=20
    batch_size : int, default=256
        2 or more. An epoch leaves out rows that fill no batch.
    learning_rate : float, default=0.005
    discriminator_learning_rate : float or None, default=None
        None for that of the generator.
    beta1, beta2 : float, default=0.5 and 0.999
    latent_size : int, default=100
    width : int, default=64
        Channels of the largest maps, in both networks; the smallest have 8 times as many.
    ema, schedule
        See :class:`handbook.models.gan.GAN`.
    flip : bool, default=False
        Mirror a real image left to right with probability one half, drawn anew each time.
    first_norm : bool, default=True
        Whether the discriminator normalises its first map, as in the handbook. It then cannot see
        how bright a batch of images is, and generated images are grey. False is as in the original.
    drawn : {"convolutions", "all"}, default="convolutions"
        What is first drawn from N(0, 0.02): the weights of convolutions, as in the paper, or every
        parameter, the scales of normalisations among them, as in the handbook.
    share : float, default=1.0
        Share of all images that an epoch has, drawn anew in each.
    precision, devices, compile, channels_last, random_state, device
        See :class:`handbook.models.gan.GAN`.

    References
    ----------
    Radford, Metz and Chintala, "Unsupervised representation learning with deep convolutional
    generative adversarial networks" (2016); unlike theirs, the discriminator normalises in its
    first layer too, as the handbook's. Handbook, 6.8.

    Examples
    --------
    >>> import numpy as np
    >>> from handbook.models.gan import DCGAN
    >>> images = np.full((8, 64, 64, 3), 255, np.uint8)
    >>> model = DCGAN(epochs=1, batch_size=4, width=2, random_state=0).fit(images)
    >>> model.sample(5).shape, model.snapshots_.shape
    ((5, 64, 64, 3), (2, 21, 64, 64, 3))
    """

    _snapshot_images = 21

    epochs: int = 20
    batch_size: int = 256
    learning_rate: float = 0.005
    _: KW_ONLY
    width: int = 64
    flip: bool = False
    first_norm: bool = True
    drawn: Drawn = "convolutions"
    share: float = 1.0

    _parameter_constraints = ImageGenerator._parameter_constraints | {
        "width": [COUNT],
        "flip": ["boolean"],
        "first_norm": ["boolean"],
        "drawn": [Choice(get_args(Drawn))],
        "share": [SHARE],
    }

    def _build(self, shape: Shape, classes: int) -> dict[str, nn.Module]:
        return {
            "generator": DeepGenerator(shape[0], self.latent_size, self.width, drawn=self.drawn),
            "discriminator": DeepDiscriminator(
                shape, self.width, first_norm=self.first_norm, drawn=self.drawn
            ),
        }

    def _length(self) -> tuple[int, int | None]:
        return self.epochs, None
