"""What classifiers and regressors around a network of one's own share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.utils import assert_all_finite
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)
from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.models.images.pixels import image_tensor
from handbook.models.trainer import Engine, Row, reproducible
from handbook.models.trainer.estimator import TorchEstimator, weights
from handbook.models.trainer.supervised import AT_ONCE, Measure, Supervised

__all__ = ["NetworkEstimator"]


class _Brightness(nn.Module):
    """Brings bytes, as images have them, between 0 and 1."""

    def forward(self, images: Tensor) -> Tensor:
        return images / 255.0


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkEstimator(TorchEstimator):
    """Base of the estimators whose networks are written elsewhere.

    :class:`handbook.models.network.NetworkClassifier` describes the parameters.
    """

    epochs: int = 20
    learning_rate: float = 0.001
    batch_size: int = 64
    weight_decay: float = 0.0
    validation_fraction: float = 0.0
    patience: int | None = None

    @abstractmethod
    def build(self, shape: tuple[int, ...], outputs: int) -> nn.Module:
        """Return a fresh network.

        Parameters
        ----------
        shape : tuple of int
            Of a row: (columns,) of a table, (channels, height, width) of an image.
        outputs : int
            Numbers that the network gives for each row: a score (logit) for each class, or 1 for
            regression.

        Returns
        -------
        nn.Module
            Maps floats, (B, *shape), to floats, (B, outputs). Pixels lie between 0 and 1.
        """

    def optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        """Return what updates a network: AdamW, unless a subclass has another."""
        return torch.optim.AdamW(
            network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )

    @abstractmethod
    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return what the training lowers, the mean over the rows of a batch.

        Parameters
        ----------
        outputs : Tensor of shape (B, outputs)
            What the network gives.
        targets : Tensor of shape (B,)
            Class codes, or standardised numbers, to which outputs are (B, 1).
        """

    @abstractmethod
    def _learn_targets(self, y: npt.NDArray[Any]) -> tuple[Tensor, int]:
        """Learn what targets look like; return what the loss takes, and the count of outputs."""

    def _measures(self) -> Mapping[str, Measure]:
        """Return further columns of the history."""
        return {}

    def fit(self, X: Any, y: Any) -> Self:
        """Train a fresh network.

        Parameters
        ----------
        X : array-like of shape (n, columns), or uint8 array of shape (n, height, width) or \
                (n, height, width, channels)
        y : array-like of shape (n,)

        Raises
        ------
        HandbookError
            If the network does not fit the rows, or the training diverges.
        ValueError
            If a parameter is out of its range, or rows or targets are no such arrays.
        """
        self._validate_params()
        inputs = self._tensor(X, reset=True)
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None"
            )
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_consistent_length(inputs, y)
        targets, self.outputs_ = self._learn_targets(y)
        held_out = self._held_out(len(inputs), "rows")
        self.state_, self.history_ = self._launch(inputs, targets, held_out)
        return self

    def _train(
        self, engine: Engine, inputs: Tensor, targets: Tensor, held_out: int
    ) -> tuple[bytes, list[Row]]:
        """See :meth:`TorchEstimator._train`."""
        with reproducible(self._seed()) as generator:
            network = self._built().to(engine.device)
            if held_out:  # the rows may come sorted
                order = torch.randperm(len(inputs), generator=generator)
                inputs, targets = inputs[order], targets[order]
            inputs, targets = inputs.to(engine.device), targets.to(engine.device)
            self._require_shapes(network, inputs[:2])
            learner = Supervised(
                engine,
                generator,
                network,
                self.optimizer(network),
                inputs,
                targets,
                loss=self.loss,
                measures=self._measures(),
                batch_size=self.batch_size,
                held_out=held_out,
            )
            history = self._history(learner, self.epochs)
        return weights(network), history

    def _built(self) -> nn.Module:
        """Return an untrained network for rows as :meth:`_tensor` returns them."""
        network = self.build(self.input_shape_, self.outputs_)
        if not isinstance(network, nn.Module):
            raise HandbookError(
                f"{type(self).__name__}.build: returned {type(network).__name__}; expected a "
                "torch.nn.Module"
            )
        return nn.Sequential(_Brightness(), network) if len(self.input_shape_) == 3 else network

    def _require_shapes(self, network: nn.Module, rows: Tensor) -> None:
        """Raise an error where a network does not give what the loss takes."""
        where = f"{type(self).__name__}.build: the network"
        expected = (len(rows), self.outputs_)
        try:
            with torch.inference_mode():
                shape = tuple(network.eval()(rows).shape)
        except (RuntimeError, TypeError) as error:
            raise HandbookError(
                f"{where} does not take rows of shape {self.input_shape_}: {error}"
            ) from error
        if shape != expected:
            raise HandbookError(f"{where} gives {shape} for {len(rows)} rows; expected {expected}")

    def _tensor(self, X: Any, *, reset: bool) -> Tensor:
        """Return rows of a table as floats, (n, columns), or images as bytes, (n, C, H, W)."""
        if getattr(X, "ndim", 2) > 2:
            inputs = image_tensor(X, type(self).__name__)
        else:
            # a copy, since torch warns of arrays that it cannot write to
            rows = validate_data(self, X, dtype=np.float32, reset=reset, ensure_min_samples=1)
            inputs = torch.from_numpy(np.array(rows))
        shape = tuple(inputs.shape[1:])
        if reset:
            self.input_shape_ = shape
        elif shape != tuple(self.input_shape_):
            raise HandbookError(
                f"{type(self).__name__}: fitted to rows of shape {tuple(self.input_shape_)}, given "
                f"{shape}"
            )
        return inputs

    def _outputs(self, X: Any) -> Tensor:
        """Return what the network gives for rows, (n, outputs), on the processor."""
        check_is_fitted(self, "state_")
        inputs = self._tensor(X, reset=False)
        network = self._loaded(self._built, self.state_)
        with torch.inference_mode():
            parts = [
                network(part.to(self._predicts_on)).cpu() for part in torch.split(inputs, AT_ONCE)
            ]
        return torch.cat(parts)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
