"""Claim of sections 5.3 and 5.4: plain recurrent networks forget, LSTM and GRU remember."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn

from handbook.claims.finding import Finding, paired
from handbook.claims.networks import fresh
from handbook.models.trainer import reproducible

__all__ = ["CELLS", "Recaller", "compute", "sequences", "train_recaller"]

#: Each kind of layer, and whether its gates begin open: so that most of the state stays.
CELLS: dict[str, tuple[type[nn.RNN] | type[nn.LSTM] | type[nn.GRU], bool]] = {
    "RNN": (nn.RNN, False),
    "LSTM": (nn.LSTM, False),
    "GRU": (nn.GRU, False),
    "open LSTM": (nn.LSTM, True),
    "open GRU": (nn.GRU, True),
}


class Recaller(nn.Module):
    """A recurrent layer whose last state names the first symbol of a sequence.

    Parameters
    ----------
    cell : str
        Of :data:`CELLS`. Gates that begin open let a state fade by 1/e over `gap` steps.
    symbols, hidden, gap : int

    References
    ----------
    Gers, Schmidhuber and Cummins (2000), "Learning to forget", for the forget gate's bias; Tallec
    and Ollivier (2018), "Can recurrent neural networks warp time?", for its size.
    """

    def __init__(self, cell: str, symbols: int, hidden: int, gap: int) -> None:
        super().__init__()
        kind, opened = CELLS[cell]
        self.kinds = 2 * symbols
        self.layer = kind(self.kinds, hidden, batch_first=True)
        self.answer = nn.Linear(hidden, symbols)
        if opened:
            _, _, bias, other = self.layer.all_weights[0]
            keeping = slice(hidden, 2 * hidden)  # the second gate: an LSTM's forget, a GRU's update
            with torch.no_grad():
                bias[keeping] = math.log(gap)
                other[keeping] = 0

    def forward(self, x: Tensor) -> Tensor:
        """Return scores of the symbols, (B, T) -> (B, symbols)."""
        states, _ = self.layer(nn.functional.one_hot(x, self.kinds).float())
        scores: Tensor = self.answer(states[:, -1])
        return scores


def sequences(generator: torch.Generator, count: int, gap: int, symbols: int) -> Tensor:
    """Return random symbols: one that is to be named, and `gap` that never are.

    Examples
    --------
    >>> sequences(torch.Generator().manual_seed(1), 1, gap=4, symbols=2).tolist()
    [[1, 3, 2, 2, 3]]
    """
    first = torch.randint(symbols, (count, 1), generator=generator)
    others = symbols + torch.randint(symbols, (count, gap), generator=generator)
    return torch.cat([first, others], dim=1)


def train_recaller(
    network: nn.Module, seed: int, gap: int, symbols: int, batches: int, batch: int, rate: float
) -> list[float]:
    """Train with Adam, gradients clipped, on fresh sequences; return each batch's accuracy."""
    right = []
    with reproducible(seed) as generator:
        optimizer = torch.optim.Adam(network.parameters(), rate)
        for _ in range(batches):
            x = sequences(generator, batch, gap, symbols)
            scores = network(x)
            right.append(float((scores.argmax(dim=1) == x[:, 0]).double().mean()))
            optimizer.zero_grad()
            nn.functional.cross_entropy(scores, x[:, 0]).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
    return right


def compute(
    seeds: Sequence[int],
    gaps: list[int],
    symbols: int,
    hidden: int,
    batches: int,
    batch: int,
    rate: float,
    judged: int,
) -> Finding:
    """Let recurrent layers name the first symbol of a sequence after others have followed.

    The others are random, of another alphabet, and mean nothing. A plain layer (tanh), an LSTM and
    a GRU of the same number of states learn from the same fresh sequences by Adam, gradients
    clipped; LSTM and GRU once as torch begins them, and once with gates that begin open. What
    counts is the accuracy on the last batches, each new when it is answered, for gaps of two
    lengths.
    """
    scores: dict[str, list[float]] = {}
    for seed in seeds:
        for gap in gaps:
            for cell in CELLS:
                network = fresh(partial(Recaller, cell, symbols, hidden, gap), seed)
                right = train_recaller(network, seed, gap, symbols, batches, batch, rate)
                name = f"{cell}, gap {gap}"
                scores.setdefault(name, []).append(sum(right[-judged:]) / judged)
    return Finding(
        measured={f"accuracy, {name}": values for name, values in scores.items()},
        parts=[
            paired(
                f"{cell.lower().replace(' ', '-')}-{gap}",
                f"the gap is {gap} symbols and the cell is {cell}",
                "accuracy less that of a plain layer",
                scores[f"{cell}, gap {gap}"],
                scores[f"RNN, gap {gap}"],
            )
            for gap in gaps
            for cell in CELLS
            if cell != "RNN"
        ],
        plot={"gaps": gaps, "scores": scores, "symbols": symbols},
    )
