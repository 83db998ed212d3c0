"""Regressors around networks of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import RegressorMixin
from torch import Tensor, nn

from handbook.models.network.base import NetworkEstimator

__all__ = ["NetworkRegressor"]


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkRegressor(RegressorMixin, NetworkEstimator):  # type: ignore[misc]
    """Regressor around a network of one's own, for tables and images.

    The network learns the target less its mean, in units of its standard deviation, so that the
    scale of what is predicted does not matter to it.

    Parameters
    ----------
    epochs, learning_rate, batch_size, weight_decay, validation_fraction, patience
        See :class:`handbook.models.network.NetworkClassifier`.
    schedule, random_state, device
        See there too.

    Attributes
    ----------
    target_mean_, target_scale_ : float
    input_shape_, outputs_, state_, history_
        See :class:`handbook.models.network.NetworkClassifier`; there is one output.
    """

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return the mean squared error of standardised numbers."""
        return nn.functional.mse_loss(outputs[:, 0], targets)

    def _learn_targets(self, y: npt.NDArray[Any]) -> tuple[Tensor, int]:
        numbers = np.asarray(y, dtype=np.float64)
        self.target_mean_ = float(numbers.mean())
        self.target_scale_ = float(numbers.std()) or 1.0
        standardised = (numbers - self.target_mean_) / self.target_scale_
        return torch.from_numpy(standardised.astype(np.float32)), 1

    def predict(self, X: Any) -> npt.NDArray[np.float64]:
        """Predict the target of each row, of shape (n,)."""
        standardised = self._outputs(X)[:, 0].double().numpy()
        return np.asarray(standardised * self.target_scale_ + self.target_mean_)
