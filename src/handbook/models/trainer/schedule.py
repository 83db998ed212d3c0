"""Learning-rate schedules by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch.optim import lr_scheduler

from handbook.core.errors import HandbookError, nearest

__all__ = ["SCHEDULES", "Schedule"]

#: Names of the learning-rate schedules.
SCHEDULES = ("step", "exponential", "plateau", "warmup", "cosine", "one-cycle")


class Schedule:
    """A learning-rate schedule by name, whatever the beat of torch's scheduler behind it.

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
        How long the training is, in epochs and in batches an epoch.
    """

    def __init__(
        self, name: str | None, optimizer: torch.optim.Optimizer, epochs: int, batches: int
    ) -> None:
        if name is not None and name not in SCHEDULES:
            raise HandbookError(f"schedule {name!r} is unknown; {nearest(name, SCHEDULES)}")
        self.optimizer = optimizer
        self.by_batch: Any = None
        self.by_epoch: Any = None
        total = epochs * batches
        if name == "step":
            third = max(1, math.ceil(epochs / 3))
            self.by_epoch = lr_scheduler.StepLR(optimizer, step_size=third, gamma=0.1)
        elif name == "exponential":
            self.by_epoch = lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
        elif name == "plateau":
            self.by_epoch = lr_scheduler.ReduceLROnPlateau(
                optimizer, factor=0.1, patience=1, threshold=0.01
            )
        elif name == "warmup":
            self.by_batch = lr_scheduler.LinearLR(
                optimizer, start_factor=0.1, total_iters=max(1, total // 10)
            )
        elif name == "cosine":
            self.by_batch = lr_scheduler.CosineAnnealingLR(optimizer, T_max=total)
        elif name == "one-cycle":
            peak = optimizer.param_groups[0]["lr"]
            self.by_batch = lr_scheduler.OneCycleLR(optimizer, max_lr=peak, total_steps=total + 1)

    @property
    def rate(self) -> float:
        """The learning rate in force."""
        return float(self.optimizer.param_groups[0]["lr"])

    def after_batch(self) -> None:
        """Take a batch's step."""
        if self.by_batch is not None:
            self.by_batch.step()

    def after_epoch(self, loss: float) -> None:
        """Take an epoch's step."""
        if isinstance(self.by_epoch, lr_scheduler.ReduceLROnPlateau):
            self.by_epoch.step(loss)
        elif self.by_epoch is not None:
            self.by_epoch.step()

    def state_dict(self) -> dict[str, Any]:
        """Return where the schedule stands."""
        beat = self.by_batch or self.by_epoch
        return {} if beat is None else dict(beat.state_dict())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from where :meth:`state_dict` was taken."""
        beat = self.by_batch or self.by_epoch
        if beat is not None:
            beat.load_state_dict(dict(state))
