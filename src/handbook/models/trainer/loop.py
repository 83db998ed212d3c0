"""The training loop of the torch models."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from handbook.core.errors import HandbookError
from handbook.core.interruption import postponed
from handbook.models.trainer.checkpoint import Checkpoint
from handbook.models.trainer.learner import Learner, restore, states
from handbook.models.trainer.part import Part, Row
from handbook.models.trainer.recording import steps_of
from handbook.models.trainer.schedule import Schedule

__all__ = ["train"]

#: The column of a history that early stopping watches; lower is better.
WATCHED = "validation_loss"

_BAR_SECONDS = 0.5  # between two updates of the progress bar: reading the loss makes a GPU wait
_CHECK_EVERY = 100  # batches between two checks that the sums are finite


def train(
    learner: Learner,
    *,
    epochs: int,
    schedule: str | None = None,
    patience: int | None = None,
    progress: Callable[[Row], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> list[Row]:
    """Train and return the history, one row per epoch.

    Parameters
    ----------
    learner : Learner
        Its networks are changed in place.
    epochs : int
        The largest number of epochs.
    schedule : str or None
        See :class:`Schedule`; every optimizer follows it.
    patience : int or None
        Epochs without a lower ``validation_loss`` before training stops and goes back to the
        networks of the epoch with the lowest.
    progress : callable or None
        Called with each epoch's row, also with those from before a resumption. With it there is a
        progress bar on a terminal.
    checkpoint : Checkpoint or None
        Written after each epoch, and after the batch during which the process is asked to end;
        read at the start. A training that resumes ends with the same weights as one that ran
        through.

    Returns
    -------
    list of dict
        ``epoch`` (from 1), the columns of :meth:`Learner.step` (means over the epoch) and of
        :meth:`Learner.after_epoch`, and ``learning_rate`` (at the epoch's end).

    Raises
    ------
    HandbookError
        If a value is not finite.
    """
    if not learner.engine.leads:
        progress = None
    run = _Run(learner, epochs, schedule, patience, checkpoint)
    run.resume()
    if progress is not None:
        for row in run.history:
            progress(row)
    while not run.over:
        row = run.epoch(bar=progress is not None)
        if progress is not None:
            progress(row)
    run.finish()
    return run.history


@dataclass
class _Run:
    """The state of one call of :func:`train`."""

    learner: Learner
    epochs: int
    schedule: str | None
    patience: int | None
    checkpoint: Checkpoint | None
    history: list[Row] = field(default_factory=list)
    #: Networks of the epoch with the lowest validation loss.
    best: dict[str, Any] = field(default_factory=dict)
    #: What an interrupted training had done of its epoch.
    part: Part | None = None

    def __post_init__(self) -> None:
        self.step = steps_of(self.learner, steady=self.schedule is None)
        self.schedules = {
            name: Schedule(self.schedule, optimizer, self.epochs, len(self.learner))
            for name, optimizer in self.learner.optimizers.items()
        }

    @property
    def rate(self) -> float:
        return next(iter(self.schedules.values())).rate

    @property
    def lowest(self) -> int:
        """The epoch with the lowest validation loss so far, from 1; 0 before the first."""
        values = [row[WATCHED] for row in self.history]
        return values.index(min(values)) + 1 if values else 0

    @property
    def over(self) -> bool:
        done = len(self.history)
        waited = self.patience is not None and done - self.lowest >= self.patience and done > 0
        return done >= self.epochs or waited

    def epoch(self, bar: bool) -> Row:
        """Train for one epoch and return its row of the history."""
        learner, number = self.learner, len(self.history) + 1
        for network in learner.networks.values():
            network.train()
        part = self.part or Part(learner.generator.get_state())
        batches = self._batches(part)
        # `disable=None` is for a bar on terminals only
        with tqdm(
            total=len(learner), desc=f"epoch {number}/{self.epochs}", unit="batch", leave=False,
            disable=None if bar else True, mininterval=_BAR_SECONDS, initial=part.batches,
        ) as progress_bar, self._interruptible() as interrupted:  # fmt: skip
            for batch in batches:
                part.add(self.step(batch), len(batch) if learner.engine.weight else 0)
                learner.after_step()
                for schedule in self.schedules.values():
                    schedule.after_batch()
                if progress_bar.update():
                    assert part.sums is not None
                    loss = float(part.sums[0]) / part.rows
                    progress_bar.set_postfix_str(f"loss {loss:.4g}, rate {self.rate:.3g}")
                if part.batches % _CHECK_EVERY == 0:
                    self._check_sums(part, number)
                if interrupted():
                    self._save(part)
                    break
        self.part = None
        row = self._row(part, number)
        for schedule in self.schedules.values():
            schedule.after_epoch(row["loss"])
        self.history.append(row)
        if self.patience is not None and self.lowest == number:
            self.best = copy.deepcopy(states(learner.networks))
        self._save()
        return row

    def _batches(self, part: Part) -> Iterator[Tensor]:
        """Return what is left of an epoch's batches, in the order that was drawn at its start."""
        if not part.batches:
            return iter(self.learner.batches())
        state = self._state()
        self.learner.generator.set_state(part.order)
        batches = iter(self.learner.batches())
        for _ in range(part.batches):
            next(batches)
        self._restore(state)
        return batches

    def _interruptible(self) -> AbstractContextManager[Callable[[], bool]]:
        """Put off the end of this process until a batch has ended, where its work can be kept."""
        # Several processes would end at different batches.
        if self.checkpoint is not None and self.learner.engine.processes == 1:
            return postponed()
        return nullcontext(lambda: False)

    def _row(self, part: Part, number: int) -> Row:
        means = part.means(self.learner.engine.total)
        for network in self.learner.networks.values():
            network.eval()
        with torch.inference_mode():
            measured = self.learner.after_epoch(number)
        row: Row = {"epoch": number, **means, **measured, "learning_rate": self.rate}
        self._check(row, number)
        if self.patience is not None and WATCHED not in row:
            raise ValueError(f"patience needs a learner that measures {WATCHED!r} after an epoch")
        return row

    def _check_sums(self, part: Part, epoch: int) -> None:
        assert part.sums is not None
        self._check(dict(zip(part.columns, part.sums.tolist(), strict=True)), epoch)

    def _check(self, values: Row, epoch: int) -> None:
        for name, value in values.items():
            if not math.isfinite(value):
                network = next(iter(self.learner.networks.values()))
                raise HandbookError(
                    f"{type(network).__name__}: the {name} became {value} in epoch {epoch} "
                    f"of {self.epochs} (learning rate {self.rate:g}): the training diverged; lower "
                    "learning_rate or momentum, or clip the gradient"
                )

    def _save(self, part: Part | None = None) -> None:
        """Write the state after an epoch, or after a part of one."""
        if self.checkpoint is not None and self.learner.engine.leads:
            kept = {"history": self.history, "best": self.best, "part": part and vars(part)}
            self.checkpoint.save(self._state() | kept)

    def _state(self) -> dict[str, Any]:
        state = {
            "learner": self.learner.state_dict(),
            "schedules": states(self.schedules),
            "global": torch.get_rng_state(),  # dropout's masks
        }
        if torch.cuda.is_available():
            state["cuda"] = torch.cuda.get_rng_state_all()
        return state

    def _restore(self, state: Mapping[str, Any]) -> None:
        self.learner.load_state_dict(state["learner"])
        restore(self.schedules, state["schedules"])
        torch.set_rng_state(state["global"])
        if "cuda" in state:
            torch.cuda.set_rng_state_all(state["cuda"])

    def resume(self) -> None:
        """Restore the state of the checkpoint, if there is one of this training."""
        engine, kept = self.learner.engine, self.checkpoint
        state = engine.agreed(None if kept is None or not engine.leads else kept.load())
        if state is None:
            return
        self._restore(state)
        self.history = state["history"]
        self.best = state["best"]
        self.part = Part(**state["part"]) if state["part"] else None

    def finish(self) -> None:
        """Go back to the best networks, and set all to evaluation mode."""
        if self.best:
            restore(self.learner.networks, self.best)
        for network in self.learner.networks.values():
            network.eval()
