"""A recurrence unfolded in time, by three cells (section 5.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from handbook.labs.peers import by_autograd
from handbook.labs.result import Array, Result, against
from handbook.nn import Cell, GRUCell, LSTMCell, RNNCell

__all__ = ["compute", "plot", "torchs_of"]

_CELLS: dict[str, type[Cell]] = {"RNN": RNNCell, "LSTM": LSTMCell, "GRU": GRUCell}
_TORCHS: dict[type[Cell], Callable[[int, int], torch.nn.RNNBase]] = {
    RNNCell: torch.nn.RNN,
    LSTMCell: torch.nn.LSTM,
    GRUCell: torch.nn.GRU,
}


def torchs_of(cell: Cell) -> torch.nn.RNNBase:
    """Return torch's layer of the same kind and weights as a cell.

    Examples
    --------
    >>> torchs_of(GRUCell.random(2, 3, np.random.default_rng(0)))
    GRU(2, 3)
    """
    module = _TORCHS[type(cell)](cell.W.shape[1], cell.hidden).double()
    with torch.no_grad():
        weights = cell.W, cell.U, cell.b, cell.c
        for parameter, weight in zip(module.parameters(), weights, strict=True):
            parameter.copy_(torch.tensor(weight))
    return module


def compute(inputs: int, hidden: int, steps: int, seed: int) -> list[Result]:
    """Unfold three recurrent cells in time, and follow the gradient back from the last step."""
    results = []
    for name, (cell, X) in _drawn(inputs, hidden, steps, seed).items():
        states, lengths = _states_and_reach(cell, X)
        theirs, their_lengths = _torchs(cell, X)
        results += [
            against(f"torch.nn.{name} with the same weights")(
                f"{name}: hidden states at {steps} steps", states, theirs
            ),
            by_autograd(
                f"{name}: gradient of the last step's sum by the input of each step, its length",
                lengths,
                their_lengths,
            ),
        ]
    return results


def plot(inputs: int, hidden: int, steps: int, seed: int) -> dict[str, Any]:
    """Return each cell's hidden states, and how far back its last step reaches."""
    panels = []
    for name, (cell, X) in _drawn(inputs, hidden, steps, seed).items():
        states, lengths = _states_and_reach(cell, X)
        panels.append({"cell": name, "states": states.T.round(3), "reached": lengths})
    return {"panels": panels}


def _drawn(inputs: int, hidden: int, steps: int, seed: int) -> dict[str, tuple[Cell, Array]]:
    """Return each cell with weights of its own, and the one sequence, (T, I)."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(steps, inputs))
    return {name: (ours.random(inputs, hidden, rng), X) for name, ours in _CELLS.items()}


def _states_and_reach(cell: Cell, X: Array) -> tuple[Array, Array]:
    """Return the hidden states, (T, H), and the gradient's length at each step, (T,)."""
    states, _ = cell.unroll(X[:, None])
    grad = np.zeros(states.shape)
    grad[-1] = 1
    return states[:, 0], np.linalg.norm(cell.backward(grad, X[:, None]).X[:, 0], axis=1)


def _torchs(cell: Cell, X: Array) -> tuple[Array, Array]:
    sequence = torch.tensor(X, requires_grad=True)
    states, _ = torchs_of(cell)(sequence)
    (lengths,) = torch.autograd.grad(states[-1].sum(), sequence)
    return states.detach().numpy(), lengths.norm(dim=1).numpy()
