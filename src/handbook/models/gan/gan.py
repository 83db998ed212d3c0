"""The generative adversarial network of 6.7, with the varieties that 6.5 names."""

from __future__ import annotations

from typing import Any

from torch import nn

from handbook.core.errors import HandbookError, nearest
from handbook.models.gan.estimator import ImageGenerator, Shape
from handbook.models.gan.learner import Settings
from handbook.models.gan.losses import LOSSES
from handbook.models.gan.networks import ConvolutionalDiscriminator, DenseDiscriminator, Generator

__all__ = ["GAN"]

_DISCRIMINATORS = ("dense", "convolutional")


class GAN(ImageGenerator):
    """A generator and a discriminator of small images, trained against each other by Adam.

    The defaults are the handbook's settings. A step makes one batch of images: the discriminator
    is updated on it and on a batch of real ones, then the generator on the new answers to the
    same images, as Goodfellow et al. and the common code do it; drawing other latent points for
    the generator would cost a third more time.

    Parameters
    ----------
    n_steps : int, default=10_000
        Updates of the generator.
    loss : {"standard", "wasserstein"}, default="standard"
        Binary cross-entropy, or the Wasserstein distance with gradient penalty.
    conditional : bool, default=False
        Whether images are asked for by label (`y` of :meth:`fit`).
    discriminator : {"dense", "convolutional"}, default="dense"
        See :mod:`handbook.models.gan.networks`; the convolutional one normalises over a batch
        with the standard loss alone.
    batch_size : int, default=128
    learning_rate : float, default=2e-4
    discriminator_learning_rate : float or None, default=None
        None for that of the generator.
    beta1, beta2 : float, default=0.5 and 0.999
        Of Adam.
    latent_size : int, default=100
    width : int, default=128
        Channels of the generator, see :class:`handbook.models.gan.networks.Generator`.
    discriminator_width : int, default=64
        Channels of the convolutional discriminator.
    critic_steps : int, default=5
        Updates of the discriminator for each of the generator; with the Wasserstein loss alone.
    penalty : float, default=10.0
        Weight of the gradient penalty; with the Wasserstein loss alone.
    ema : float or None, default=None
        Images are made by a running mean of the generator's weights, which keeps this share of
        itself in a step; it is steadier than the weights of any one step. None for the latter.
    schedule : str or None, default=None
        See :class:`handbook.models.trainer.Schedule`; of both learning rates.
    snapshot_every : int, default=200
        Steps between two samples of 25 images; a row of the history is as long. Divides `n_steps`.
    precision : str, default="32-true"
        See :data:`handbook.models.trainer.engine.PRECISIONS`.
    devices : int, default=1
    compile : bool, default=False
        Whether torch compiles both networks first.
    channels_last : bool, default=False
        Whether images lie in memory pixel by pixel, which GPUs like in mixed precision.
    random_state : int, RandomState instance or None, default=None
        Seed of the first weights, the rows and the latent points; torch's global generator is
        neither used nor changed.
    device : str, default="cpu"
        Where torch computes. Results repeat to the bit on one machine, device and number of
        threads.

    References
    ----------
    Goodfellow et al., "Generative adversarial nets" (2014). Mirza and Osindero, "Conditional
    generative adversarial nets" (2014). Gulrajani et al., "Improved training of Wasserstein
    GANs" (2017). Yazici et al., "The unusual effectiveness of averaging in GAN training" (2019),
    for `ema`. Handbook, 6.5 and 6.7.

    Examples
    --------
    >>> import numpy as np
    >>> from handbook.models.gan import GAN
    >>> images = np.full((64, 8, 8), 255, np.uint8)
    >>> model = GAN(n_steps=10, snapshot_every=5, batch_size=16, width=8, random_state=0)
    >>> made = model.fit(images).sample(3)
    >>> made.shape, made.dtype, model.snapshot_steps_
    ((3, 8, 8), dtype('uint8'), [0, 5, 10])
    """

    _shown = 25

    def __init__(
        self,
        n_steps: int = 10_000,
        loss: str = "standard",
        *,
        conditional: bool = False,
        discriminator: str = "dense",
        batch_size: int = 128,
        learning_rate: float = 2e-4,
        discriminator_learning_rate: float | None = None,
        beta1: float = 0.5,
        beta2: float = 0.999,
        latent_size: int = 100,
        width: int = 128,
        discriminator_width: int = 64,
        critic_steps: int = 5,
        penalty: float = 10.0,
        ema: float | None = None,
        schedule: str | None = None,
        snapshot_every: int = 200,
        precision: str = "32-true",
        devices: int = 1,
        compile: bool = False,
        channels_last: bool = False,
        random_state: Any = None,
        device: str = "cpu",
    ) -> None:
        self.n_steps = n_steps
        self.loss = loss
        self.conditional = conditional
        self.discriminator = discriminator
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.latent_size = latent_size
        self.width = width
        self.discriminator_width = discriminator_width
        self.critic_steps = critic_steps
        self.penalty = penalty
        self.ema = ema
        self.schedule = schedule
        self.snapshot_every = snapshot_every
        self.precision = precision
        self.devices = devices
        self.compile = compile
        self.channels_last = channels_last
        self.random_state = random_state
        self.device = device

    @property
    def _conditional(self) -> bool:  # type: ignore[override]
        return self.conditional

    def _build(self, shape: Shape, classes: int) -> dict[str, nn.Module]:
        judge: nn.Module
        if self.discriminator == "dense":
            judge = DenseDiscriminator(shape, classes)
        else:
            judge = ConvolutionalDiscriminator(
                shape, classes, self.discriminator_width, normalize=self.loss == "standard"
            )
        return {
            "generator": Generator(shape, self.latent_size, classes, self.width),
            "discriminator": judge,
        }

    def _settings(self) -> tuple[Settings, int]:
        wasserstein = self.loss == "wasserstein"
        settings = Settings(
            batch_size=self.batch_size,
            latent=self.latent_size,
            shown=self._shown,
            steps=self.snapshot_every,
            loss=self.loss,
            critic_steps=self.critic_steps if wasserstein else 1,
            penalty=self.penalty,
            ema=self.ema,
            layout=self._layout(),
        )
        return settings, self.n_steps // self.snapshot_every

    def _check_settings(self) -> None:
        self._require_shared()
        for name, known in (("loss", LOSSES), ("discriminator", _DISCRIMINATORS)):
            value = getattr(self, name)
            if value not in known:
                raise HandbookError(f"GAN: {name} {value!r} is unknown; {nearest(value, known)}")
        at_least_one, every = "1 or more", self.snapshot_every
        self._require(
            {
                "snapshot_every": (every >= 1, at_least_one),
                "n_steps": (
                    self.n_steps >= 1 and every >= 1 and self.n_steps % every == 0,
                    f"a multiple of snapshot_every, {every!r}",
                ),
                "width": (self.width >= 2, "2 or more"),
                "discriminator_width": (self.discriminator_width >= 1, at_least_one),
                "critic_steps": (self.critic_steps >= 1, at_least_one),
                "penalty": (self.penalty >= 0, "a number that is not negative"),
                "devices": (
                    self.devices == 1 or self.loss == "standard",
                    "1 with the Wasserstein loss: its gradient penalty is not spread over devices",
                ),
            }
        )
