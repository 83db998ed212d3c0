"""What the torch image classifiers share: scikit-learn's API around a network and the trainer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import safetensors.torch
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from handbook.errors import HandbookError
from handbook.models.trainer import reproducible, train

__all__ = ["ImageClassifier", "Scaled"]


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


class ImageClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Base of the image classifiers: a subclass stores its parameters and builds its network.

    Subclasses have the parameters `epochs`, `batch_size`, `learning_rate`, `momentum`,
    `weight_decay`, `schedule`, `scaling`, `random_state` and `device`, as
    :class:`handbook.models.lenet.LeNetClassifier` describes them.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
    image_shape_ : tuple of int
        Channels, height, width.
    state_ : bytes
        The weights, as safetensors; the whole of what was learned, and what is saved.
    history_ : list of dict
        A row an epoch, see :func:`handbook.models.trainer.train`.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    momentum: float
    weight_decay: float
    schedule: str | None
    scaling: str
    random_state: Any
    device: str

    @abstractmethod
    def _build(self, shape: tuple[int, int, int], classes: int) -> nn.Module:
        """Return a fresh network for images of `shape` (channels, height, width)."""

    def set_progress(self, progress: Callable[[dict[str, float]], None] | None) -> Self:
        """Name who is handed each epoch's row while :meth:`fit` runs.

        Not a parameter: clones and saved models forget it.
        """
        self._progress = progress
        return self

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
        self.image_shape_ = (int(images.shape[1]), int(images.shape[2]), int(images.shape[3]))
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        with reproducible(seed) as generator:
            network = Scaled(
                self._build(self.image_shape_, len(self.classes_)), *self._shift_and_scale(images)
            ).to(self.device)
            self.history_ = train(
                network,
                images.to(self.device),
                torch.from_numpy(codes).to(self.device),
                optimizer=torch.optim.SGD(
                    network.parameters(),
                    lr=self.learning_rate,
                    momentum=self.momentum,
                    weight_decay=self.weight_decay,
                ),
                generator=generator,
                epochs=self.epochs,
                batch_size=self.batch_size,
                schedule=self.schedule,
                progress=getattr(self, "_progress", None),
            )
        self.state_ = safetensors.torch.save(
            {name: weight.cpu().contiguous() for name, weight in network.state_dict().items()}
        )
        self._network = network
        return self

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
            scores = [network(part.to(self.device)).cpu() for part in torch.split(images, 1000)]
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

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        for transient in ("_network", "_progress"):
            state.pop(transient, None)
        return state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags

    def _fitted_network(self) -> nn.Module:
        """Return the network, built from `state_` where this object was loaded or copied."""
        network: nn.Module | None = getattr(self, "_network", None)
        if network is None:
            with reproducible(0):  # its first weights are drawn, then overwritten
                network = Scaled(self._build(self.image_shape_, len(self.classes_)))
            try:
                network.load_state_dict(safetensors.torch.load(self.state_))
            except RuntimeError as error:
                raise HandbookError(
                    f"{type(self).__name__}: the saved weights are of another network, perhaps "
                    "of an earlier version of this class; train the model again"
                ) from error
            self._network = network.to(self.device)
        return network.eval()

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
        if self.scaling not in ("unit", "standard"):
            raise HandbookError(
                f"{type(self).__name__}: scaling is {self.scaling!r}; expected 'unit' or 'standard'"
            )
        for name, least in (("epochs", 1), ("batch_size", 1)):
            if getattr(self, name) < least:
                raise HandbookError(
                    f"{type(self).__name__}: {name} is {getattr(self, name)!r}; "
                    f"expected {least} or more"
                )
        for name in ("learning_rate", "momentum", "weight_decay"):
            if not getattr(self, name) >= 0:
                raise HandbookError(
                    f"{type(self).__name__}: {name} is {getattr(self, name)!r}; "
                    "expected a number that is not negative"
                )
