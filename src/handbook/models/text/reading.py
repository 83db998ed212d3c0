"""Trained networks that read a text: scores for every place of it, or character by character."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from handbook.models.text.network import Committee, StreamNetwork, WindowNetwork

__all__ = ["NetworkReader", "StreamReader", "WindowReader", "reader"]

Array = npt.NDArray[Any]

_STEPS = 1000  # of a stream that are read at once
_WINDOWS = 500


class NetworkReader(ABC):
    """A network that has read some text, see :class:`handbook.models.text.language.Reader`.

    Parameters
    ----------
    unseen : float
        Probability of all characters together that are not in the alphabet: a network that never
        met one can not tell.
    calibration : float, default=1.0
        Scores are multiplied by it.
    """

    def __init__(self, unseen: float, calibration: float = 1.0) -> None:
        self.unseen = unseen
        self.calibration = calibration

    @abstractmethod
    def scores(self, codes: Tensor) -> Tensor:
        """Return the scores at each place of a whole text, (n, A) for codes of (n,)."""

    @abstractmethod
    def next_scores(self, codes: Tensor) -> Tensor:
        """Read some more codes, (n,); return the scores of what comes then, (1, A)."""

    def log_probabilities(self, codes: Tensor) -> npt.NDArray[np.float64]:
        """Return log-probabilities of all symbols at each place of a whole text, (n, A+1)."""
        with torch.inference_mode():
            return self._logs(self.scores(codes))

    def read(self, codes: Array) -> Array:
        """Read some more codes, (n,), or none; return log-probabilities of the next one, (A+1,)."""
        with torch.inference_mode():
            return np.asarray(self._logs(self.next_scores(torch.from_numpy(codes)))[0])

    def _logs(self, scores: Tensor) -> npt.NDArray[np.float64]:
        known = torch.log_softmax(self.calibration * scores.cpu().double(), dim=1)
        known += np.log1p(-self.unseen)
        other = torch.full((len(known), 1), float(np.log(self.unseen)), dtype=torch.float64)
        return torch.cat([known, other], dim=1).numpy()


class StreamReader(NetworkReader):
    """Reads each character once, and remembers.

    Parameters
    ----------
    network : StreamNetwork or Committee
        In evaluation mode.
    unseen, calibration : float
        See :class:`NetworkReader`.
    """

    def __init__(
        self, network: StreamNetwork | Committee, unseen: float, calibration: float = 1.0
    ) -> None:
        super().__init__(unseen, calibration)
        self.network = network
        one = network.members[0] if isinstance(network, Committee) else network
        assert isinstance(one, StreamNetwork)
        self.device = one.head.weight.device
        self.nothing = torch.tensor([one.unknown])
        self.state: Any = None

    def scores(self, codes: Tensor) -> Tensor:
        """See :meth:`NetworkReader.scores`."""
        return self._on(torch.cat([self.nothing, codes])[:-1])

    def next_scores(self, codes: Tensor) -> Tensor:
        """See :meth:`NetworkReader.next_scores`."""
        if self.state is None:
            codes = torch.cat([self.nothing, codes])
        return self._on(codes)[-1:]

    def _on(self, codes: Tensor) -> Tensor:
        """Read on; return the scores after each code, (n, A)."""
        said = []
        for part in torch.split(codes.to(self.device), _STEPS):
            scores, self.state = self.network(part.unsqueeze(1), self.state)
            said.append(scores[:, 0])
        return torch.cat(said)


class WindowReader(NetworkReader):
    """Reads the last characters anew for each that it predicts, with zeros before the text.

    Parameters
    ----------
    network : WindowNetwork
        In evaluation mode.
    window : int
        Characters that are read.
    unseen, calibration : float
        See :class:`NetworkReader`.
    """

    def __init__(
        self, network: WindowNetwork, window: int, unseen: float, calibration: float = 1.0
    ) -> None:
        super().__init__(unseen, calibration)
        self.network = network
        self.device = network.head.weight.device
        self.window = window
        self.tail = torch.zeros(window, dtype=torch.int64)

    def scores(self, codes: Tensor) -> Tensor:
        """See :meth:`NetworkReader.scores`."""
        before = torch.cat([torch.zeros(self.window, dtype=torch.int64), codes])[:-1]
        parts = torch.split(before.unfold(0, self.window, 1), _WINDOWS)  # (n, W)
        return torch.cat([self.network(part.t().to(self.device)) for part in parts])

    def next_scores(self, codes: Tensor) -> Tensor:
        """See :meth:`NetworkReader.next_scores`."""
        self.tail = torch.cat([self.tail, codes])[-self.window :]
        scores: Tensor = self.network(self.tail.unsqueeze(1).to(self.device))
        return scores


def reader(
    network: nn.Module, window: int, unseen: float, calibration: float = 1.0
) -> NetworkReader:
    """Return a reader that has read nothing yet, of the network's kind."""
    if isinstance(network, StreamNetwork | Committee):
        return StreamReader(network, unseen, calibration)
    assert isinstance(network, WindowNetwork)
    return WindowReader(network, window, unseen, calibration)
