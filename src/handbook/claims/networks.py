"""Small networks of experiments: first weights, plain training, accuracy."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from handbook.models.trainer import reproducible

__all__ = ["accuracy", "fresh", "train"]


def fresh(build: Callable[[], nn.Module], seed: int) -> nn.Module:
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
