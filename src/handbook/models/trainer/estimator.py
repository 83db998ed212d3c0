"""What all torch models share behind scikit-learn's API: progress, checkpoints, saved weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import safetensors.torch
import torch
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from torch import nn

from handbook.core.errors import HandbookError
from handbook.models.trainer.checkpoint import Checkpoint
from handbook.models.trainer.engine import Engine, engine
from handbook.models.trainer.loop import Row, reproducible

__all__ = ["TorchEstimator", "weights"]


def weights(network: nn.Module) -> bytes:
    """Return a network's weights and buffers as safetensors, the same bytes for the same values."""
    return safetensors.torch.save(
        {name: value.cpu().contiguous() for name, value in network.state_dict().items()}
    )


class TorchEstimator(BaseEstimator):  # type: ignore[misc]
    """Base of the torch models. Subclasses have the parameters `random_state` and `device`.

    `precision` and `devices` are read where a subclass has them.
    """

    random_state: Any
    device: str

    # Settings of the moment, not parameters: clones and saved models forget them.
    _transient = ("_progress", "_checkpoint", "_network")

    def set_progress(self, progress: Callable[[Row], None] | None) -> Self:
        """Name who is handed each epoch's row while :meth:`fit` runs.

        Not a parameter: clones and saved models forget it.
        """
        self._progress = progress
        return self

    def set_checkpoint(self, path: Path | None, key: str = "") -> Self:
        """Let :meth:`fit` leave its state at `path`, and go on from what it finds there.

        Parameters
        ----------
        path : Path or None
            A file, removed at the end of :meth:`fit`.
        key : str
            Whatever the training depends on beside this object's parameters, such as a digest of
            the rows: a file of another key is passed over.
        """
        self._checkpoint = None if path is None else (path, key)
        return self

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        for name in self._transient:
            state.pop(name, None)
        return state

    def _watched(self) -> dict[str, Any]:
        """Return who watches the training and where its state goes, for the loop."""
        where = getattr(self, "_checkpoint", None)
        return {
            "progress": getattr(self, "_progress", None),
            "checkpoint": None if where is None else Checkpoint(where[0], f"{where[1]} {self!r}"),
        }

    def _engine(self) -> Engine:
        return engine(
            self.device, getattr(self, "precision", "32-true"), getattr(self, "devices", 1)
        )

    def _seed(self) -> int:
        return int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))

    def _loaded(self, build: Callable[[], nn.Module], state: bytes) -> nn.Module:
        """Return a network, kept from :meth:`fit` or built with the weights in `state`."""
        network: nn.Module | None = getattr(self, "_network", None)
        if network is None:
            with reproducible(0):  # its first weights are drawn, then overwritten
                network = build()
            try:
                network.load_state_dict(safetensors.torch.load(state))
            except RuntimeError as error:
                raise HandbookError(
                    f"{type(self).__name__}: the saved weights are of another network, perhaps "
                    "of an earlier version of this class; train the model again"
                ) from error
            self._network = network.to(torch.device(self.device))
        return network.eval()

    def _require(self, faults: Mapping[str, tuple[bool, str]]) -> None:
        """Raise for the first parameter whose test fails.

        Parameters
        ----------
        faults : mapping of str to (bool, str)
            Parameter to whether its value will do, and what is expected.
        """
        for name, (fine, expected) in faults.items():
            if not fine:
                raise HandbookError(
                    f"{type(self).__name__}: {name} is {getattr(self, name)!r}; expected {expected}"
                )
