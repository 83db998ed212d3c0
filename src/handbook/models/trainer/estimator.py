"""What all torch models share behind scikit-learn's API: progress, checkpoints, saved weights."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import safetensors.torch
import torch
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import InvalidParameterError
from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.models.parameters import COUNT, FRACTION, NON_NEGATIVE, Choice
from handbook.models.progress import ProgressMixin
from handbook.models.trainer.checkpoint import Checkpoint
from handbook.models.trainer.devices import usable
from handbook.models.trainer.engine import PRECISIONS, Engine
from handbook.models.trainer.launch import engine
from handbook.models.trainer.learner import Learner
from handbook.models.trainer.loop import train
from handbook.models.trainer.part import Row
from handbook.models.trainer.schedule import SCHEDULES
from handbook.models.trainer.seeding import reproducible

__all__ = ["TorchEstimator", "weights"]


def weights(network: nn.Module) -> bytes:
    """Return a network's weights and buffers as safetensors, the same bytes for the same values."""
    return safetensors.torch.save(
        {name: value.cpu().contiguous() for name, value in network.state_dict().items()}
    )


@dataclass(eq=False, repr=False, kw_only=True)
class TorchEstimator(ProgressMixin, BaseEstimator):  # type: ignore[misc]
    """Base of the torch models. Parameters are the fields of a dataclass.

    Parameters
    ----------
    schedule : str or None, default=None
        See :class:`handbook.models.trainer.Schedule`.
    random_state : int, RandomState instance or None, default=None
        Seed of all that is drawn; torch's global generator is neither used nor changed.
    device : str, default="cpu"
        Where torch trains: as it names devices, or ``auto`` for the quickest one here. Results
        repeat to the bit on one machine, device and number of threads. A fitted model predicts on
        the processor where its device is missing.
    """

    schedule: str | None = None
    random_state: Any = None
    device: str = "cpu"

    # Parameters of some subclasses only; for the others these values hold.
    precision = PRECISIONS[0]
    devices = 1
    validation_fraction = 0.0
    patience: int | None = field(default=None, init=False)

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "epochs": [COUNT],
        "batch_size": [COUNT],
        "learning_rate": [NON_NEGATIVE],
        "weight_decay": [NON_NEGATIVE],
        "schedule": [Choice(SCHEDULES), None],
        "validation_fraction": [FRACTION],
        "patience": [COUNT, None],
        "channels_last": ["boolean"],
        "precision": [Choice(PRECISIONS)],
        "devices": [COUNT],
        "random_state": ["random_state"],
        "device": [str],
    }

    _transient = ("_progress", "_checkpoint", "_network")

    def set_checkpoint(self, path: Path | None, key: str = "") -> Self:
        """Let :meth:`fit` save its state to a file after each epoch, and resume from it.

        Parameters
        ----------
        path : Path or None
            The caller removes the file after :meth:`fit`.
        key : str
            Identifies what the training depends on beside this object's parameters, such as a
            digest of the rows; a file of another key is ignored.
        """
        self._checkpoint = None if path is None else (path, key)
        return self

    def _validate_params(self) -> None:
        super()._validate_params()
        self._require(
            self.patience is None or self.validation_fraction > 0,
            "patience",
            "None, or go together with a validation_fraction above 0",
        )

    def _require(self, holds: bool, name: str, expected: str) -> None:
        """Raise scikit-learn's error for a parameter, unless a condition holds."""
        if not holds:
            raise InvalidParameterError(
                f"The {name!r} parameter of {type(self).__name__} must be {expected}. "
                f"Got {getattr(self, name)!r} instead."
            )

    def _held_out(self, count: int, rows: str) -> int:
        """Return how many of so many `rows` are held out: none, or some and not all."""
        held_out = round(self.validation_fraction * count)
        if self.validation_fraction and held_out in (0, count):
            raise HandbookError(
                f"{type(self).__name__}: of {count} {rows} a validation_fraction of "
                f"{self.validation_fraction} holds out {held_out}; expected some on either side"
            )
        return held_out

    def _launch(self, *arguments: Any) -> Any:
        """Call `_train` with an engine and some arguments, in each process that it starts."""
        self.__dict__.pop("_network", None)  # of an earlier fit
        runs_on = engine(self.device, self.precision, self.devices)
        learned = runs_on.launch(self._train_alike, *arguments)
        progress = getattr(self, "_progress", None)
        if runs_on.forks and progress is not None:
            for row in learned[1]:  # what a fork reports is lost with it
                progress(row)
        return learned

    def _train_alike(self, engine: Engine, *arguments: Any) -> tuple[Any, ...]:
        """Call `_train` where all processes have the same settings and rows."""
        if engine.processes > 1:
            own = sha256(repr(self).encode())
            for value in arguments:
                own.update(
                    value.numpy().data if isinstance(value, Tensor) else repr(value).encode()
                )
            if engine.agreed(own.hexdigest()) != own.hexdigest():
                raise HandbookError(
                    f"{type(self).__name__}: this process has other rows or settings than the "
                    "first one: give all nodes the same files, best in a folder that they share"
                )
        return self._train(engine, *arguments)

    @abstractmethod
    def _train(self, engine: Engine, *arguments: Any) -> tuple[Any, ...]:
        """Train fresh networks and return weights, history and whatever else was learned."""

    def _history(self, learner: Learner, epochs: int) -> list[Row]:
        """Train a learner with this object's settings, and return its history."""
        file = getattr(self, "_checkpoint", None)
        return train(
            learner,
            epochs=epochs,
            schedule=self.schedule,
            patience=self.patience,
            progress=None if learner.engine.forks else getattr(self, "_progress", None),
            checkpoint=None if file is None else Checkpoint(file[0], f"{file[1]} {self!r}"),
        )

    def _seed(self) -> int:
        return int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))

    @property
    def _predicts_on(self) -> torch.device:
        return torch.device(usable(self.device))

    def _loaded(self, build: Callable[[], nn.Module], state: bytes) -> nn.Module:
        """Return a network with the weights in `state`, built at the first call after a fit."""
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
            self._network = network.to(self._predicts_on)
        return network.eval()
