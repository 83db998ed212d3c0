"""The gates of an LSTM cell, and their dependence on recurrent weights (3.2.8, 5.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from handbook.labs.examples.rnn_unrolling import torchs_of
from handbook.labs.peers import by_autograd
from handbook.labs.result import Array, Result, against, listing
from handbook.nn import LSTMCell

__all__ = ["compute", "plot", "read"]


def read(cell: LSTMCell, X: Array) -> dict[str, Array]:
    """Return gates, cell state and hidden state at each step.

    X is of shape (T, I), each array that is returned of shape (T, H).
    """
    state, rows = cell.start(1), []
    for x in X:
        gates = cell.read_gates(x[None], state)
        state = cell.step(x[None], state)
        rows.append((gates.forget, gates.input, gates.candidate, gates.output, state[1], state[0]))
    names = ("forget gate", "input gate", "candidate", "output gate", "cell state", "hidden state")
    return dict(zip(names, np.stack(rows)[:, :, 0].swapaxes(0, 1), strict=True))


def compute(inputs: int, hidden: int, steps: int, seed: int) -> list[Result]:
    """Read a sequence with an LSTM, and again with all steps but the last in reverse order."""
    cell, X = _drawn(inputs, hidden, steps, seed)
    states, (_, memory) = cell.unroll(X[:, None])
    theirs, their_memory = _torchs(cell, X)
    back = cell.backward(np.ones(states.shape), X[:, None])
    gradient = _torchs_gradient(cell, X)
    turned = np.concatenate([X[-2::-1], X[-1:]])
    book = replace(cell, U=np.zeros(cell.U.shape))  # without recurrent weights
    changes = [_last_gates(each, X) - _last_gates(each, turned) for each in (cell, book)]
    their_gates = _torchs_last_gates(cell, X) - _torchs_last_gates(cell, turned)
    return [
        against("torch.nn.LSTM with the same weights")(
            f"hidden states of {hidden} units at {steps} steps", states[:, 0], theirs
        ),
        against("torch.nn.LSTM with the same weights")(
            "cell state after the last step", memory[0], their_memory
        ),
        by_autograd(
            "gradient of the sum of all hidden states by the recurrent weights", back.U, gradient
        ),
        against("the same formulas on the hidden states of torch.nn.LSTM")(
            "how the gates (input, forget, output) at the last step change when the steps "
            "before it come in reverse order",
            changes[0],
            their_gates,
            book=listing(changes[1], (2878, 2879, 2880, 6399)),
            fault="contradicts itself",
            reason="the cell listed in 3.2.8 has no recurrent weights: its gates see the input of "
            "their own step alone, and only the cell state remembers; in 5.5 they read the hidden "
            "state of the step before too",
            instead="gives each gate the hidden state of the step before, as the LSTM has it",
        ),
    ]


def plot(inputs: int, hidden: int, steps: int, seed: int) -> dict[str, Any]:
    """Return gates and states at each step."""
    cell, X = _drawn(inputs, hidden, steps, seed)
    numbers = {name: values.T.round(3) for name, values in read(cell, X).items()}
    return {"values": numbers, "steps": steps, "units": hidden}


def _drawn(inputs: int, hidden: int, steps: int, seed: int) -> tuple[LSTMCell, Array]:
    rng = np.random.default_rng(seed)
    return LSTMCell.random(inputs, hidden, rng), rng.normal(size=(steps, inputs))


def _last_gates(cell: LSTMCell, X: Array) -> Array:
    """Return the gates of the last step, (3, H)."""
    _, before = cell.unroll(X[:-1, None])
    gates = cell.read_gates(X[-1:], before)
    return np.concatenate([gates.input, gates.forget, gates.output])


def _torchs(cell: LSTMCell, X: Array) -> tuple[Array, Array]:
    with torch.no_grad():
        states, (_, memory) = torchs_of(cell)(torch.tensor(X))
    return states.numpy(), memory[0].numpy()


def _torchs_gradient(cell: LSTMCell, X: Array) -> Array:
    module = torchs_of(cell)
    _, recurrent, *_ = module.parameters()
    (gradient,) = torch.autograd.grad(module(torch.tensor(X))[0].sum(), recurrent)
    return np.asarray(gradient)


def _torchs_last_gates(cell: LSTMCell, X: Array) -> Array:
    before = _torchs(cell, X[:-1])[0][-1]
    sums = torch.tensor(cell.W @ X[-1] + cell.b + cell.U @ before + cell.c).reshape(4, -1)
    return np.asarray(torch.sigmoid(sums[[0, 1, 3]]))
