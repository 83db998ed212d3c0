"""The recurrent networks that read characters: LSTM, GRU or plain RNN."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import torch
from torch import Tensor, nn

__all__ = ["CELLS", "Committee", "Recurrent", "State", "StreamNetwork", "WindowNetwork"]

CELLS: dict[str, Callable[[int, int], nn.RNNBase]] = {
    "lstm": nn.LSTM,
    "gru": nn.GRU,
    "rnn": nn.RNN,
}

#: What each layer remembers: a tensor, (1, B, H), or for an LSTM two of them.
State: TypeAlias = list[tuple[Tensor, Tensor] | Tensor]


class Recurrent(nn.Module):
    """Recurrent layers, one on the other, with dropout after each.

    Parameters
    ----------
    cell : {"lstm", "gru", "rnn"}
    inputs, hidden, layers : int
        Numbers a step, units a layer, layers.
    dropout : float
        Of what a layer hands on, to the next one and at the end.
    recurrent_dropout : float
        Of the weights between steps of one layer (DropConnect): one mask for all steps of a chunk.
    """

    def __init__(
        self,
        cell: str,
        inputs: int,
        hidden: int,
        layers: int,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        # one module a layer: what each says and remembers is at hand
        self.layers = nn.ModuleList(
            CELLS[cell](inputs if layer == 0 else hidden, hidden) for layer in range(layers)
        )
        self.dropout = nn.Dropout(dropout)
        self.recurrent_dropout = recurrent_dropout

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Read steps, (T, B, inputs); return what the last layer says, (T, B, H), and the state."""
        after: State = []
        for place, layer in enumerate(self.layers):
            before = None if state is None else state[place]
            if self.training and self.recurrent_dropout:
                assert isinstance(layer.weight_hh_l0, Tensor)
                weight = nn.functional.dropout(layer.weight_hh_l0, self.recurrent_dropout)
                x, last = torch.func.functional_call(layer, {"weight_hh_l0": weight}, (x, before))
            else:
                x, last = layer(x, before)
            after.append(last)
            x = self.dropout(x)
        return x, after


class WindowNetwork(nn.Module):
    """The handbook's: a code is one number, and only the step after the window is predicted.

    Parameters
    ----------
    symbols : int
        Characters of the alphabet; a code is divided by it.
    cell, hidden, layers, dropout
        See :class:`Recurrent`.
    """

    def __init__(
        self,
        symbols: int,
        cell: str = "lstm",
        hidden: int = 300,
        layers: int = 2,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.symbols = symbols
        self.recurrent = Recurrent(cell, 1, hidden, layers, dropout)
        self.head = nn.Linear(hidden, symbols)

    def inputs(self, codes: Tensor) -> Tensor:
        """Return what the first layer sees of codes, (T, B): (T, B, 1)."""
        return codes.unsqueeze(-1) / self.symbols

    def forward(self, codes: Tensor) -> Tensor:
        """Return scores of the character after each window, (B, A), for codes of (T, B)."""
        said, _ = self.recurrent(self.inputs(codes))  # (T, B, H)
        scores: Tensor = self.head(said[-1])
        return scores


class StreamNetwork(nn.Module):
    """Each character has a learned vector, and the next one is predicted at every step.

    Parameters
    ----------
    symbols : int
        Characters of the alphabet, A. One vector more, the last, stands for what is not known:
        a character that the training text does not have, and what comes before the first.
    cell, hidden, layers, dropout, recurrent_dropout
        See :class:`Recurrent`.
    embedding : int
        Numbers of a character's vector.
    input_dropout : float
        Of the numbers of the vectors.
    """

    def __init__(
        self,
        symbols: int,
        cell: str = "lstm",
        hidden: int = 512,
        layers: int = 1,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        embedding: int = 64,
        input_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.unknown = symbols  # its code
        self.embedding = nn.Embedding(symbols + 1, embedding)
        self.input_dropout = nn.Dropout(input_dropout)
        self.recurrent = Recurrent(cell, embedding, hidden, layers, dropout, recurrent_dropout)
        self.head = nn.Linear(hidden, symbols)

    def inputs(self, codes: Tensor) -> Tensor:
        """Return what the first layer sees of codes, (T, B): (T, B, embedding)."""
        vectors: Tensor = self.input_dropout(self.embedding(codes))
        return vectors

    def forward(self, codes: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Return scores of what comes after each step, (T, B, A), for codes of (T, B).

        `state` is what an earlier call returned, and reading goes on from there.
        """
        said, state = self.recurrent(self.inputs(codes), state)
        return self.head(said), state


class Committee(nn.Module):
    """Stream networks that read side by side, and whose scores are averaged.

    The mean of scores is the geometric mean of the probabilities, up to a constant.

    Parameters
    ----------
    members : iterable of StreamNetwork
        Of one alphabet.
    """

    def __init__(self, members: Iterable[StreamNetwork]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(
        self, codes: Tensor, state: list[State] | None = None
    ) -> tuple[Tensor, list[State]]:
        """Read codes, (T, B), with each member.

        Returns
        -------
        scores : Tensor
            In training those of each member, (K, T, B, A): each has its own loss. Else their
            mean, (T, B, A).
        state : list
            A :data:`State` a member.
        """
        before: Sequence[State | None] = state or [None] * len(self.members)
        said = [one(codes, old) for one, old in zip(self.members, before, strict=True)]
        scores = torch.stack([one for one, _ in said])
        return scores if self.training else scores.mean(0), [after for _, after in said]
