"""torch's optimizers and schedulers, asked for what labs hold their own steps against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

__all__ = ["torch_path", "torch_rates"]

Array = npt.NDArray[np.float64]


def torch_path(
    optimizer: str,
    settings: Mapping[str, Any],
    gradient: Callable[[Array], npt.ArrayLike],
    start: Sequence[float],
    steps: int,
) -> list[list[float]]:
    """Return where the steps of one of torch's optimizers lead.

    Parameters
    ----------
    optimizer : str
        Name of a class in ``torch.optim``.
    settings : mapping
        Its arguments.
    gradient : callable
        Gradient at a point of shape (d,).
    start : sequence of d floats
    steps : int

    Returns
    -------
    list of steps + 1 points of d floats

    Examples
    --------
    >>> torch_path("SGD", {"lr": 0.25}, lambda x: 2 * x, [8.0], 2)
    [[8.0], [4.0], [2.0]]
    """
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    rule = getattr(torch.optim, optimizer)([point], **settings)
    path = [point.tolist()]
    for _ in range(steps):
        point.grad = torch.tensor(np.array(gradient(point.detach().numpy().copy()), float))
        rule.step()
        path.append(point.tolist())
    return path


def torch_rates(
    scheduler: str, settings: Mapping[str, Any], rate: float, losses: Sequence[float]
) -> list[float]:
    """Return the learning rates of one of torch's schedulers, one for each loss.

    Parameters
    ----------
    scheduler : str
        Name of a class in ``torch.optim.lr_scheduler``.
    settings : mapping
        Its arguments.
    rate : float
        The optimizer's own.
    losses : sequence of float
        The one that depends on losses sees each after the step that its rate was for.

    Examples
    --------
    >>> torch_rates("ExponentialLR", {"gamma": 0.5}, 1.0, [9.0, 9.0, 9.0])
    [1.0, 0.5, 0.25]
    """
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    peer = getattr(torch.optim.lr_scheduler, scheduler)(optimizer, **settings)
    rates = []
    for loss in losses:
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        peer.step(*([loss] if scheduler == "ReduceLROnPlateau" else []))
    return rates
