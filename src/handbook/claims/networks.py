"""Small networks of experiments: first weights, plain training, accuracy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor, nn

from handbook.models.trainer import reproducible

__all__ = ["accuracy", "convolutional", "dense", "fresh", "train"]

Network = TypeVar("Network", bound=nn.Module)


def dense(sides: Sequence[int], activation: Callable[[], nn.Module] = nn.ReLU) -> nn.Sequential:
    """Return dense layers between sides, with an activation behind each but the last.

    Examples
    --------
    >>> dense([4, 3, 2])(torch.zeros(5, 1, 2, 2)).shape
    torch.Size([5, 2])
    """
    parts: list[nn.Module] = [nn.Flatten()]
    for before, after in pairwise(sides):
        parts += [nn.Linear(before, after), activation()]
    return nn.Sequential(*parts[:-1])


def convolutional(
    side: int,
    widths: Sequence[int],
    pool: Callable[[], nn.Module] = lambda: nn.MaxPool2d(2),
    normalised: bool = False,
    classes: int = 10,
) -> nn.Sequential:
    """Return convolutions of 3x3, each with a ReLU and a halving, then a dense layer.

    Parameters
    ----------
    side : int
        Of the images, which are grey.
    widths : sequence of int
        Channels that each convolution gives.
    pool : callable
        Makes a layer that halves the sides.
    normalised : bool
        Whether batch normalisation follows each convolution.
    classes : int

    Examples
    --------
    >>> convolutional(8, [2, 3])(torch.zeros(5, 1, 8, 8)).shape
    torch.Size([5, 10])
    """
    parts: list[nn.Module] = []
    before = 1
    for after in widths:
        parts.append(nn.Conv2d(before, after, kernel_size=3, padding=1))
        if normalised:
            parts.append(nn.BatchNorm2d(after))
        parts += [nn.ReLU(), pool()]
        before, side = after, side // 2
    network = nn.Sequential(*parts, nn.Flatten(), nn.Linear(before * side * side, classes))
    # The same sums in another order, in two thirds of the time.
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def fresh(build: Callable[[], Network], seed: int) -> Network:
    """Return a network whose first weights are those of a seed."""
    with reproducible(seed):
        return build()


def train(
    network: nn.Module,
    X: Tensor,
    y: Tensor,
    *,
    seed: int,
    epochs: int,
    batch_size: int,
    rate: float,
    momentum: float = 0.9,
    alter: Callable[[Tensor, torch.Generator], Tensor] | None = None,
) -> bool:
    """Train a classifier by stochastic gradient descent, the rows in an order of the seed's.

    Parameters
    ----------
    network : nn.Module
        Returns class scores; trained in place.
    X, y : Tensor
        Rows and class codes.
    seed, epochs, batch_size, rate, momentum
        The same seed gives every network the same batches.
    alter : callable, optional
        Changes each batch of rows, with a generator to draw from.

    Returns
    -------
    bool
        Whether every loss was finite; training ends at the first that is not.
    """
    with reproducible(seed) as generator:
        optimizer = torch.optim.SGD(network.parameters(), rate, momentum)
        network.train()
        for _ in range(epochs):
            order = torch.randperm(len(X), generator=generator)
            for batch in torch.split(order, batch_size):
                rows = X[batch] if alter is None else alter(X[batch], generator)
                loss = nn.functional.cross_entropy(network(rows), y[batch])
                if not torch.isfinite(loss):
                    return False
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
    return True


def accuracy(network: nn.Module, X: Tensor, y: Tensor) -> float:
    """Return the share of rows whose class gets the highest score, all scores being numbers."""
    network.eval()
    with torch.inference_mode():
        scores = network(X)
    right = (scores.argmax(dim=1) == y) & torch.isfinite(scores).all(dim=1)
    return float(right.double().mean())
