"""What both adversarial models share: scikit-learn's API around a generator and the trainer."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.models.gan.drawing import draw
from handbook.models.gan.latent import spherical
from handbook.models.gan.learner import Adversaries, Rows, Settings
from handbook.models.trainer import Engine, Row, reproducible, train
from handbook.models.trainer.estimator import TorchEstimator, weights

__all__ = ["ImageGenerator"]

Array = npt.NDArray[Any]
Shape = tuple[int, int, int]

_AT_ONCE = 500  # images of a batch that is only made


class ImageGenerator(TorchEstimator):
    """Base of the models that make images: a subclass stores its parameters and builds networks.

    Subclasses have the parameters `batch_size`, `learning_rate`, `discriminator_learning_rate`,
    `beta1`, `beta2`, `latent_size`, `ema`, `schedule`, `precision`, `devices`, `compile`,
    `channels_last`, `random_state` and `device`, as :class:`handbook.models.gan.GAN` describes
    them.

    Attributes
    ----------
    image_shape_ : tuple of int
        Of one image, as it was given and is returned.
    state_ : bytes
        The generator's weights (their running mean with `ema`), as safetensors.
    history_ : list of dict
        A row an epoch: ``loss`` (the generator's), ``discriminator_loss``, and the
        discriminator's mean answers ``real_answer`` and ``made_answer``: probabilities of being
        real, or with the Wasserstein loss any numbers.
    snapshots_ : uint8 ndarray of shape (S, images, H, W[, C])
        What the same latent points became before training and after each epoch.
    snapshot_steps_ : list of int
        Updates of the generator before each.
    classes_, class_shares_ : ndarray of shape (K,)
        The labels and their shares; only of a conditional model.
    """

    batch_size: int
    learning_rate: float
    discriminator_learning_rate: float | None
    beta1: float
    beta2: float
    latent_size: int
    ema: float | None
    schedule: str | None
    precision: str
    devices: int
    compile: bool
    channels_last: bool

    _shown: int  # images of a snapshot
    _conditional = False

    @abstractmethod
    def _build(self, shape: Shape, classes: int) -> dict[str, nn.Module]:
        """Return a fresh ``generator`` and ``discriminator`` for images of `shape` (C, H, W)."""

    @abstractmethod
    def _settings(self) -> tuple[Settings, int]:
        """Return how the two are trained, and for how many epochs."""

    @abstractmethod
    def _check_settings(self) -> None:
        """Raise for a parameter that will not do."""

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train a fresh pair of networks.

        Parameters
        ----------
        X : uint8 array of shape (n, height, width) or (n, height, width, channels)
        y : array-like of shape (n,) or None
            Labels; of a conditional model, otherwise not looked at.

        Raises
        ------
        HandbookError
            If the images or a setting do not fit, or the training diverges.
        """
        self._check_settings()
        images = self._images(X)
        codes = self._codes(y, len(images))
        self.image_shape_ = tuple(np.shape(X)[1:])
        engine = self._engine()
        self.state_, self.history_, self.snapshots_, self.snapshot_steps_ = engine.launch(
            self._train, images, codes
        )
        self.__dict__.pop("_network", None)  # of an earlier fit
        return self

    def _train(
        self, engine: Engine, images: Tensor, codes: Tensor | None
    ) -> tuple[bytes, list[Row], Array, list[int]]:
        """Train fresh networks, in each process that the engine starts."""
        classes = self._classes()
        settings, epochs = self._settings()
        one_hot = None
        if codes is not None:
            one_hot = nn.functional.one_hot(codes, classes).float().to(engine.device)
        with reproducible(self._seed()) as generator:
            networks = {
                name: network.to(engine.device, memory_format=settings.layout)  # type: ignore[call-overload]
                for name, network in self._build(_shape(images), classes).items()
            }
            rates = {"generator": self.learning_rate, "discriminator": self.learning_rate}
            if self.discriminator_learning_rate is not None:
                rates["discriminator"] = self.discriminator_learning_rate
            optimizers = {
                name: torch.optim.Adam(
                    network.parameters(), lr=rates[name], betas=(self.beta1, self.beta2)
                )
                for name, network in networks.items()
            }
            if self.compile:
                for network in networks.values():
                    network.compile()  # in place: names of weights stay
            learner = Adversaries(
                engine,
                generator,
                networks,
                optimizers,
                Rows(images.to(engine.device), one_hot),
                settings,
            )
            history = train(learner, epochs=epochs, schedule=self.schedule, **self._watched())
        seen = learner.snapshots.numpy()  # (S, shown, C, H, W)
        steps = [epoch * len(learner) for epoch in range(len(seen))]
        return weights(learner.best), history, self._pictures(seen), steps

    def sample(self, n: int, random_state: Any = 0, labels: Any = None) -> Array:
        """Make images.

        Parameters
        ----------
        n : int
        random_state : int, RandomState instance or None, default=0
            Latent points are drawn with it.
        labels : array-like of shape (n,), one label for all, or None
            What to make, of a conditional model; None draws labels as often as they were in the
            training rows.

        Returns
        -------
        uint8 array of shape (n, H, W[, C])
            Each depends on its own latent point and label alone.
        """
        check_is_fitted(self, "state_")
        random = check_random_state(random_state)
        latent = random.standard_normal((n, self.latent_size))
        return self._made(latent, self._wanted(labels, n, random))

    def interpolate(self, pairs: int, steps: int, random_state: Any = 0) -> Array:
        """Make the images on the way between pairs of latent points.

        Parameters
        ----------
        pairs : int
            A conditional model gives each pair one label, the first ones of its classes.
        steps : int
            Images of each way, both ends included.
        random_state : int, RandomState instance or None, default=0

        Returns
        -------
        uint8 array of shape (pairs, steps, H, W[, C])
        """
        check_is_fitted(self, "state_")
        ends = check_random_state(random_state).standard_normal((2, pairs, self.latent_size))
        points = spherical(ends[0], ends[1], np.linspace(0, 1, steps))  # (pairs, steps, latent)
        labels = None
        if self._conditional:
            labels = np.repeat(self.classes_[np.arange(pairs) % len(self.classes_)], steps)
        made = self._made(points.reshape(-1, self.latent_size), labels)
        return made.reshape(pairs, steps, *self.image_shape_)

    def _made(self, latent: Array, labels: Array | None) -> Array:
        """Return the images of latent points, (n, latent)."""
        network = self._loaded(
            lambda: self._build(self._image_shape(), self._classes())["generator"], self.state_
        )
        device = torch.device(self.device)
        points = torch.from_numpy(np.asarray(latent, dtype=np.float32))
        one_hot = None
        if labels is not None:
            codes = torch.from_numpy(np.searchsorted(self.classes_, labels))
            one_hot = nn.functional.one_hot(codes, len(self.classes_)).float()
        made = []
        for first in range(0, len(points), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            asked = None if one_hot is None else one_hot[part].to(device)
            made.append(draw(network, points[part].to(device), asked))
        channels, height, width = self._image_shape()
        images = torch.cat(made) if made else torch.zeros(0, channels, height, width).byte()
        return self._pictures(images.numpy())

    def _pictures(self, images: Array) -> Array:
        """Return images (..., C, H, W) in the form in which they were given."""
        pictures = np.moveaxis(images, -3, -1)
        return np.ascontiguousarray(pictures).reshape(*images.shape[:-3], *self.image_shape_)

    def _image_shape(self) -> Shape:
        height, width, *channels = self.image_shape_
        return (channels[0] if channels else 1), height, width

    def _classes(self) -> int:
        return len(self.classes_) if self._conditional else 0

    def _codes(self, y: Any, n: int) -> Tensor | None:
        """Return the labels' codes, and keep what they stand for."""
        if not self._conditional:
            return None
        if y is None or np.shape(y) != (n,):
            told = "no labels" if y is None else f"labels of shape {np.shape(y)}"
            raise HandbookError(
                f"{type(self).__name__}: {n} images but {told}; a conditional model expects one "
                "label an image"
            )
        self.classes_, codes, counts = np.unique(
            np.asarray(y), return_inverse=True, return_counts=True
        )
        self.class_shares_ = counts / n
        return torch.from_numpy(codes)

    def _wanted(self, labels: Any, n: int, random: Any) -> Array | None:
        """Return a label for each image that is to be made, None where there are no labels."""
        if not self._conditional:
            if labels is not None:
                raise HandbookError(
                    f"{type(self).__name__}: asked for labels, but was not trained with any; "
                    "set conditional and train it again"
                )
            return None
        if labels is None:
            drawn: Array = random.choice(self.classes_, size=n, p=self.class_shares_)
            return drawn
        wanted = np.broadcast_to(np.asarray(labels), (n,))
        strange = wanted[~np.isin(wanted, self.classes_)]
        if len(strange):
            raise HandbookError(
                f"{type(self).__name__}: asked for label {strange[0]!r}; it was trained with "
                f"{', '.join(map(str, self.classes_))}"
            )
        return wanted

    def _images(self, X: Any) -> Tensor:
        """Return images as a uint8 tensor, (N, C, H, W)."""
        X = np.asarray(X)
        if X.dtype != np.uint8 or X.ndim not in (3, 4) or 0 in X.shape:
            raise HandbookError(
                f"{type(self).__name__}: expected images as a uint8 array of shape "
                f"(n, height, width) or (n, height, width, channels), got {X.dtype} of {X.shape}"
            )
        if len(X) < 2:
            raise HandbookError(
                f"{type(self).__name__}: {len(X)} image; expected at least 2, since normalisation "
                "is over a batch"
            )
        if X.ndim == 3:
            X = X[..., np.newaxis]
        images = np.ascontiguousarray(np.moveaxis(X, 3, 1))
        # torch warns of arrays that it cannot write to, such as memory-mapped Arrow columns
        return torch.from_numpy(images if images.flags.writeable else images.copy())

    def _layout(self) -> torch.memory_format:
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def _require_shared(self) -> None:
        """Raise for a parameter that both models have and that will not do."""
        at_least_one, share = "1 or more", "a number from 0 on and below 1"
        rate = "a number that is not negative"
        other = self.discriminator_learning_rate
        self._require(
            {
                "batch_size": (self.batch_size >= 2, "2 or more: normalisation is over a batch"),
                "latent_size": (self.latent_size >= 1, at_least_one),
                "learning_rate": (self.learning_rate >= 0, rate),
                "discriminator_learning_rate": (
                    other is None or other >= 0,
                    f"null for that of the generator, or {rate}",
                ),
                "beta1": (0 <= self.beta1 < 1, share),
                "beta2": (0 <= self.beta2 < 1, share),
                "ema": (self.ema is None or 0 <= self.ema < 1, f"null, or {share}"),
            }
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "generator"
        tags.target_tags.required = self._conditional
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


def _shape(images: Tensor) -> Shape:
    channels, height, width = images.shape[1:]
    return channels, height, width
