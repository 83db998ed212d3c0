"""The deep convolutional generative adversarial network of 6.8."""

from __future__ import annotations

from typing import Any

from torch import nn

from handbook.models.gan.deep import DeepDiscriminator, DeepGenerator
from handbook.models.gan.estimator import ImageGenerator, Shape
from handbook.models.gan.learner import Settings

__all__ = ["DCGAN"]


class DCGAN(ImageGenerator):
    """Two networks of convolutions alone, for images of 64x64, trained by Adam.

    The defaults are the handbook's network and the settings of the original that it follows. On
    a GPU it is quickest with ``precision="bf16-mixed"``, ``channels_last`` and ``compile``; on a
    CPU with fewer channels.

    Parameters
    ----------
    epochs : int, default=20
    batch_size : int, default=256
        Rows that fill no batch wait for the next epoch.
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
        Whether half of the real images are mirrored, drawn anew in each batch.
    first_norm : bool, default=True
        Whether the discriminator normalises its first map, as in the handbook. It can then not see
        how bright a batch of images is: they come out grey. False is as in the original.
    share : float, default=1.0
        Of all images, how many an epoch has, drawn anew in each; for where all take too long.
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

    _shown = 21

    def __init__(
        self,
        epochs: int = 20,
        batch_size: int = 256,
        learning_rate: float = 0.005,
        *,
        discriminator_learning_rate: float | None = None,
        beta1: float = 0.5,
        beta2: float = 0.999,
        latent_size: int = 100,
        width: int = 64,
        ema: float | None = None,
        schedule: str | None = None,
        flip: bool = False,
        first_norm: bool = True,
        share: float = 1.0,
        precision: str = "32-true",
        devices: int = 1,
        compile: bool = False,
        channels_last: bool = False,
        random_state: Any = None,
        device: str = "cpu",
    ) -> None:
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.latent_size = latent_size
        self.width = width
        self.ema = ema
        self.schedule = schedule
        self.flip = flip
        self.first_norm = first_norm
        self.share = share
        self.precision = precision
        self.devices = devices
        self.compile = compile
        self.channels_last = channels_last
        self.random_state = random_state
        self.device = device

    def _build(self, shape: Shape, classes: int) -> dict[str, nn.Module]:
        return {
            "generator": DeepGenerator(shape[0], self.latent_size, self.width),
            "discriminator": DeepDiscriminator(shape, self.width, first_norm=self.first_norm),
        }

    def _settings(self) -> tuple[Settings, int]:
        settings = Settings(
            batch_size=self.batch_size,
            latent=self.latent_size,
            shown=self._shown,
            ema=self.ema,
            flip=self.flip,
            share=self.share,
            layout=self._layout(),
        )
        return settings, self.epochs

    def _check_settings(self) -> None:
        self._require_shared()
        at_least_one = "1 or more"
        self._require(
            {
                "epochs": (self.epochs >= 1, at_least_one),
                "width": (self.width >= 1, at_least_one),
                "first_norm": (isinstance(self.first_norm, bool), "true or false"),
                "share": (0 < self.share <= 1, "above 0 and at most 1"),
            }
        )
