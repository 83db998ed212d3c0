"""Recurrent cells beside torch's: a step, a sequence, and the gradients through time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook import nn
from handbook.core.errors import HandbookError

CELLS: dict[str, tuple[type[nn.Cell], Any, Any]] = {
    "rnn": (nn.RNNCell, torch.nn.RNNCell, torch.nn.RNN),
    "lstm": (nn.LSTMCell, torch.nn.LSTMCell, torch.nn.LSTM),
    "gru": (nn.GRUCell, torch.nn.GRUCell, torch.nn.GRU),
}
SMALL = st.integers(1, 4)


def filled(module: Any, cell: nn.Cell) -> Any:
    """Give a module of torch the weights of a cell."""
    module = module.double()
    with torch.no_grad():
        for parameter, weight in zip(
            module.parameters(), (cell.W, cell.U, cell.b, cell.c), strict=True
        ):
            parameter.copy_(torch.tensor(weight))
    return module


def remembered(state: nn.recurrent.State) -> Any:
    tensors = tuple(torch.tensor(one, requires_grad=True) for one in state)
    return tensors if len(tensors) > 1 else tensors[0]


def drawn(name: str, inputs: int, hidden: int, batch: int, seed: int) -> tuple[nn.Cell, Any, Any]:
    rng = np.random.default_rng(seed)
    cell = CELLS[name][0].random(inputs, hidden, rng)
    state = tuple(rng.normal(size=(batch, hidden)) for _ in range(cell.remembers))
    return cell, state, rng


@settings(max_examples=25)
@pytest.mark.parametrize("name", CELLS)
@given(SMALL, SMALL, SMALL, st.integers(0, 2**20))
def test_a_step_is_torchs(name: str, inputs: int, hidden: int, batch: int, seed: int) -> None:
    cell, state, rng = drawn(name, inputs, hidden, batch, seed)
    x = rng.normal(size=(batch, inputs))
    theirs = filled(CELLS[name][1](inputs, hidden), cell)(torch.tensor(x), remembered(state))
    theirs = theirs if isinstance(theirs, tuple) else (theirs,)
    for one, other in zip(cell.step(x, state), theirs, strict=True):
        assert one == pytest.approx(other.detach().numpy())


@settings(max_examples=25)
@pytest.mark.parametrize("name", CELLS)
@given(SMALL, SMALL, SMALL, st.integers(1, 6), st.integers(0, 2**20))
def test_a_sequence_and_its_gradients_are_torchs(
    name: str, inputs: int, hidden: int, batch: int, steps: int, seed: int
) -> None:
    cell, state, rng = drawn(name, inputs, hidden, batch, seed)
    X, grad = rng.normal(size=(steps, batch, inputs)), rng.normal(size=(steps, batch, hidden))
    module = filled(CELLS[name][2](inputs, hidden), cell)
    given_ = torch.tensor(X, requires_grad=True)
    first = tuple(torch.tensor(one[None], requires_grad=True) for one in state)
    said, last = module(given_, first if len(first) > 1 else first[0])
    ours, after = cell.unroll(X, state)
    assert ours == pytest.approx(said.detach().numpy())
    for one, other in zip(after, last if isinstance(last, tuple) else (last,), strict=True):
        assert one == pytest.approx(other[0].detach().numpy())

    said.backward(torch.tensor(grad))
    back = cell.backward(grad, X, state)
    for one, other in zip((back.X, *back.state), (given_, *first), strict=True):
        assert one == pytest.approx(other.grad.reshape(one.shape).numpy())
    for name_, parameter in zip("WUbc", module.parameters(), strict=True):
        assert getattr(back, name_) == pytest.approx(parameter.grad.numpy())


@pytest.mark.parametrize("name", CELLS)
def test_without_a_state_a_cell_starts_from_zeros(name: str) -> None:
    cell, _, rng = drawn(name, 2, 3, 4, seed=1)
    X = rng.normal(size=(5, 4, 2))
    zeros = cell.start(4)
    assert all((one == 0).all() for one in zeros)
    assert (cell.unroll(X)[0] == cell.unroll(X, zeros)[0]).all()
    assert (cell.backward(np.ones((5, 4, 3)), X).W == cell.backward(
        np.ones((5, 4, 3)), X, zeros
    ).W).all()  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_reading_can_go_on_where_it_ended(name: str) -> None:
    cell, state, rng = drawn(name, 2, 3, 4, seed=2)
    X = rng.normal(size=(6, 4, 2))
    whole, end = cell.unroll(X, state)
    first, between = cell.unroll(X[:2], state)
    second, last = cell.unroll(X[2:], between)
    assert (np.concatenate([first, second]) == whole).all()
    assert all((a == b).all() for a, b in zip(end, last, strict=True))


def test_the_gates_of_an_lstm_make_its_next_state() -> None:
    cell, (h, c), rng = drawn("lstm", 2, 3, 4, seed=3)
    assert isinstance(cell, nn.LSTMCell)
    x = rng.normal(size=(4, 2))
    gates = cell.read_gates(x, (h, c))
    said, memory = cell.step(x, (h, c))
    assert memory == pytest.approx(gates.forget * c + gates.input * gates.candidate)
    assert said == pytest.approx(gates.output * np.tanh(memory))
    assert all(((one > 0) & (one < 1)).all() for one in (gates.input, gates.forget, gates.output))


def test_weights_are_drawn_within_their_reach() -> None:
    cell = nn.GRUCell.random(2, 4, np.random.default_rng(0))
    assert cell.W.shape == (12, 2)
    assert 0.4 < np.abs(cell.U).max() <= 0.5


def test_weights_of_another_cell_are_an_error() -> None:
    cell = nn.RNNCell.random(2, 3, np.random.default_rng(0))
    with pytest.raises(HandbookError, match=r"LSTMCell: W, U, b, c .*with G = 4"):
        nn.LSTMCell(cell.W, cell.U, cell.b, cell.c)
