"""The training loop of the torch models: small enough to read, ignorant of what it trains."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import lr_scheduler

from handbook.errors import HandbookError, nearest

__all__ = ["SCHEDULES", "Schedule", "reproducible", "train"]

Row = dict[str, float]

#: Names of the learning-rate schedules.
SCHEDULES = ("step", "exponential", "plateau", "warmup", "cosine", "one-cycle")


@contextmanager
def reproducible(seed: int) -> Iterator[torch.Generator]:
    """Make all inside depend on `seed` alone, and leave torch as it was.

    The global generator (which layers draw their first weights from, and dropout its masks) is
    seeded inside and restored after; operations without a deterministic form raise.

    Yields
    ------
    torch.Generator
        A generator of one's own, for the order of the rows.
    """
    was_strict = torch.are_deterministic_algorithms_enabled()
    was_warning = torch.is_deterministic_algorithms_warn_only_enabled()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True)
        try:
            yield torch.Generator().manual_seed(seed)
        finally:
            torch.use_deterministic_algorithms(was_strict, warn_only=was_warning)


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


def train(
    network: nn.Module,
    X: Tensor,
    y: Tensor,
    *,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
    epochs: int,
    batch_size: int,
    schedule: str | None = None,
    loss_function: Callable[[Tensor, Tensor], Tensor] = nn.functional.cross_entropy,
    progress: Callable[[Row], None] | None = None,
) -> list[Row]:
    """Train a classifier and return one row an epoch.

    Rows stay where they are (images as bytes) and are taken by index, batch by batch, on the
    device of the network.

    Parameters
    ----------
    network : nn.Module
        Maps a batch of `X` to class scores, (B, K).
    X : Tensor of shape (N, ...)
    y : int64 Tensor of shape (N,)
    optimizer : torch.optim.Optimizer
        Over the network's parameters.
    generator : torch.Generator
        Gives the order of the rows.
    epochs, batch_size : int
    schedule : str or None
        See :class:`Schedule`.
    loss_function : callable
        Mean loss of a batch from scores and targets.
    progress : callable or None
        Is handed each epoch's row as soon as it is there.

    Returns
    -------
    list of dict
        ``epoch`` (from 1), ``loss`` and ``accuracy`` (means over the epoch, while the weights
        change), ``learning_rate`` (at the epoch's end).

    Raises
    ------
    HandbookError
        If the loss stops being a number.
    """
    batches = math.ceil(len(X) / batch_size)
    pace = Schedule(schedule, optimizer, epochs, batches)
    history: list[Row] = []
    network.train()
    for epoch in range(1, epochs + 1):
        loss_sum = torch.zeros((), dtype=torch.float64, device=X.device)
        correct = torch.zeros((), dtype=torch.int64, device=X.device)
        order = torch.randperm(len(X), generator=generator).to(X.device)
        for rows in torch.split(order, batch_size):
            targets = y[rows]
            scores = network(X[rows])
            loss = loss_function(scores, targets)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            pace.after_batch()
            # summed on the device: asking for each number would make it wait
            loss_sum += loss.detach() * len(rows)
            correct += (scores.detach().argmax(dim=1) == targets).sum()
        mean_loss = float(loss_sum) / len(X)
        if not math.isfinite(mean_loss):
            raise HandbookError(
                f"{type(network).__name__}: the loss became {mean_loss} in epoch {epoch} of "
                f"{epochs} (learning rate {pace.rate:g}): the training diverged; lower "
                "learning_rate or momentum"
            )
        row = {
            "epoch": epoch,
            "loss": mean_loss,
            "accuracy": int(correct) / len(X),
            "learning_rate": pace.rate,
        }
        pace.after_epoch(mean_loss)
        history.append(row)
        if progress is not None:
            progress(row)
    return history
