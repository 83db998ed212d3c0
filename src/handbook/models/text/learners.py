"""Learners of text: windows drawn at random, or parallel streams."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from handbook.models.trainer import Engine, Learner, Row

__all__ = ["StreamLearner", "TextLearner", "WindowLearner"]


class TextLearner(Learner):
    """A network with the codes of its training text, and samples written during training.

    Parameters
    ----------
    engine, generator
        See :class:`handbook.models.trainer.Learner`.
    codes : int64 Tensor of shape (n,)
    clip : float or None
        The longest gradient, see :meth:`Engine.update`.
    measure : callable or None
        Returns the network's mean loss on a text held out.
    sample : callable
        Returns the codes of a text that the network writes after an epoch.
    sampled : container of int
        Epochs after which it writes.
    """

    def __init__(
        self,
        engine: Engine,
        generator: torch.Generator,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        codes: Tensor,
        *,
        clip: float | None,
        measure: Callable[[nn.Module], float] | None,
        sample: Callable[[nn.Module, int], list[int]],
        sampled: frozenset[int],
    ) -> None:
        super().__init__(engine, generator, {"network": network}, {"network": optimizer})
        self.codes = codes
        self.clip = clip
        self.measure = measure
        self.sample = sample
        self.sampled = sampled
        self.samples: list[dict[str, Any]] = []

    def step(self, batch: Tensor) -> dict[str, Tensor]:
        """Update on a batch; the loss is also reported in bits per character."""
        loss = self.loss(batch)
        self.update(loss, "network", self.clip)
        return {"loss": loss.detach(), "bits_per_character": loss.detach() / math.log(2)}

    @abstractmethod
    def loss(self, batch: Tensor) -> Tensor:
        """Return the mean cross entropy of a batch."""

    def after_epoch(self, epoch: int) -> Row:
        """Write a sample, and measure the text held out."""
        network = self.networks["network"]
        if epoch in self.sampled:
            self.samples.append({"epoch": epoch, "codes": self.sample(network, epoch)})
        if self.measure is None:
            return {}
        loss = self.measure(network)
        return {"validation_loss": loss, "validation_bits_per_character": loss / math.log(2)}

    def state_dict(self) -> dict[str, Any]:
        """See :meth:`Learner.state_dict`."""
        return super().state_dict() | {"samples": self.samples}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """See :meth:`Learner.load_state_dict`."""
        super().load_state_dict(state)
        self.samples = list(state["samples"])


class WindowLearner(TextLearner):
    """Windows of the text in random order; the target is the character after each.

    `window` characters are read at a time, and an epoch has a `share` of all windows; the other
    parameters are those of :class:`TextLearner`.
    """

    def __init__(
        self, *args: Any, window: int, batch_size: int, share: float = 1.0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.windows = self.codes.unfold(0, window + 1, 1)  # (n - W, W + 1), a view
        self.batch_size = batch_size
        self.drawn = max(1, round(share * len(self.windows)))

    def __len__(self) -> int:
        return -(-self.drawn // self.batch_size)

    def batches(self) -> Iterable[Tensor]:
        """Yield positions of windows."""
        order = torch.randperm(len(self.windows), generator=self.generator)[: self.drawn]
        return map(self.engine.mine, torch.split(order.to(self.codes.device), self.batch_size))

    def loss(self, batch: Tensor) -> Tensor:
        """See :meth:`TextLearner.loss`."""
        windows = self.windows[batch].t()  # (W + 1, B)
        return nn.functional.cross_entropy(self.networks["network"](windows[:-1]), windows[-1])


class StreamLearner(TextLearner):
    """Parallel stretches of the text, read chunk by chunk with the state carried over.

    The text is taken as a ring. In each epoch it is cut into `streams` equal stretches from
    another random start; less than one character per stream is left out. Each stream starts
    without a state, after the code `unknown`. Gradients end where a chunk begins: an update is on
    `chunk` characters of each stream. The other parameters are those of :class:`TextLearner`.
    """

    def __init__(self, *args: Any, unknown: int, streams: int, chunk: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unknown = unknown
        self.streams = streams
        self.chunk = chunk
        self.length = len(self.codes) // streams
        self.state: Any = None  # of the network's own kind

    def __len__(self) -> int:
        return -(-self.length // self.chunk)

    def batches(self) -> Iterable[Tensor]:
        """Yield positions of targets, (T, B): the next T of each stream."""
        start = int(torch.randint(len(self.codes), (1,), generator=self.generator))
        starts = start + torch.arange(self.streams).unsqueeze(1) * self.length
        positions = (starts + torch.arange(self.length)) % len(self.codes)  # (B, L)
        self.state = None
        own = self.engine.mine(positions).t().contiguous()
        return torch.split(own.to(self.codes.device), self.chunk)

    def state_dict(self) -> dict[str, Any]:
        """See :meth:`Learner.state_dict`."""
        return super().state_dict() | {"carried": self.state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """See :meth:`Learner.load_state_dict`."""
        super().load_state_dict(state)
        carried = state["carried"]
        self.state = (
            None if carried is None else _each(lambda part: part.to(self.codes.device), carried)
        )

    def loss(self, batch: Tensor) -> Tensor:
        """See :meth:`TextLearner.loss`."""
        targets, read = self.codes[batch], self.codes[batch - 1]  # -1 is the end of the ring
        if self.state is None:
            read[0] = self.unknown
        scores, state = self.networks["network"](read, self.state)
        self.state = _each(Tensor.detach, state)  # without the graph of its computation
        # a committee scores each target several times
        targets = targets.expand(scores.shape[:-1])
        return nn.functional.cross_entropy(scores.flatten(0, -2), targets.flatten())


def _each(change: Callable[[Tensor], Tensor], state: Any) -> Any:
    """Return a state, a tensor or nested sequences of them, with each tensor changed."""
    if isinstance(state, Tensor):
        return change(state)
    return type(state)(_each(change, part) for part in state)
