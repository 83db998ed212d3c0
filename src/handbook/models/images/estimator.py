"""The base of the torch image classifiers: scikit-learn's API around a network and the trainer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.models.images.learner import Labelled
from handbook.models.images.pixels import ImageNetwork, Scaled, image_shape, image_tensor, moments
from handbook.models.parameters import FRACTION, NON_NEGATIVE, WHOLE, Choice
from handbook.models.trainer import Engine, Row, reproducible
from handbook.models.trainer.estimator import TorchEstimator, weights
from handbook.models.trainer.supervised import AT_ONCE

__all__ = ["ImageClassifier"]

Floats = npt.NDArray[np.float32]


@dataclass(eq=False, repr=False)
class ImageClassifier(ClassifierMixin, TorchEstimator):  # type: ignore[misc]
    """Base of the image classifiers: a subclass adds parameters and builds its network.

    :class:`handbook.models.cnn.CNNClassifier` describes the parameters.

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

    epochs: int = 10
    learning_rate: float = 0.01
    _: KW_ONLY
    momentum: float = 0.9
    batch_size: int = 64
    weight_decay: float = 0.0
    scaling: str = "unit"
    label_smoothing: float = 0.0
    shift: int = 0
    flip: bool = False
    averaging: float = 0.0
    test_flip: bool = False
    channels_last: bool = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = (
        TorchEstimator._parameter_constraints
        | {
            "momentum": [NON_NEGATIVE],
            "scaling": [Choice(["unit", "standard"])],
            "label_smoothing": [FRACTION],
            "shift": [WHOLE],
            "flip": ["boolean"],
            "averaging": [FRACTION],
            "test_flip": ["boolean"],
        }
    )

    @abstractmethod
    def _build(self, shape: tuple[int, int, int], classes: int) -> ImageNetwork:
        """Return a fresh network for images of `shape` (channels, height, width)."""

    def fit(self, X: Any, y: Any) -> Self:
        """Train a fresh network.

        Parameters
        ----------
        X : uint8 array of shape (n, height, width) or (n, height, width, channels)
        y : array-like of shape (n,)

        Raises
        ------
        HandbookError
            If images and labels do not fit, or the training diverges.
        ValueError
            If a parameter is out of its range.
        """
        self._validate_params()
        images = image_tensor(X, type(self).__name__)
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
        held_out = self._held_out(len(images), "images")
        self.image_shape_ = image_shape(images)
        self.state_, self.history_ = self._launch(images, torch.from_numpy(codes), held_out)
        return self

    def _train(
        self, engine: Engine, images: Tensor, codes: Tensor, held_out: int
    ) -> tuple[bytes, list[Row]]:
        """See :meth:`TorchEstimator._train`."""
        with reproducible(engine.agreed(self._seed())) as generator:
            shift_and_scale = moments(images) if self.scaling == "standard" else (0.0, 255.0)
            network = self._scaled(*shift_and_scale).to(engine.device)
            if held_out:  # the rows may come sorted
                order = torch.randperm(len(images), generator=generator)
                images, codes = images[order], codes[order]
            optimizer = torch.optim.SGD(
                network.parameters(), self.learning_rate, self.momentum, 0, self.weight_decay
            )
            learner = Labelled(
                engine,
                generator,
                network,
                optimizer,
                images.to(engine.device),
                codes.to(engine.device),
                batch_size=self.batch_size,
                held_out=held_out,
                smoothing=self.label_smoothing,
                averaging=self.averaging,
                shift=self.shift,
                flip=self.flip,
            )
            history = self._history(learner, self.epochs)
        return weights(learner.learned), history

    def decision_function(self, X: Any) -> Floats:
        """Return the scores (logits), of shape (n, K)."""
        images, network = self._seen(X), self._fitted_network()

        def scores(part: Tensor) -> Tensor:
            plain: Tensor = network(part)
            return (plain + network(part.flip(3))) / 2 if self.test_flip else plain

        return self._by_parts(scores, images)

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the softmax of the scores, of shape (n, K)."""
        scores = torch.from_numpy(self.decision_function(X)).double()
        return torch.softmax(scores, dim=1).numpy()

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class of the largest score, for each image."""
        scores = self.decision_function(X)
        return np.asarray(self.classes_[scores.argmax(axis=1)])

    def features(self, X: Any) -> Floats:
        """Return the outputs of the last hidden layer, after its ReLU, of shape (n, d).

        The class scores are linear in them, so images of a class lie near each other.
        """
        images = self._seen(X)
        return self._by_parts(self._fitted_network().features, images)

    def feature_maps(self, X: Any) -> list[Floats]:
        """Return the outputs of each convolution, after its ReLU and before pooling.

        Returns
        -------
        list of float32 arrays of shape (n, channels, height, width)
        """
        images, network = self._seen(X), self._fitted_network()
        with torch.inference_mode():
            parts = [
                network.maps(part.to(self._predicts_on)) for part in torch.split(images, AT_ONCE)
            ]
        return [torch.cat(layer).cpu().contiguous().numpy() for layer in zip(*parts, strict=True)]

    def kernels(self) -> Floats:
        """Return the weights of the first convolution, of shape (kernels, channels, k, k)."""
        check_is_fitted(self, "state_")
        layers = self._fitted_network().modules()
        first = next(layer for layer in layers if isinstance(layer, nn.Conv2d))
        return first.weight.detach().cpu().contiguous().numpy()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags

    def _by_parts(self, function: Callable[[Tensor], Tensor], images: Tensor) -> Floats:
        """Apply a function to images, a part of them at a time."""
        with torch.inference_mode():
            parts = [
                function(part.to(self._predicts_on)).cpu() for part in torch.split(images, AT_ONCE)
            ]
        return torch.cat(parts).numpy()

    def _scaled(self, shift: float = 0.0, scale: float = 255.0) -> Scaled:
        """Return an untrained network for the images and classes of :meth:`fit`."""
        network = self._build(self.image_shape_, len(self.classes_))
        return Scaled(network, shift, scale, self.channels_last)

    def _fitted_network(self) -> Scaled:
        """Return the network with the weights in `state_`."""
        network = self._loaded(self._scaled, self.state_)
        assert isinstance(network, Scaled)
        return network

    def _seen(self, X: Any) -> Tensor:
        """Return images of the shape that the network was trained on."""
        check_is_fitted(self, "state_")
        images = image_tensor(X, type(self).__name__)
        if image_shape(images) != tuple(self.image_shape_):
            raise HandbookError(
                f"{type(self).__name__}: fitted to images of {self.image_shape_} (channels, "
                f"height, width), given {image_shape(images)}"
            )
        return images
