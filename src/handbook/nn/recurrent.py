"""Recurrent cells: one step, many steps, and backpropagation through them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from handbook.core.errors import HandbookError
from handbook.nn.units import Array, sigmoid

__all__ = ["Cell", "GRUCell", "LSTMCell", "LSTMGates", "RNNCell", "RecurrentGradients", "State"]

#: State of a cell, arrays of shape (B, H): the hidden state, and of an LSTM its cell state.
State = tuple[Array, ...]


class RecurrentGradients(NamedTuple):
    """Gradients of a loss with respect to the inputs and weights of an unrolled cell.

    Parameters
    ----------
    X : ndarray of shape (T, B, I)
    state : tuple of ndarrays of shape (B, H)
        State before the first step.
    W, U, b, c : ndarray
        Of the shapes of the weights.
    """

    X: Array
    state: State
    W: Array
    U: Array
    b: Array
    c: Array


@dataclass(frozen=True)
class Cell(ABC):
    """Base of all cells: weights, unrolling, and backpropagation through time.

    With I inputs, H units and G weighted sums a unit (its gates):

    Parameters
    ----------
    W : ndarray of shape (G H, I)
        Weights of the input.
    U : ndarray of shape (G H, H)
        Recurrent weights: of the units' outputs at the step before.
    b, c : ndarray of shape (G H,)
        Biases of the two products.

    Raises
    ------
    HandbookError
        Where the weights do not fit each other.
    """

    W: Array
    U: Array
    b: Array
    c: Array

    gates: ClassVar[int]
    #: Arrays in the state.
    remembers: ClassVar[int] = 1

    def __post_init__(self) -> None:
        rows = self.gates * self.hidden
        shapes = [np.shape(array) for array in (self.W, self.U, self.b, self.c)]
        if shapes != [(rows, np.shape(self.W)[-1]), (rows, self.hidden), (rows,), (rows,)]:
            raise HandbookError(
                f"{type(self).__name__}: W, U, b, c have the shapes {shapes}, expected (G H, I), "
                f"(G H, H), (G H,), (G H,) with G = {self.gates}; give one bias as b and zeros as c"
            )

    @classmethod
    def random(cls, inputs: int, hidden: int, rng: np.random.Generator) -> Self:
        """Return a cell whose weights are drawn evenly between ±1 / sqrt(hidden).

        Parameters
        ----------
        inputs, hidden : int
            I and H.
        rng : Generator
        """
        rows, reach = cls.gates * hidden, hidden**-0.5
        shapes: Sequence[tuple[int, ...]] = ((rows, inputs), (rows, hidden), (rows,), (rows,))
        return cls(*(rng.uniform(-reach, reach, shape) for shape in shapes))

    @property
    def hidden(self) -> int:
        """Units, H."""
        return int(np.shape(self.U)[-1])

    def start(self, batch: int) -> State:
        """Return the initial state: zeros."""
        return tuple(np.zeros((batch, self.hidden)) for _ in range(self.remembers))

    def step(self, x: npt.ArrayLike, state: State) -> State:
        """Take one step.

        Parameters
        ----------
        x : array-like of shape (B, I)
        state : tuple of ndarrays of shape (B, H)

        Returns
        -------
        tuple of ndarrays of shape (B, H)
            The first is the output.
        """
        return self._update(*self._sums(x, state), state)[0]

    def unroll(self, X: npt.ArrayLike, state: State | None = None) -> tuple[Array, State]:
        """Run the cell over a sequence.

        Parameters
        ----------
        X : array-like of shape (T, B, I)
        state : tuple of ndarrays of shape (B, H), optional
            Zeros if None.

        Returns
        -------
        outputs : ndarray of shape (T, B, H)
        state : tuple of ndarrays of shape (B, H)
            After the last step.

        References
        ----------
        Handbook, 5.2.
        """
        X = np.asarray(X, dtype=np.float64)
        state = self.start(X.shape[1]) if state is None else state
        outputs = np.empty((*X.shape[:2], self.hidden))
        for t, x in enumerate(X):
            state = self.step(x, state)
            outputs[t] = state[0]
        return outputs, state

    def backward(
        self, grad: npt.ArrayLike, X: npt.ArrayLike, state: State | None = None
    ) -> RecurrentGradients:
        """Return the gradients of a loss through all steps.

        Parameters
        ----------
        grad : array-like of shape (T, B, H)
            Gradient with respect to the outputs of :meth:`unroll`.
        X, state
            As given to it.

        References
        ----------
        Werbos (1990), "Backpropagation through time: what it does and how to do it".
        """
        grad, X = np.asarray(grad, dtype=np.float64), np.asarray(X, dtype=np.float64)
        current = self.start(X.shape[1]) if state is None else state
        before, tapes = [], []
        for x in X:
            before.append(current[0])
            current, tape = self._update(*self._sums(x, current), current)
            tapes.append(tape)

        carried: State = self.start(X.shape[1])
        grad_X = np.empty(X.shape)
        W, U, b, c = (np.zeros(array.shape) for array in (self.W, self.U, self.b, self.c))
        for t in reversed(range(len(X))):
            of_input, of_recurrent, carried = self._update_backward(
                (carried[0] + grad[t], *carried[1:]), tapes[t]
            )  # both sums: (B, G H)
            grad_X[t] = of_input @ self.W
            carried = (carried[0] + of_recurrent @ self.U, *carried[1:])
            W += of_input.T @ X[t]
            U += of_recurrent.T @ before[t]
            b += of_input.sum(axis=0)
            c += of_recurrent.sum(axis=0)
        return RecurrentGradients(grad_X, carried, W, U, b, c)

    def _sums(self, x: npt.ArrayLike, state: State) -> tuple[Array, Array]:
        """Return the weighted sums of the input and of the state, both (B, G H)."""
        x = np.asarray(x, dtype=np.float64)
        return x @ self.W.T + self.b, state[0] @ self.U.T + self.c

    @abstractmethod
    def _update(self, a: Array, r: Array, state: State) -> tuple[State, Any]:
        """Return the next state from the two sums, and what the backward step needs."""

    @abstractmethod
    def _update_backward(self, grad: State, tape: Any) -> tuple[Array, Array, State]:
        """Return the gradients of the two sums, and of the state past them."""


class RNNCell(Cell):
    """The plain recurrent cell: ``h' = tanh(W x + b + U h + c)``.

    See :class:`Cell`; one sum a unit.

    References
    ----------
    Elman (1990), "Finding structure in time". Handbook, 5.2.

    Examples
    --------
    >>> cell = RNNCell(W=np.ones((1, 1)), U=np.ones((1, 1)), b=np.zeros(1), c=np.zeros(1))
    >>> outputs, _ = cell.unroll([[[1.0]], [[0.0]]])
    >>> outputs.round(3).ravel().tolist()  # tanh(1), tanh(tanh(1))
    [0.762, 0.642]
    """

    gates = 1

    def _update(self, a: Array, r: Array, state: State) -> tuple[State, Array]:
        output = np.tanh(a + r)
        return (output,), output

    def _update_backward(self, grad: State, tape: Array) -> tuple[Array, Array, State]:
        of_sum = grad[0] * (1.0 - tape**2)
        return of_sum, of_sum, (np.zeros(tape.shape),)


class LSTMGates(NamedTuple):
    """Values of an LSTM's gates at one step, each of shape (B, H)."""

    input: Array
    forget: Array
    candidate: Array
    output: Array


class LSTMCell(Cell):
    """The cell with long short-term memory: ``c' = f c + i g`` and ``h' = o tanh(c')``.

    The gates i, f, o are sigmoids and the candidate g is a tanh, each of its own weighted sum of
    input and hidden state. The rows of W, U, b and c are those of i, f, g, o, in this order. Its
    state is (h, c).

    References
    ----------
    Hochreiter and Schmidhuber (1997), "Long short-term memory"; Gers, Schmidhuber and Cummins
    (2000), "Learning to forget". Handbook, 3.2.8 and 5.5.

    Examples
    --------
    >>> open_gates = np.array([50.0, 50.0, 0.0, 50.0])  # i = f = o = 1
    >>> W, U = np.array([[0.0], [0.0], [1.0], [0.0]]), np.zeros((4, 1))
    >>> _, (output, remembered) = LSTMCell(W, U, open_gates, np.zeros(4)).unroll([[[0.1]], [[0.2]]])
    >>> bool(np.isclose(remembered, np.tanh(0.1) + np.tanh(0.2)).all())
    True
    """

    gates = 4
    remembers = 2

    def read_gates(self, x: npt.ArrayLike, state: State) -> LSTMGates:
        """Return the values of the gates for an input, (B, I), and a state."""
        return _lstm_gates(*self._sums(x, state))

    def _update(self, a: Array, r: Array, state: State) -> tuple[State, Any]:
        gates = _lstm_gates(a, r)
        memory = gates.forget * state[1] + gates.input * gates.candidate
        activated = np.tanh(memory)
        return (gates.output * activated, memory), (gates, activated, state[1])

    def _update_backward(self, grad: State, tape: Any) -> tuple[Array, Array, State]:
        (i, f, g, o), activated, before = tape
        of_memory = grad[1] + grad[0] * o * (1.0 - activated**2)
        of_sum = np.concatenate(
            [
                of_memory * g * i * (1.0 - i),
                of_memory * before * f * (1.0 - f),
                of_memory * i * (1.0 - g**2),
                grad[0] * activated * o * (1.0 - o),
            ],
            axis=1,
        )
        return of_sum, of_sum, (np.zeros(activated.shape), of_memory * f)


def _lstm_gates(a: Array, r: Array) -> LSTMGates:
    i, f, g, o = np.split(a + r, 4, axis=1)  # (B, H) each
    return LSTMGates(sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o))


class GRUCell(Cell):
    """The gated recurrent unit: ``h' = (1 - z) n + z h``.

    Reset r and update z are sigmoids of their sums, and the candidate is
    ``n = tanh(W x + b + r (U h + c))``. The rows of W, U, b and c are those of r, z, n, in this
    order.

    References
    ----------
    Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder for statistical
    machine translation"; r after the product, as here, is the form of cuDNN and PyTorch. Handbook,
    5.2.

    Examples
    --------
    >>> keep = GRUCell(np.zeros((3, 1)), np.zeros((3, 1)), np.array([0.0, 50.0, 0.0]), np.zeros(3))
    >>> _, (output,) = keep.unroll([[[5.0]]], (np.array([[0.25]]),))  # z = 1: nothing new
    >>> output.tolist()
    [[0.25]]
    """

    gates = 3

    def _update(self, a: Array, r: Array, state: State) -> tuple[State, Any]:
        (a_r, a_z, a_n), (r_r, r_z, r_n) = np.split(a, 3, axis=1), np.split(r, 3, axis=1)
        reset, update = sigmoid(a_r + r_r), sigmoid(a_z + r_z)
        new = np.tanh(a_n + reset * r_n)
        return ((1.0 - update) * new + update * state[0],), (reset, update, new, r_n, state[0])

    def _update_backward(self, grad: State, tape: Any) -> tuple[Array, Array, State]:
        reset, update, new, r_n, before = tape
        of_new = grad[0] * (1.0 - update) * (1.0 - new**2)
        of_reset = of_new * r_n * reset * (1.0 - reset)
        of_update = grad[0] * (before - new) * update * (1.0 - update)
        of_input = np.concatenate([of_reset, of_update, of_new], axis=1)
        of_recurrent = np.concatenate([of_reset, of_update, of_new * reset], axis=1)
        return of_input, of_recurrent, (grad[0] * update,)
