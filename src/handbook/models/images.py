"""What the torch image classifiers share: scikit-learn's API around a network and the trainer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from handbook.errors import HandbookError
from handbook.models.training import Engine, Learner, Row, reproducible, train
from handbook.models.training.estimator import TorchEstimator, weights

__all__ = ["ImageClassifier", "Scaled"]

_AT_ONCE = 1000  # images of a batch that is only predicted


class Scaled(nn.Module):
    """A network that is fed bytes: takes `shift` from each pixel and divides by `scale` first.

    Parameters
    ----------
    network : nn.Module
        Takes float images, (B, C, H, W).
    shift, scale : float
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, network: nn.Module, shift: float = 0.0, scale: float = 255.0) -> None:
        super().__init__()
        self.network = network
        # buffers, so that they are saved and loaded with the weights
        self.register_buffer("shift", torch.tensor(shift))
        self.register_buffer("scale", torch.tensor(scale))

    def forward(self, images: Tensor) -> Tensor:
        """Return the network's scores for uint8 images, (B, C, H, W)."""
        scores: Tensor = self.network((images - self.shift) / self.scale)
        return scores


class Labelled(Learner):
    """A classifier's network with its training rows, which stay on the device as bytes.

    Parameters
    ----------
    engine, generator
        See :class:`handbook.models.training.Learner`.
    network : nn.Module
        Maps uint8 images, (B, C, H, W), to class scores, (B, K).
    optimizer : Optimizer
    images : uint8 Tensor of shape (N, C, H, W)
    labels : int64 Tensor of shape (N,)
        Class codes.
    batch_size : int
    held_out : int
        The last so many rows are not trained on, but measured after each epoch.
    smoothing : float
        Share of each label that is spread over all classes.
    augment : callable or None
        Takes a batch of images and the generator, and returns altered ones.
    """

    def __init__(
        self,
        engine: Engine,
        generator: torch.Generator,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        images: Tensor,
        labels: Tensor,
        *,
        batch_size: int,
        held_out: int = 0,
        smoothing: float = 0.0,
        augment: Callable[[Tensor, torch.Generator], Tensor] | None = None,
    ) -> None:
        super().__init__(engine, generator, {"network": network}, {"network": optimizer})
        self.images = images
        self.labels = labels
        self.batch_size = batch_size
        self.trained = len(images) - held_out
        self.loss = nn.CrossEntropyLoss(label_smoothing=smoothing)
        self.augment = augment

    def __len__(self) -> int:
        return -(-self.trained // self.batch_size)

    def batches(self) -> Iterable[Tensor]:
        """Yield positions of rows, all of them in random order."""
        order = torch.randperm(self.trained, generator=self.generator).to(self.images.device)
        return map(self.engine.mine, torch.split(order, self.batch_size))

    def step(self, batch: Tensor) -> dict[str, Tensor]:
        """Update on the rows at `batch`."""
        images, labels = self.images[batch], self.labels[batch]
        if self.augment is not None:
            images = self.augment(images, self.generator)
        scores = self.networks["network"](images)
        loss = self.loss(scores, labels)
        self.update(loss, "network")
        return {
            "loss": loss.detach(),
            "accuracy": (scores.detach().argmax(dim=1) == labels).double().mean(),
        }

    def after_epoch(self, epoch: int) -> Row:
        """Measure the rows held out."""
        labels = self.labels[self.trained :]
        if not len(labels):
            return {}
        parts = torch.split(self.images[self.trained :], _AT_ONCE)
        scores = torch.cat([self.networks["network"](part) for part in parts])
        return {
            "validation_loss": float(nn.functional.cross_entropy(scores, labels)),
            "validation_accuracy": float((scores.argmax(dim=1) == labels).double().mean()),
        }


class ImageClassifier(ClassifierMixin, TorchEstimator):  # type: ignore[misc]
    """Base of the image classifiers: a subclass stores its parameters and builds its network.

    Subclasses have the parameters `epochs`, `batch_size`, `learning_rate`, `momentum`,
    `weight_decay`, `schedule`, `scaling`, `random_state` and `device`, as
    :class:`handbook.models.lenet.LeNetClassifier` describes them, and perhaps `patience`,
    `validation_fraction`, `label_smoothing`, `precision` and `devices`, as
    :class:`handbook.models.cnn.CNNClassifier` does.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
    image_shape_ : tuple of int
        Channels, height, width.
    state_ : bytes
        The weights, as safetensors; the whole of what was learned, and what is saved.
    history_ : list of dict
        A row an epoch, see :func:`handbook.models.training.train`.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    momentum: float
    weight_decay: float
    schedule: str | None
    scaling: str
    validation_fraction: float = 0.0
    patience: int | None = None
    label_smoothing: float = 0.0

    @abstractmethod
    def _build(self, shape: tuple[int, int, int], classes: int) -> nn.Module:
        """Return a fresh network for images of `shape` (channels, height, width)."""

    def _augment(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return altered images, uint8, (B, C, H, W), to train on; the same ones unless altered."""
        return images

    def fit(self, X: Any, y: Any) -> Self:
        """Train a fresh network.

        Parameters
        ----------
        X : uint8 array of shape (n, height, width) or (n, height, width, channels)
        y : array-like of shape (n,)

        Raises
        ------
        HandbookError
            If the images or a setting do not fit, or the training diverges.
        """
        self._check_settings()
        images = self._images(X)
        y = np.asarray(y)
        if y.shape != (len(images),):
            raise HandbookError(
                f"{type(self).__name__}: {len(images)} images but labels of shape {y.shape}; "
                "expected one label an image"
            )
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise HandbookError(
                f"{type(self).__name__}: y holds one class only, {self.classes_[0]!r}; "
                "a classifier needs at least 2"
            )
        self.image_shape_ = self._shape(images)
        engine = self._engine()
        self.state_, self.history_ = engine.launch(self._train, images, torch.from_numpy(codes))
        self.__dict__.pop("_network", None)  # of an earlier fit
        return self

    def _train(self, engine: Engine, images: Tensor, codes: Tensor) -> tuple[bytes, list[Row]]:
        """Train a fresh network, in each process that the engine starts."""
        with reproducible(self._seed()) as generator:
            network = Scaled(
                self._build(self._shape(images), len(self.classes_)), *self._shift_and_scale(images)
            ).to(engine.device)
            held_out = round(self.validation_fraction * len(images))
            if held_out:  # the rows may come sorted
                order = torch.randperm(len(images), generator=generator)
                images, codes = images[order], codes[order]
            learner = Labelled(
                engine,
                generator,
                network,
                torch.optim.SGD(
                    network.parameters(),
                    lr=self.learning_rate,
                    momentum=self.momentum,
                    weight_decay=self.weight_decay,
                ),
                images.to(engine.device),
                codes.to(engine.device),
                batch_size=self.batch_size,
                held_out=held_out,
                smoothing=self.label_smoothing,
                augment=self._augment,
            )
            history = train(
                learner,
                epochs=self.epochs,
                schedule=self.schedule,
                patience=self.patience,
                **self._watched(),
            )
        return weights(network), history

    def decision_function(self, X: Any) -> npt.NDArray[np.float32]:
        """Return the scores (logits), of shape (n, K)."""
        check_is_fitted(self, "state_")
        images = self._images(X)
        if tuple(images.shape[1:]) != tuple(self.image_shape_):
            raise HandbookError(
                f"{type(self).__name__}: fitted to images of {self.image_shape_} (channels, "
                f"height, width), given {tuple(images.shape[1:])}"
            )
        network = self._fitted_network()
        with torch.inference_mode():
            scores = [network(part.to(self.device)).cpu() for part in torch.split(images, _AT_ONCE)]
        return torch.cat(scores).numpy()

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the softmax of the scores, of shape (n, K)."""
        scores = torch.from_numpy(self.decision_function(X)).double()
        return torch.softmax(scores, dim=1).numpy()

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class of the largest score, for each image."""
        scores = self.decision_function(X)
        predicted: npt.NDArray[Any] = self.classes_[scores.argmax(axis=1)]
        return predicted

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags

    def _fitted_network(self) -> nn.Module:
        """Return the network with the weights in `state_`."""
        return self._loaded(
            lambda: Scaled(self._build(self.image_shape_, len(self.classes_))), self.state_
        )

    @staticmethod
    def _shape(images: Tensor) -> tuple[int, int, int]:
        channels, height, width = images.shape[1:]
        return channels, height, width

    def _images(self, X: Any) -> Tensor:
        """Return images as a uint8 tensor, (N, C, H, W), without copying grey ones."""
        X = np.asarray(X)
        if X.dtype != np.uint8 or X.ndim not in (3, 4) or 0 in X.shape:
            raise HandbookError(
                f"{type(self).__name__}: expected images as a uint8 array of shape "
                f"(n, height, width) or (n, height, width, channels), got {X.dtype} of {X.shape}"
            )
        if X.ndim == 3:
            X = X[..., np.newaxis]
        images = np.ascontiguousarray(np.moveaxis(X, 3, 1))
        # torch warns of arrays that it cannot write to, such as memory-mapped Arrow columns
        return torch.from_numpy(images if images.flags.writeable else images.copy())

    def _shift_and_scale(self, images: Tensor) -> tuple[float, float]:
        """Return what to take from each pixel, and what to divide the rest by."""
        if self.scaling == "unit":
            return 0.0, 255.0
        levels = torch.bincount(images.flatten(), minlength=256).double().numpy()
        mean = float(np.average(np.arange(256), weights=levels))
        variance = float(np.average((np.arange(256) - mean) ** 2, weights=levels))
        return mean, variance**0.5 or 1.0

    def _check_settings(self) -> None:
        at_least_one, positive = "1 or more", "a number that is not negative"
        share = "a number from 0 on and below 1"
        self._require(
            {
                "scaling": (self.scaling in ("unit", "standard"), "'unit' or 'standard'"),
                "epochs": (self.epochs >= 1, at_least_one),
                "batch_size": (self.batch_size >= 1, at_least_one),
                "learning_rate": (self.learning_rate >= 0, positive),
                "momentum": (self.momentum >= 0, positive),
                "weight_decay": (self.weight_decay >= 0, positive),
                "label_smoothing": (0 <= self.label_smoothing < 1, share),
                "validation_fraction": (0 <= self.validation_fraction < 1, share),
                "patience": (
                    self.patience is None or (self.patience >= 1 and self.validation_fraction > 0),
                    "null, or 1 or more together with a validation_fraction above 0",
                ),
            }
        )
