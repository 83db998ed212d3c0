"""Learning-rate schedules by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    OneCycleLR,
    ReduceLROnPlateau,
    StepLR,
)

from handbook.core.errors import HandbookError, nearest

__all__ = ["SCHEDULES", "Schedule"]

_BY_EPOCH = ("step", "exponential", "plateau")
_BY_BATCH = ("warmup", "cosine", "one-cycle")

#: Names of the learning-rate schedules.
SCHEDULES = _BY_EPOCH + _BY_BATCH


class Schedule:
    """A learning-rate schedule by name.

    Parameters
    ----------
    name : str or None
        None keeps the rate. ``step`` divides it by 10 at every third of the epochs;
        ``exponential`` multiplies it by 0.9 an epoch; ``plateau`` divides it by 10 when the
        loss has not fallen by a hundredth for an epoch; ``warmup`` raises it from a tenth over
        the first tenth of the batches, then keeps it; ``cosine`` lowers it to 0 along half a
        wave; ``one-cycle`` raises and lowers it, with the optimizer's rate as the peak.
    optimizer : torch.optim.Optimizer
    epochs, batches : int
        Length of the training, in epochs and in batches per epoch.
    """

    def __init__(
        self, name: str | None, optimizer: torch.optim.Optimizer, epochs: int, batches: int
    ) -> None:
        self.name = name
        self.optimizer = optimizer
        if name is not None and name not in SCHEDULES:
            raise HandbookError(f"schedule {name!r} is unknown; {nearest(name, SCHEDULES)}")
        total = epochs * batches
        schedulers: dict[str | None, Callable[[], Any]] = {
            None: lambda: None,
            "step": lambda: StepLR(optimizer, max(1, math.ceil(epochs / 3)), gamma=0.1),
            "exponential": lambda: ExponentialLR(optimizer, gamma=0.9),
            "plateau": lambda: ReduceLROnPlateau(optimizer, factor=0.1, patience=1, threshold=0.01),
            "warmup": lambda: LinearLR(optimizer, 0.1, total_iters=max(1, total // 10)),
            "cosine": lambda: CosineAnnealingLR(optimizer, total),
            "one-cycle": lambda: OneCycleLR(optimizer, self.rate, total_steps=total + 1),
        }
        self.scheduler = schedulers[name]()

    @property
    def rate(self) -> float:
        """The current learning rate."""
        return float(self.optimizer.param_groups[0]["lr"])

    def after_batch(self) -> None:
        """Take a batch's step."""
        if self.name in _BY_BATCH:
            self.scheduler.step()

    def after_epoch(self, loss: float) -> None:
        """Take an epoch's step."""
        if self.name == "plateau":
            self.scheduler.step(loss)
        elif self.name in _BY_EPOCH:
            self.scheduler.step()

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the schedule."""
        return {} if self.scheduler is None else dict(self.scheduler.state_dict())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore what :meth:`state_dict` returned."""
        if self.scheduler is not None:
            self.scheduler.load_state_dict(dict(state))
