"""A recurrence unfolded in time, by three cells (section 5.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from handbook.labs import Result
from handbook.nn import Cell, GRUCell, LSTMCell, RNNCell

__all__ = ["compute", "plot"]

Array = npt.NDArray[np.float64]
_CELLS: dict[str, tuple[type[Cell], type[torch.nn.RNNBase]]] = {
    "RNN": (RNNCell, torch.nn.RNN),
    "LSTM": (LSTMCell, torch.nn.LSTM),
    "GRU": (GRUCell, torch.nn.GRU),
}


def compute(inputs: int, hidden: int, steps: int, seed: int) -> list[Result]:
    """Unroll each cell over a random sequence, and go back in time from its last step."""
    results = []
    for name, (cell, X) in _drawn(inputs, hidden, steps, seed).items():
        said, reached = _reach(cell, X)
        theirs, their_reach = _torchs(name, cell, X)
        results += [
            Result(
                name=f"{name}: hidden states at {steps} steps",
                computed=said.tolist(),
                expected=theirs.tolist(),
                source=f"torch.nn.{name} with the same weights",
            ),
            Result(
                name=f"{name}: gradient of the last step's sum by the input of each step, its "
                "length",
                computed=reached.tolist(),
                expected=their_reach.tolist(),
                source="torch's automatic differentiation",
            ),
        ]
    return results


def plot(inputs: int, hidden: int, steps: int, seed: int) -> dict[str, Any]:
    """Return each cell's hidden states, and how far back its last step reaches."""
    panels = []
    for name, (cell, X) in _drawn(inputs, hidden, steps, seed).items():
        said, reached = _reach(cell, X)
        panels.append(
            {"cell": name, "states": said.T.round(3).tolist(), "reached": reached.tolist()}
        )
    return {"panels": panels}


def _drawn(inputs: int, hidden: int, steps: int, seed: int) -> dict[str, tuple[Cell, Array]]:
    """Return each cell with weights of its own, and the one sequence, (T, I)."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(steps, inputs))
    return {name: (ours.random(inputs, hidden, rng), X) for name, (ours, _) in _CELLS.items()}


def _reach(cell: Cell, X: Array) -> tuple[Array, Array]:
    """Return the hidden states, (T, H), and the gradient's length at each step, (T,)."""
    said, _ = cell.unroll(X[:, None])
    grad = np.zeros(said.shape)
    grad[-1] = 1
    return said[:, 0], np.linalg.norm(cell.backward(grad, X[:, None]).X[:, 0], axis=1)


def _torchs(name: str, cell: Cell, X: Array) -> tuple[Array, Array]:
    module = _CELLS[name][1](X.shape[1], cell.hidden).double()
    with torch.no_grad():
        for parameter, weight in zip(
            module.parameters(), (cell.W, cell.U, cell.b, cell.c), strict=True
        ):
            parameter.copy_(torch.tensor(weight))
    given = torch.tensor(X, requires_grad=True)
    said, _ = module(given)
    said[-1].sum().backward()
    assert given.grad is not None
    return said.detach().numpy(), given.grad.norm(dim=1).numpy()
