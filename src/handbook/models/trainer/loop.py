"""The training loop of the torch models: small enough to read, ignorant of what it trains."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from tqdm import tqdm

from handbook.core.errors import HandbookError
from handbook.models.trainer.checkpoint import Checkpoint
from handbook.models.trainer.engine import Engine
from handbook.models.trainer.schedule import Schedule

__all__ = ["Learner", "Row", "reproducible", "train"]

Row: TypeAlias = dict[str, float]

#: The column of a history that early stopping watches; lower is better.
WATCHED = "validation_loss"

_LOOK_S = 0.5  # seconds between two looks at the loss: asking for it makes a GPU wait
_CHECKED = 100  # batches between two looks at whether the sums are still numbers


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
    memory: Any = torch.utils.deterministic
    was_filling = memory.fill_uninitialized_memory
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True)
        # Every new tensor would be filled with NaN first, a tenth of a network's time; no layer
        # here reads what it has not written.
        memory.fill_uninitialized_memory = False
        try:
            yield torch.Generator().manual_seed(seed)
        finally:
            torch.use_deterministic_algorithms(was_strict, warn_only=was_warning)
            memory.fill_uninitialized_memory = was_filling


class Learner(ABC):
    """What is trained: networks with their optimizers, batches, and one step on a batch.

    Parameters
    ----------
    engine : Engine
    generator : torch.Generator
        Gives the order of the rows and all else that is drawn on purpose.
    networks : mapping of str to nn.Module
        By names, under which a checkpoint keeps them.
    optimizers : mapping of str to Optimizer
        By the name of the network that each updates.
    """

    def __init__(
        self,
        engine: Engine,
        generator: torch.Generator,
        networks: Mapping[str, nn.Module],
        optimizers: Mapping[str, torch.optim.Optimizer],
    ) -> None:
        self.engine = engine
        self.generator = generator
        self.networks = dict(networks)
        self.optimizers = dict(optimizers)
        for name, optimizer in optimizers.items():
            self.networks[name], self.optimizers[name] = engine.setup(networks[name], optimizer)

    @abstractmethod
    def __len__(self) -> int:
        """Count the batches of an epoch."""

    @abstractmethod
    def batches(self) -> Iterable[Tensor]:
        """Yield one epoch's batches; a batch's length is its weight in the epoch's means."""

    @abstractmethod
    def step(self, batch: Tensor) -> dict[str, Tensor]:
        """Update on a batch; return its means by column of the history, ``loss`` first."""

    def after_epoch(self, epoch: int) -> Row:
        """Return what is measured between two epochs; networks are in evaluation mode."""
        return {}

    def update(self, loss: Tensor, network: str, clip: float | None = None) -> None:
        """Step one network, named, against the gradient of a loss."""
        self.engine.update(loss, self.networks[network], self.optimizers[network], clip)

    def state_dict(self) -> dict[str, Any]:
        """Return all that the rest of the training depends on."""
        return {
            "networks": {name: one.state_dict() for name, one in self.networks.items()},
            "optimizers": {name: one.state_dict() for name, one in self.optimizers.items()},
            "order": self.generator.get_state(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from where :meth:`state_dict` was taken."""
        for name, network in self.networks.items():
            network.load_state_dict(state["networks"][name])
        for name, optimizer in self.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        self.generator.set_state(state["order"])


def train(
    learner: Learner,
    *,
    epochs: int,
    schedule: str | None = None,
    patience: int | None = None,
    progress: Callable[[Row], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> list[Row]:
    """Train and return one row an epoch.

    Parameters
    ----------
    learner : Learner
        Its networks are changed in place.
    epochs : int
        At most.
    schedule : str or None
        See :class:`Schedule`; every optimizer follows it.
    patience : int or None
        Stop after so many epochs without a lower ``validation_loss``, and go back to the networks
        of the epoch that had the lowest.
    progress : callable or None
        Is handed each epoch's row as soon as it is there, those of before a resumption too; with
        it there is a progress bar on a terminal.
    checkpoint : Checkpoint or None
        Is written after each epoch and read at the start: a training that was killed goes on after
        its last whole epoch, and ends with the very weights that it would have ended with.

    Returns
    -------
    list of dict
        ``epoch`` (from 1), the learner's columns (means over the epoch, while the weights change;
        then what it measures after it) and ``learning_rate`` (at the epoch's end).

    Raises
    ------
    HandbookError
        If a column stops being a number.
    """
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


class _Run:
    """One training on its way."""

    def __init__(
        self,
        learner: Learner,
        epochs: int,
        schedule: str | None,
        patience: int | None,
        checkpoint: Checkpoint | None,
    ) -> None:
        self.learner = learner
        self.epochs = epochs
        self.patience = patience
        self.checkpoint = checkpoint
        self.paces = {
            name: Schedule(schedule, optimizer, epochs, len(learner))
            for name, optimizer in learner.optimizers.items()
        }
        self.history: list[Row] = []
        self.best: dict[str, Any] = {}  # networks of the epoch with the lowest watched value

    @property
    def rate(self) -> float:
        return next(iter(self.paces.values())).rate

    @property
    def lowest(self) -> int:
        """The epoch with the lowest watched value so far, from 1; 0 before the first."""
        values = [row[WATCHED] for row in self.history]
        return values.index(min(values)) + 1 if values else 0

    @property
    def over(self) -> bool:
        done = len(self.history)
        waited = self.patience is not None and done - self.lowest >= self.patience and done > 0
        return done >= self.epochs or waited

    def epoch(self, bar: bool) -> Row:
        """Pass over the rows once."""
        learner, number = self.learner, len(self.history) + 1
        for network in learner.networks.values():
            network.train()
        sums: dict[str, Tensor] = {}
        count = 0
        # `disable=None` shows it on a terminal alone
        with tqdm(
            total=len(learner), desc=f"epoch {number}/{self.epochs}", unit="batch", leave=False,
            disable=None if bar else True, mininterval=_LOOK_S,
        ) as shown:  # fmt: skip
            for batch in learner.batches():
                means = learner.step(batch)
                for pace in self.paces.values():
                    pace.after_batch()
                # summed on the device: asking for each number would make it wait
                for name, mean in means.items():
                    value = mean.detach().double() * len(batch)
                    sums[name] = sums[name] + value if name in sums else value
                count += len(batch)
                if shown.update():
                    loss = float(sums["loss"]) / count
                    shown.set_postfix_str(f"loss {loss:.4g}, rate {self.rate:.3g}")
                if shown.n % _CHECKED == 0:
                    self._check(sums, number)
        row = self._row(sums, count, number)
        for pace in self.paces.values():
            pace.after_epoch(row["loss"])
        self.history.append(row)
        if self.patience is not None and self.lowest == number:
            self.best = copy.deepcopy(self._networks())
        if self.checkpoint is not None:
            self.checkpoint.save(self._state())
        return row

    def _row(self, sums: Mapping[str, Tensor], count: int, number: int) -> Row:
        engine = self.learner.engine
        counted = float(engine.total(torch.tensor(float(count), dtype=torch.float64)))
        means = {name: float(engine.total(value)) / counted for name, value in sums.items()}
        for network in self.learner.networks.values():
            network.eval()
        with torch.inference_mode():
            measured = self.learner.after_epoch(number)
        row: Row = {"epoch": number, **means, **measured, "learning_rate": self.rate}
        self._check({name: torch.tensor(value) for name, value in row.items()}, number)
        if self.patience is not None and WATCHED not in row:
            raise ValueError(f"patience needs a learner that measures {WATCHED!r} after an epoch")
        return row

    def _check(self, values: Mapping[str, Tensor], epoch: int) -> None:
        for name, value in values.items():
            if not bool(value.isfinite()):
                network = next(iter(self.learner.networks.values()))
                raise HandbookError(
                    f"{type(network).__name__}: the {name} became {float(value)} in epoch {epoch} "
                    f"of {self.epochs} (learning rate {self.rate:g}): the training diverged; lower "
                    "learning_rate or momentum, or clip the gradient"
                )

    def _networks(self) -> dict[str, Any]:
        return {name: one.state_dict() for name, one in self.learner.networks.items()}

    def _state(self) -> dict[str, Any]:
        state = {
            "learner": self.learner.state_dict(),
            "paces": {name: pace.state_dict() for name, pace in self.paces.items()},
            "history": self.history,
            "best": self.best,
            "global": torch.get_rng_state(),  # dropout's masks
        }
        if torch.cuda.is_available():
            state["cuda"] = torch.cuda.get_rng_state_all()
        return state

    def resume(self) -> None:
        """Go on from the checkpoint, where there is one of this training."""
        state = None if self.checkpoint is None else self.checkpoint.load()
        if state is None:
            return
        self.learner.load_state_dict(state["learner"])
        for name, pace in self.paces.items():
            pace.load_state_dict(state["paces"][name])
        self.history = state["history"]
        self.best = state["best"]
        torch.set_rng_state(state["global"])
        if "cuda" in state:
            torch.cuda.set_rng_state_all(state["cuda"])

    def finish(self) -> None:
        """Go back to the best networks, and leave all in evaluation mode."""
        for name, network in self.learner.networks.items():
            if self.best:
                network.load_state_dict(self.best[name])
            network.eval()
