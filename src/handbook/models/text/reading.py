"""Readers of text by a trained network: all scores of a text, or character by character."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from handbook.models.text.network import Committee, StreamNetwork, WindowNetwork

__all__ = ["NetworkReader", "StreamReader", "WindowReader"]

Array = npt.NDArray[Any]

_STEPS = 1000  # of a stream that are read at once
_WINDOWS = 500


class NetworkReader(ABC):
    """A network that has read some text, see :class:`handbook.models.text.generation.Reader`.

    The network is in evaluation mode. `unseen` is the probability of all characters together that
    are not in the alphabet, and `calibration` a factor on the scores.
    """

    def __init__(self, network: nn.Module, unseen: float, calibration: float = 1.0) -> None:
        self.network = network
        self.device = next(network.parameters()).device
        self.unseen = unseen
        self.calibration = calibration

    @abstractmethod
    def scores(self, codes: Tensor) -> Tensor:
        """Return the scores at each position of a whole text, (n, A) for codes of (n,)."""

    @abstractmethod
    def next_scores(self, codes: Tensor) -> Tensor:
        """Read some more codes, (n,); return the scores of the next character, (1, A)."""

    def log_probabilities(self, codes: Tensor) -> npt.NDArray[np.float64]:
        """Return log-probabilities of all symbols at each position of a whole text, (n, A+1)."""
        with torch.inference_mode():
            return self._log_probabilities(self.scores(codes))

    def read(self, codes: Array) -> Array:
        """Read some more codes, (n,), or none; return log-probabilities of the next one, (A+1,)."""
        with torch.inference_mode():
            scores = self.next_scores(torch.from_numpy(codes))
            return np.asarray(self._log_probabilities(scores)[0])

    def _log_probabilities(self, scores: Tensor) -> npt.NDArray[np.float64]:
        seen = torch.log_softmax(self.calibration * scores.cpu().double(), dim=1)
        seen += np.log1p(-self.unseen)
        unseen = torch.full((len(seen), 1), float(np.log(self.unseen)), dtype=torch.float64)
        return torch.cat([seen, unseen], dim=1).numpy()


class StreamReader(NetworkReader):
    """Reads each character once and carries the state on; parameters as of the base class."""

    def __init__(
        self, network: StreamNetwork | Committee, unseen: float, calibration: float = 1.0
    ) -> None:
        super().__init__(network, unseen, calibration)
        self.start = torch.tensor([network.unknown])  # what stands before a text
        self.state: Any = None

    def scores(self, codes: Tensor) -> Tensor:
        """See :meth:`NetworkReader.scores`."""
        return self._continue(torch.cat([self.start, codes])[:-1])

    def next_scores(self, codes: Tensor) -> Tensor:
        """See :meth:`NetworkReader.next_scores`."""
        if self.state is None:
            codes = torch.cat([self.start, codes])
        return self._continue(codes)[-1:]

    def _continue(self, codes: Tensor) -> Tensor:
        """Read more codes; return the scores after each, (n, A)."""
        parts = []
        for part in torch.split(codes.to(self.device), _STEPS):
            scores, self.state = self.network(part.unsqueeze(1), self.state)
            parts.append(scores[:, 0])
        return torch.cat(parts)


class WindowReader(NetworkReader):
    """Reads the last `window` characters again for each prediction, with zeros before the text."""

    def __init__(
        self, network: WindowNetwork, window: int, unseen: float, calibration: float = 1.0
    ) -> None:
        super().__init__(network, unseen, calibration)
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
