"""Steps recorded once as a CUDA graph and replayed: one call of the host for some hundred kernels.

A small network leaves a GPU waiting for Python between one kernel and the next. The loop and the
learners know nothing of this: a recorded step takes a batch and returns its means like any other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from handbook.models.trainer.learner import Learner

__all__ = ["Cuda", "RecordedStep", "steps_of"]

Means = dict[str, Tensor]
Step = Callable[[Tensor], Means]

_WARM_UPS = 3  # before a recording, as PyTorch's notes on CUDA graphs have it
_log = logging.getLogger(__name__)


class Recorder(Protocol):
    """What can record work on a device."""

    def warm(self, work: Callable[[], Means]) -> None:
        """Do some work before it is recorded."""

    def record(
        self, work: Callable[[], Means], generators: Sequence[torch.Generator]
    ) -> tuple[Callable[[], None], Means]:
        """Return what replays some work, and the tensors that then hold its results."""

    def generators(self, device: torch.device) -> list[torch.Generator]:
        """Return the generators that layers draw from without being given one."""


class Cuda:
    """CUDA graphs."""

    def warm(self, work: Callable[[], Means]) -> None:
        """See :class:`Recorder`; on a stream of its own, which a recording asks for."""
        cuda: Any = torch.cuda  # whose streams have no types
        stream = cuda.Stream()
        stream.wait_stream(cuda.current_stream())
        with cuda.stream(stream):
            work()
        cuda.current_stream().wait_stream(stream)

    def record(
        self, work: Callable[[], Means], generators: Sequence[torch.Generator]
    ) -> tuple[Callable[[], None], Means]:
        """See :class:`Recorder`."""
        cuda: Any = torch.cuda
        graph, stream = cuda.CUDAGraph(), cuda.current_stream()
        for generator in generators:
            graph.register_generator_state(generator)
        try:
            with cuda.graph(graph):
                means = work()
        finally:
            # one that fails may leave the stream of the recording as the current one
            cuda.set_stream(stream)
        return graph.replay, means

    def generators(self, device: torch.device) -> list[torch.Generator]:
        """See :class:`Recorder`."""
        return [torch.cuda.default_generators[device.index or 0]]


def steps_of(learner: Learner, *, steady: bool) -> Step:
    """Return what takes a learner's steps: recorded ones where the device and the learner allow.

    Parameters
    ----------
    learner : Learner
    steady : bool
        Whether the learning rates stay as they are; a recording has them as numbers.
    """
    if learner.engine.records and learner.recordable and steady:
        return RecordedStep(learner, Cuda())
    return learner.step


class RecordedStep:
    """A learner's step, recorded at the first batch and held against the plain one.

    It is recorded anew at a longer batch, since a training that resumes may begin with the short
    last one of an epoch; shorter batches are stepped on plainly. Where a recording fails, or its
    first replay changes weights otherwise than the plain step, all steps are plain, and a warning
    says so.
    """

    def __init__(self, learner: Learner, recorder: Recorder) -> None:
        self.learner = learner
        self.recorder = recorder
        self._replay: Callable[[], None] | None = None
        self._batch = torch.empty(0)
        self._means: Means = {}
        self._plain = False

    def __call__(self, batch: Tensor) -> Means:
        """Step on a batch, see :meth:`Learner.step`."""
        if not self._plain and len(batch) > len(self._batch):
            return self._record(batch)
        if self._replay is None or self._plain or batch.shape != self._batch.shape:
            return self.learner.step(batch)
        self._batch.copy_(batch)
        self._replay()
        return self._means

    def _record(self, batch: Tensor) -> Means:
        learner = self.learner
        own = {id(generator): generator for generator in learner.generators()}
        hidden = self.recorder.generators(batch.device)
        before = _Memory(learner, [*own.values(), *hidden])
        try:
            for _ in range(_WARM_UPS):
                before.restore()
                self.recorder.warm(lambda: learner.step(batch))
            expected = [tensor.clone() for tensor in _tensors(learner)]
            before.restore()
            for optimizer in learner.optimizers.values():
                optimizer.zero_grad(set_to_none=True)
            self._batch = batch.clone()
            replay, self._means = self.recorder.record(
                lambda: learner.step(self._batch), list(own.values())
            )
            replay()
            if not all(map(torch.allclose, _tensors(learner), expected)):
                raise RuntimeError("its first replay gave other weights than the plain step")
        except Exception as error:  # drivers and libraries raise all there is
            self._plain = True
            before.restore()
            _log.warning(
                "steps are not recorded on %s (%s: %s); the training goes on step by step, slower",
                batch.device,
                type(error).__name__,
                " ".join(str(error).split())[:200],
            )
            return learner.step(batch)
        self._replay = replay
        return self._means


class _Memory:
    """All that a step changes, as it was; restored in place, since a recording knows addresses."""

    def __init__(self, learner: Learner, generators: Sequence[torch.Generator]) -> None:
        self.learner = learner
        self.tensors = [(tensor, tensor.clone()) for tensor in _tensors(learner)]
        self.states = {id(tensor): tensor.clone() for tensor in _states(learner)}
        self.generators = [(generator, generator.get_state()) for generator in generators]

    def restore(self) -> None:
        """Put it back; what optimizers have begun to keep since becomes 0, as at their start."""
        for tensor, value in self.tensors:
            tensor.copy_(value)
        for state in _states(self.learner):
            if id(state) in self.states:
                state.copy_(self.states[id(state)])
            else:
                state.zero_()
        for generator, state in self.generators:
            generator.set_state(state)


def _tensors(learner: Learner) -> list[Tensor]:
    return [
        tensor
        for network in learner.networks.values()
        for tensor in network.state_dict().values()
        if isinstance(tensor, Tensor)
    ]


def _states(learner: Learner) -> Iterator[Tensor]:
    for optimizer in learner.optimizers.values():
        state: Any
        for state in optimizer.state.values():
            yield from (value for value in state.values() if isinstance(value, Tensor))
