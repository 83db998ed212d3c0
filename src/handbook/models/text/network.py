"""The recurrent networks of characters: LSTM, GRU or plain RNN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import torch
from torch import Tensor, nn

__all__ = [
    "CELLS", "Committee", "Recurrent", "State", "StreamNetwork", "WindowNetwork", "dropped",
]  # fmt: skip

CELLS: dict[str, Callable[[int, int], nn.RNNBase]]
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}

#: The state of each layer: a tensor, (1, B, H), or for an LSTM two of them.
State: TypeAlias = list[tuple[Tensor, Tensor] | Tensor]


class Recurrent(nn.Module):
    """Recurrent layers, one on the other, with dropout after each.

    Parameters
    ----------
    cell : {"lstm", "gru", "rnn"}
    inputs, hidden, layers : int
        Input size, units of a layer, number of layers.
    dropout : float
        Share of each layer's outputs.
    recurrent_dropout : float
        Share of the weights between steps (DropConnect): one mask for all steps of a chunk.
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
        # one module per layer, to have the outputs and the state of each
        self.layers = nn.ModuleList(
            CELLS[cell](inputs if layer == 0 else hidden, hidden) for layer in range(layers)
        )
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Read steps, (T, B, inputs); return the last layer's outputs, (T, B, H), and the state."""
        after: State = []
        for number, layer in enumerate(self.layers):
            before = None if state is None else state[number]
            if self.training and self.recurrent_dropout:
                assert isinstance(layer.weight_hh_l0, Tensor)
                weight = dropped(layer.weight_hh_l0, self.recurrent_dropout)
                x, last = torch.func.functional_call(layer, {"weight_hh_l0": weight}, (x, before))
            else:
                x, last = layer(x, before)
            after.append(last)
            if self.training and self.dropout:
                x = dropped(x, self.dropout)
        return x, after


def dropped(x: Tensor, share: float) -> Tensor:
    """Set a share of the values to 0, drawn anew, and scale the others up to the same mean.

    :func:`torch.nn.functional.dropout` does the same, on a GPU in fewer kernels; on a processor it
    draws a mask in three times the time, a fifth of the training of an LSTM.

    Examples
    --------
    >>> dropped(torch.ones(1000), 0.5).unique().tolist()
    [0.0, 2.0]
    """
    if x.device.type != "cpu":
        return nn.functional.dropout(x, share)
    kept = torch.rand_like(x) >= share
    return x * kept / (1 - share)


class WindowNetwork(nn.Module):
    """The handbook's network: each code is one number; only the character after is predicted.

    A code is divided by `symbols`, the size of the alphabet; for the rest see :class:`Recurrent`.
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
        """Return the inputs of the first layer, (T, B, 1), for codes of (T, B)."""
        return codes.unsqueeze(-1) / self.symbols

    def forward(self, codes: Tensor) -> Tensor:
        """Return scores of the character after each window, (B, A), for codes of (T, B)."""
        hidden, _ = self.recurrent(self.inputs(codes))  # (T, B, H)
        scores: Tensor = self.head(hidden[-1])
        return scores


class StreamNetwork(nn.Module):
    """A network with a learned vector per character that predicts the next one at every step.

    Parameters
    ----------
    symbols : int
        Characters of the alphabet, A. One more vector, the last, stands for characters outside
        the training text and for what comes before a text.
    cell, hidden, layers, dropout, recurrent_dropout
        See :class:`Recurrent`.
    embedding : int
        Length of a character's vector.
    input_dropout : float
        Share of the vectors' components.
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
        self.unknown = symbols  # the code of the last vector
        self.embedding = nn.Embedding(symbols + 1, embedding)
        self.input_dropout = nn.Dropout(input_dropout)
        self.recurrent = Recurrent(cell, embedding, hidden, layers, dropout, recurrent_dropout)
        self.head = nn.Linear(hidden, symbols)

    def inputs(self, codes: Tensor) -> Tensor:
        """Return the inputs of the first layer, (T, B, embedding), for codes of (T, B)."""
        vectors: Tensor = self.input_dropout(self.embedding(codes))
        return vectors

    def forward(self, codes: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Return scores of the character after each step, (T, B, A), for codes of (T, B).

        `state` is that of an earlier call, from which reading continues.
        """
        hidden, state = self.recurrent(self.inputs(codes), state)
        return self.head(hidden), state


class Committee(nn.Module):
    """Stream networks that read the same text, with the mean of their scores.

    The mean of scores is the geometric mean of the probabilities, up to a constant.

    Parameters
    ----------
    members : sequence of StreamNetwork
        Of one alphabet.
    """

    def __init__(self, members: Sequence[StreamNetwork]) -> None:
        super().__init__()
        self.unknown = members[0].unknown
        self.members = nn.ModuleList(members)

    def forward(
        self, codes: Tensor, state: list[State] | None = None
    ) -> tuple[Tensor, list[State]]:
        """Read codes, (T, B), with each member; return scores, and a :data:`State` per member.

        In training the scores are those of each member, (K, T, B, A), which each has its own
        loss; otherwise their mean, (T, B, A).
        """
        before: Sequence[State | None] = state or [None] * len(self.members)
        outputs = [member(codes, own) for member, own in zip(self.members, before, strict=True)]
        scores = torch.stack([member_scores for member_scores, _ in outputs])
        return scores if self.training else scores.mean(0), [after for _, after in outputs]
