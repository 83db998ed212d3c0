"""Classifiers around networks of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from torch import Tensor, nn

from handbook.models.network.base import NetworkEstimator
from handbook.models.trainer.supervised import Measure, accuracy

__all__ = ["NetworkClassifier"]


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkClassifier(ClassifierMixin, NetworkEstimator):  # type: ignore[misc]
    """Classifier around a network of one's own, for tables and images.

    A subclass is a dataclass of its parameters with one method, :meth:`build`. It may replace
    :meth:`optimizer` and :meth:`loss` too, and limit its parameters' values in
    ``_parameter_constraints``, as scikit-learn's estimators do. Progress, checkpoints from which a
    killed training goes on to the very same weights, and saved models come with this class.

    Parameters
    ----------
    epochs : int, default=20
    learning_rate : float, default=0.001
    batch_size : int, default=64
    weight_decay : float, default=0.0
    validation_fraction : float, default=0.0
        Share of the rows that is held out and measured after each epoch.
    patience : int or None, default=None
        Epochs without a lower loss on them before the training stops, and goes back to the
        weights of the lowest.
    schedule, random_state, device
        See :class:`handbook.models.trainer.estimator.TorchEstimator`.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
    input_shape_ : tuple of int
        What :meth:`build` takes.
    outputs_ : int
        K.
    state_ : bytes
        The weights, as safetensors; the whole of what was learned, and what is saved.
    history_ : list of dict
        A row an epoch, see :func:`handbook.models.trainer.train`.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from torch import nn
    >>> @dataclass(eq=False, repr=False)
    ... class TwoLayers(NetworkClassifier):
    ...     hidden: int = 8
    ...
    ...     def build(self, shape, outputs):
    ...         first = nn.Linear(*shape, self.hidden)
    ...         return nn.Sequential(first, nn.ReLU(), nn.Linear(self.hidden, outputs))
    >>> X, y = [[0.0], [0.2], [0.8], [1.0]], ["low", "low", "high", "high"]
    >>> model = TwoLayers(epochs=200, learning_rate=0.05, random_state=0).fit(X, y)
    >>> model.predict([[0.1], [0.9]]).tolist()
    ['low', 'high']
    """

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return the mean cross entropy of scores and class codes."""
        return nn.functional.cross_entropy(outputs, targets)

    def _measures(self) -> Mapping[str, Measure]:
        return {"accuracy": accuracy}

    def _learn_targets(self, y: npt.NDArray[Any]) -> tuple[Tensor, int]:
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"{type(self).__name__}: y holds one class only, {self.classes_.tolist()[0]!r}; "
                "a classifier needs at least 2"
            )
        return torch.from_numpy(codes), len(self.classes_)

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the softmax of the network's scores, of shape (n, K)."""
        return torch.softmax(self._outputs(X).double(), dim=1).numpy()

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class of the largest score, for each row."""
        codes = self._outputs(X).argmax(dim=1).numpy()
        return np.asarray(self.classes_[codes])
