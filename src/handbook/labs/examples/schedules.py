"""Four learning-rate schedules (section 3.13)."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.labs.peers import torch_rates
from handbook.labs.result import Result, against, implies
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
    """Compute the learning rate of four schedules in each epoch."""
    curves = plot(rate, epochs, every, step_factor, factor, rise, start, flat, patience)
    peers = {
        "step": ("StepLR", {"step_size": every, "gamma": step_factor}),
        "exponential": ("ExponentialLR", {"gamma": factor}),
        "plateau": ("ReduceLROnPlateau", {"factor": step_factor, "patience": patience}),
        "warm-up": ("LinearLR", {"start_factor": start, "total_iters": rise}),
    }
    followed = [
        against(f"torch.optim.lr_scheduler.{peer}")(
            f"{name}: the rate in each of {epochs} epochs",
            curves["rates"][name],
            torch_rates(peer, settings, rate, curves["losses"]),
        )
        for name, (peer, settings) in peers.items()
    ]
    warmed, settings = curves["rates"]["warm-up"], peers["warm-up"][1]
    peer = torch_rates("LinearLR", settings, rate, curves["losses"])
    return [
        *followed,
        against("torch.optim.lr_scheduler.LinearLR")(
            "the first rate of a warm-up, beside the later ones",
            "lower" if warmed[0] < min(warmed[1:]) else "higher",
            "lower" if peer[0] < min(peer[1:]) else "higher",
            book=implies("higher", 4773),
            reason="warming up means to begin with a small rate and to raise it, so that random "
            "weights are not thrown about; to begin with a high one and to lower it is what the "
            "section's first point describes, the decay",
            instead="raises the rate from below (model lenet has it as an option)",
            fault="wrong claim",
        ),
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
