"""Four learning-rate schedules (section 3.13)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.peers import torch_rates
from handbook.labs.result import Result, against
from handbook.optim import Plateau, exponential, step_decay, warm_up

__all__ = ["compute", "plot"]


def flattening(epochs: int, flat: int) -> list[float]:
    """Return losses that fall as 1/t and stay constant from an epoch on.

    Examples
    --------
    >>> flattening(4, flat=2)
    [1.0, 0.5, 0.3333333333333333, 0.3333333333333333]
    """
    return [1 / (1 + min(epoch, flat)) for epoch in range(epochs)]


def compute(
    rate: float,
    epochs: int,
    every: int,
    step_factor: float,
    factor: float,
    rise: int,
    start: float,
    flat: int,
    patience: int,
) -> list[Result]:
    """Follow each schedule through the epochs."""
    curves = plot(rate, epochs, every, step_factor, factor, rise, start, flat, patience)
    peers = {
        "step": ("StepLR", {"step_size": every, "gamma": step_factor}),
        "exponential": ("ExponentialLR", {"gamma": factor}),
        "plateau": ("ReduceLROnPlateau", {"factor": step_factor, "patience": patience}),
        "warm-up": ("LinearLR", {"start_factor": start, "total_iters": rise}),
    }
    return [
        against(f"torch.optim.lr_scheduler.{peer}")(
            f"{name}: the rate in each of {epochs} epochs",
            curves["rates"][name],
            torch_rates(peer, settings, rate, curves["losses"]),
        )
        for name, (peer, settings) in peers.items()
    ]


def plot(
    rate: float,
    epochs: int,
    every: int,
    step_factor: float,
    factor: float,
    rise: int,
    start: float,
    flat: int,
    patience: int,
) -> dict[str, Any]:
    """Return every schedule's rates, and the losses that the plateau depends on."""
    steps, losses = np.arange(epochs), flattening(epochs, flat)
    plateau = Plateau(rate, step_factor, patience)
    return {
        "rates": {
            "step": step_decay(steps, rate, every, step_factor),
            "exponential": exponential(steps, rate, factor),
            # The rate of an epoch comes from the losses before it.
            "plateau": [rate] + [plateau.after(loss) for loss in losses[:-1]],
            "warm-up": warm_up(steps, rate, rise, start),
        },
        "losses": losses,
    }
