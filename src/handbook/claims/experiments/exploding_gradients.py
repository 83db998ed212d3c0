"""Claim of sections 5.3 and 5.7: gradients of recurrent networks explode, and clipping helps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from handbook.claims.finding import Finding, paired, share
from handbook.claims.networks import fresh
from handbook.models.trainer import reproducible

__all__ = ["Adder", "adding", "compute", "gradient_by_step", "train_adder"]

# Mean square of the sum of two numbers that are uniform on [0, 1].
_OF_ZERO = 7 / 6


class Adder(nn.Module):
    """A recurrent layer of ReLUs whose last state gives a number.

    Parameters
    ----------
    hidden : int
    radius : float
        Spectral radius of the recurrent weights at first: a multiple of the identity, all of whose
        eigenvalues are this.

    References
    ----------
    Le, Jaitly and Hinton (2015), "A simple way to initialize recurrent networks of rectified linear
    units".
    """

    def __init__(self, hidden: int, radius: float) -> None:
        super().__init__()
        self.layer = nn.RNN(2, hidden, nonlinearity="relu", batch_first=True)
        self.answer = nn.Linear(hidden, 1)
        _, recurrent, *biases = self.layer.all_weights[0]
        with torch.no_grad():
            recurrent.copy_(radius * torch.eye(hidden))
            for bias in biases:
                bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """Return a number for each sequence, (B, T, 2) -> (B,)."""
        states, _ = self.layer(x)
        answer: Tensor = self.answer(states[:, -1]).squeeze(1)
        return answer


def adding(generator: torch.Generator, batch: int, steps: int) -> tuple[Tensor, Tensor]:
    """Return sequences of random numbers of which two are marked, and the sums of these two.

    References
    ----------
    Hochreiter and Schmidhuber (1997), "Long short-term memory": the adding problem.
    """
    numbers = torch.rand(batch, steps, generator=generator)
    marks = torch.zeros(batch, steps)
    half = steps // 2
    first = torch.randint(half, (batch, 1), generator=generator)
    second = half + torch.randint(steps - half, (batch, 1), generator=generator)
    marks.scatter_(1, first, 1.0).scatter_(1, second, 1.0)
    return torch.stack([numbers, marks], dim=2), (numbers * marks).sum(dim=1)


def gradient_by_step(network: Adder, x: Tensor, y: Tensor) -> list[float]:
    """Return the norm of the loss's gradient by the state after each step, from first to last."""
    weight_ih, weight_hh, bias_ih, bias_hh = network.layer.all_weights[0]
    state = torch.zeros(len(x), network.layer.hidden_size)
    states = []
    drive = x @ weight_ih.T + bias_ih
    for step in range(x.shape[1]):
        kept = state @ weight_hh.T + bias_hh
        state = (drive[:, step] + kept).relu()
        state.retain_grad()
        states.append(state)
    loss = nn.functional.mse_loss(network.answer(state).squeeze(1), y)
    loss.backward()  # type: ignore[no-untyped-call]
    return [float(torch.linalg.vector_norm(own.grad)) for own in states if own.grad is not None]


def train_adder(
    network: Adder, seed: int, batches: int, batch: int, steps: int, rate: float, clip: float | None
) -> list[float]:
    """Train on fresh sequences and return the loss of each batch, up to the first that is none."""
    losses: list[float] = []
    with reproducible(seed) as generator:
        optimizer = torch.optim.SGD(network.parameters(), rate)
        for _ in range(batches):
            x, y = adding(generator, batch, steps)
            loss = nn.functional.mse_loss(network(x), y)
            if not torch.isfinite(loss):
                break
            losses.append(float(loss.detach()))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            if clip is not None:
                nn.utils.clip_grad_norm_(network.parameters(), clip)
            optimizer.step()
    return losses


def compute(
    seeds: Sequence[int],
    hidden: int,
    steps: int,
    radii: list[float],
    trained_radius: float,
    batches: int,
    batch: int,
    rate: float,
    clip: float,
) -> Finding:
    """Let a recurrent layer of ReLUs add the two marked numbers of a sequence.

    Before training, the gradient by the first state is held against that by the last, for recurrent
    weights of several spectral radii. Then a layer of one radius is trained with and without
    clipping of the gradient's norm; a run is broken where its loss is no longer a number, or ends
    above that of always answering 0, 7/6. Same first weights, same sequences.
    """
    growth: list[list[float]] = []
    curves: dict[str, list[list[float]]] = {"clipped": [], "plain": []}
    broken: dict[str, list[float]] = {"clipped": [], "plain": []}
    norms: list[list[list[float]]] = []
    for seed in seeds:
        x, y = adding(torch.Generator().manual_seed(seed), batch, steps)
        by_radius = []
        for radius in radii:
            network = fresh(partial(Adder, hidden, radius), seed)
            by_radius.append(gradient_by_step(network, x, y))
        norms.append(by_radius)
        growth.append([float(np.log10(own[0] / own[-1])) for own in by_radius])
        for name, limit in (("clipped", clip), ("plain", None)):
            network = fresh(partial(Adder, hidden, trained_radius), seed)
            losses = train_adder(network, seed, batches, batch, steps, rate, limit)
            curves[name].append(losses)
            ended = float(np.mean(losses[-20:])) if len(losses) == batches else np.inf
            broken[name].append(float(ended > _OF_ZERO))
    grown = np.transpose(growth).tolist()
    return Finding(
        measured={
            f"log10 first/last gradient, radius {r:g}": own
            for r, own in zip(radii, grown, strict=True)
        }
        | {f"broken, {name}": values for name, values in broken.items()},
        parts=[
            *(
                paired(
                    f"radius-{radius:g}",
                    f"the spectral radius is {radius:g}",
                    f"log10 of the gradient {steps} steps back over the last",
                    own,
                    [0.0] * len(own),
                )
                for radius, own in zip(radii, grown, strict=True)
            ),
            share(
                "clipping",
                "training is clipped",
                "share of seeds whose run is broken without clipping and not with it",
                [
                    plain > clipped
                    for plain, clipped in zip(broken["plain"], broken["clipped"], strict=True)
                ],
            ),
        ],
        plot={"radii": radii, "norms": norms, "curves": curves, "steps": steps},
    )
