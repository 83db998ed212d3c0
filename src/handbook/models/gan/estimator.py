"""The base of both adversarial models: scikit-learn's API around a generator and the trainer."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.models.gan.drawing import draw
from handbook.models.gan.latent import spherical
from handbook.models.gan.learner import Adversaries, Settings
from handbook.models.images.pixels import image_shape, image_tensor
from handbook.models.parameters import COUNT, FRACTION, NON_NEGATIVE
from handbook.models.trainer import Engine, Row, reproducible
from handbook.models.trainer.compiling import compile_or_leave
from handbook.models.trainer.engine import PRECISIONS
from handbook.models.trainer.estimator import TorchEstimator, weights
from handbook.models.trainer.supervised import AT_ONCE

__all__ = ["ImageGenerator"]

Array = npt.NDArray[Any]
Shape = tuple[int, int, int]


@dataclass(eq=False, repr=False, kw_only=True)
class ImageGenerator(TorchEstimator):
    """Base of the models that generate images: a subclass adds parameters and builds the networks.

    :class:`handbook.models.gan.GAN` describes the parameters.

    Attributes
    ----------
    image_shape_ : tuple of int
        Of one image in `X`, without the row axis.
    state_ : bytes
        The generator's weights (their running mean with `ema`), as safetensors.
    history_ : list of dict
        A row per epoch: ``loss`` (the generator's), ``discriminator_loss``, and the
        discriminator's mean answers ``real_answer`` and ``made_answer``: probabilities of being
        real, or with the Wasserstein loss any numbers.
    snapshots_ : uint8 ndarray of shape (S, images, H, W[, C])
        Images of the same latent points before training and after each epoch.
    snapshot_steps_ : list of int
        Updates of the generator before each.
    classes_, class_shares_ : ndarray of shape (K,)
        The labels and their shares; only of a conditional model.
    """

    discriminator_learning_rate: float | None = None
    beta1: float = 0.5
    beta2: float = 0.999
    latent_size: int = 100
    ema: float | None = None
    precision: str = PRECISIONS[0]
    devices: int = 1
    compile: bool = False
    channels_last: bool = True

    # Parameters of one of the two models; for the other these values hold.
    conditional = False
    loss = "standard"
    critic_steps = 1
    penalty = 0.0
    separate_updates = False
    fresh_noise = False
    flip = False
    share = 1.0

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = (
        TorchEstimator._parameter_constraints
        | {
            "batch_size": [Interval(Integral, 2, None, closed="left")],  # normalisation needs two
            "discriminator_learning_rate": [NON_NEGATIVE, None],
            "beta1": [FRACTION],
            "beta2": [FRACTION],
            "latent_size": [COUNT],
            "ema": [FRACTION, None],
            "compile": ["boolean"],
        }
    )

    _snapshot_images: ClassVar[int]  # images of a snapshot

    @abstractmethod
    def _build(self, shape: Shape, classes: int) -> dict[str, nn.Module]:
        """Return a fresh ``generator`` and ``discriminator`` for images of `shape` (C, H, W)."""

    @abstractmethod
    def _length(self) -> tuple[int, int | None]:
        """Return the number of epochs and the steps of each; None passes over all rows."""

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train a fresh pair of networks.

        Parameters
        ----------
        X : uint8 array of shape (n, height, width) or (n, height, width, channels)
        y : array-like of shape (n,) or None
            Labels, for a conditional model; ignored otherwise.

        Raises
        ------
        HandbookError
            If images or labels do not fit, or the training diverges.
        ValueError
            If a parameter is out of its range.
        """
        self._validate_params()
        images = image_tensor(X, type(self).__name__)
        if len(images) < 2:
            raise HandbookError(
                f"{type(self).__name__}: {len(images)} image; expected at least 2, since "
                "normalisation is over a batch"
            )
        codes = self._codes(y, len(images))
        self.image_shape_ = tuple(np.shape(X)[1:])
        learned = self._launch(images, codes)
        self.state_, self.history_, self.snapshots_, self.snapshot_steps_ = learned
        return self

    def _train(
        self, engine: Engine, images: Tensor, codes: Tensor | None
    ) -> tuple[bytes, list[Row], Array, list[int]]:
        """See :meth:`TorchEstimator._train`."""
        classes = self._classes()
        epochs, steps_per_epoch = self._length()
        settings = Settings(
            batch_size=self.batch_size,
            latent=self.latent_size,
            snapshot_images=self._snapshot_images,
            steps=steps_per_epoch,
            loss=self.loss,
            critic_steps=self.critic_steps if self.loss == "wasserstein" else 1,
            penalty=self.penalty,
            separate_updates=self.separate_updates,
            fresh_noise=self.fresh_noise,
            ema=self.ema,
            flip=self.flip,
            share=self.share,
            layout=self._layout,
        )
        one_hot = None
        if codes is not None:
            one_hot = nn.functional.one_hot(codes, classes).float().to(engine.device)
        with reproducible(self._seed()) as generator:
            networks = {
                name: network.to(engine.device, memory_format=settings.layout)  # type: ignore[call-overload]
                for name, network in self._build(image_shape(images), classes).items()
            }
            rates = {"generator": self.learning_rate, "discriminator": self.learning_rate}
            if self.discriminator_learning_rate is not None:
                rates["discriminator"] = self.discriminator_learning_rate
            optimizers = {
                name: torch.optim.Adam(
                    network.parameters(),
                    lr=rates[name],
                    betas=(self.beta1, self.beta2),
                    capturable=engine.records,
                )
                for name, network in networks.items()
            }
            rows = images.to(engine.device)
            learner = Adversaries(engine, generator, networks, optimizers, rows, one_hot, settings)
            if self.compile:
                compile_or_leave(learner, networks.values())
            history = self._history(learner, epochs)
        snapshots = learner.snapshots.numpy()  # (S, images, C, H, W)
        steps = [epoch * len(learner) for epoch in range(len(snapshots))]
        return weights(learner.best), history, self._pictures(snapshots), steps

    def sample(self, n: int, random_state: Any = 0, labels: Any = None) -> Array:
        """Generate images.

        Parameters
        ----------
        n : int
        random_state : int, RandomState instance or None, default=0
            Source of the latent points.
        labels : array-like of shape (n,), one label for all, or None
            Of a conditional model: labels of the images; None draws them as often as they were
            in the training rows.

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
        """Generate images along the way between pairs of latent points.

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
        if self.conditional:
            labels = np.repeat(self.classes_[np.arange(pairs) % len(self.classes_)], steps)
        made = self._made(points.reshape(-1, self.latent_size), labels)
        return made.reshape(pairs, steps, *self.image_shape_)

    def _made(self, latent: Array, labels: Array | None) -> Array:
        """Return the images of latent points, (n, latent)."""
        network = self._loaded(self._generator, self.state_)
        device = self._predicts_on
        points = torch.from_numpy(np.asarray(latent, dtype=np.float32))
        one_hot = None
        if labels is not None:
            codes = torch.from_numpy(np.searchsorted(self.classes_, labels))
            one_hot = nn.functional.one_hot(codes, len(self.classes_)).float()
        made = [torch.zeros(0, *self._image_shape(), dtype=torch.uint8)]
        for first in range(0, len(points), AT_ONCE):
            part = slice(first, first + AT_ONCE)
            labels_part = None if one_hot is None else one_hot[part].to(device)
            made.append(draw(network, points[part].to(device), labels_part))
        return self._pictures(torch.cat(made).numpy())

    def _generator(self) -> nn.Module:
        """Return an untrained generator, its weights laid out in memory as in training."""
        generator = self._build(self._image_shape(), self._classes())["generator"]
        return generator.to(memory_format=self._layout)  # type: ignore[call-overload, no-any-return]

    @property
    def _layout(self) -> torch.memory_format:
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def _pictures(self, images: Array) -> Array:
        """Return images, (..., C, H, W), in the shape of the training images."""
        pictures = np.moveaxis(images, -3, -1)
        return np.ascontiguousarray(pictures).reshape(*images.shape[:-3], *self.image_shape_)

    def _image_shape(self) -> Shape:
        height, width, *channels = self.image_shape_
        return (channels[0] if channels else 1), height, width

    def _classes(self) -> int:
        return len(self.classes_) if self.conditional else 0

    def _codes(self, y: Any, n: int) -> Tensor | None:
        """Return the labels' codes, and set `classes_` and `class_shares_`."""
        if not self.conditional:
            return None
        if y is None or np.shape(y) != (n,):
            labels = "no labels" if y is None else f"labels of shape {np.shape(y)}"
            raise HandbookError(
                f"{type(self).__name__}: {n} images but {labels}; a conditional model expects one "
                "label an image"
            )
        self.classes_, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
        self.class_shares_ = counts / n
        return torch.from_numpy(codes)

    def _wanted(self, labels: Any, n: int, random: Any) -> Array | None:
        """Return a label for each of `n` images, or None from a model without labels."""
        if not self.conditional:
            if labels is not None:
                raise HandbookError(
                    f"{type(self).__name__}: asked for labels, but was not trained with any; "
                    "set conditional and train it again"
                )
            return None
        if labels is None:
            return np.asarray(random.choice(self.classes_, size=n, p=self.class_shares_))
        wanted = np.broadcast_to(np.asarray(labels), (n,))
        strange = wanted[~np.isin(wanted, self.classes_)]
        if len(strange):
            raise HandbookError(
                f"{type(self).__name__}: asked for label {strange[0]!r}; it was trained with "
                f"{', '.join(map(str, self.classes_))}"
            )
        return wanted

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "generator"
        tags.target_tags.required = self.conditional
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags
