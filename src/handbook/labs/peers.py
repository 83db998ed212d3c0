"""Reference values of labs: torch's optimizers, schedulers and cross-correlation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from handbook.labs.result import Array, against

__all__ = ["by_autograd", "by_conv2d", "torch_corr2d", "torch_path", "torch_rates"]

by_autograd = against("torch's automatic differentiation")
by_conv2d = against("torch.nn.functional.conv2d")


def torch_corr2d(X: Array, K: Array, **settings: Any) -> Array:
    """Cross-correlate by ``torch.nn.functional.conv2d``.

    X and K are of shape (B, C, H, W) and (D, C, h, w), or two matrices; the settings are padding
    and stride.

    Examples
    --------
    >>> torch_corr2d(np.ones((2, 2)), np.ones((1, 2))).tolist()
    [[2.0], [2.0]]
    """
    axes = (None,) * (4 - X.ndim)
    image, kernels = torch.tensor(X[axes]), torch.tensor(K[axes])
    output = torch.nn.functional.conv2d(image, kernels, **settings)
    return np.asarray(output[(0,) * len(axes)])


def torch_path(
    optimizer: str,
    settings: Mapping[str, Any],
    gradient: Callable[[Array], npt.ArrayLike],
    start: Sequence[float],
    steps: int,
) -> list[list[float]]:
    """Return the points that an optimizer of torch goes through.

    `optimizer` is a class of ``torch.optim``, `settings` are its arguments. The gradient is that at
    a point of d numbers, as `start` has; steps + 1 points are returned.

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
    """Return the learning rates of a scheduler of torch, one for each loss.

    `scheduler` is a class of ``torch.optim.lr_scheduler``, `settings` are its arguments, `rate` is
    the optimizer's. Only ReduceLROnPlateau uses the losses, one after each step.

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
