"""How many weights an image costs, from a dense layer to a small kernel (section 4.2)."""

from __future__ import annotations

from typing import Any

import torch

from handbook.labs.result import Result, against, implies

__all__ = ["compute", "kernel_weights", "offsets", "plot"]

_by_layer = against("weights of torch's layer of this shape, made without memory for them")


def offsets(side: int) -> int:
    """Return by how many steps two pixels of a row can lie apart, both directions counted.

    Examples
    --------
    >>> offsets(3)  # -2, -1, 0, 1, 2
    5
    """
    return 2 * side - 1


def kernel_weights(reach: int) -> int:
    """Return the weights of a kernel that sees `reach` pixels in each direction.

    Examples
    --------
    >>> kernel_weights(1)  # 3 x 3
    9
    """
    return (2 * reach + 1) ** 2


def compute(side: int, hidden: int, reaches: list[int]) -> list[Result]:
    """Count the weights between an image and what a layer makes of it, constraint by constraint.

    The image is a square of `side` pixels. A dense layer makes `hidden` numbers of it, or as many
    as it has pixels; weights that depend on the offset alone are shared by all places; a kernel
    has those for offsets up to a reach.
    """
    pixels, apart = side**2, offsets(side)
    kernels = [kernel_weights(reach) for reach in reaches]
    return [
        _by_layer(
            f"dense layer, {pixels:,} pixels to {hidden:,} units",
            pixels * hidden,
            _dense(pixels, hidden),
            book=implies(10**9, 5033),
        ),
        _by_layer(
            f"dense layer, {pixels:,} pixels to as many units",
            pixels**2,
            _dense(pixels, pixels),
            book=implies(10**12, 5110),
        ),
        _by_layer(
            "one weight for each offset between two pixels, the same everywhere",
            apart**2,
            _kernel(apart),
        ),
        Result(
            "the same in millions, to one digit",
            apart**2 / 1e6,
            _kernel(apart) / 1e6,
            "weights of the same layer",
            book=implies(4, 5126),
            tolerance=0.5,
        ),
        _by_layer(
            f"a kernel that reaches {_listed(reaches)} pixels to each side",
            kernels,
            [_kernel(2 * reach + 1) for reach in reaches],
            book=implies([4 * reach**2 for reach in reaches], 5138),
            fault="gives another number",
            reason="from −Δ to Δ there are 2Δ + 1 offsets, the pixel itself among them: (2Δ + 1)² "
            "weights. 4Δ² comes near to it for a large Δ, and is less than half of it for Δ = 1",
            instead="counts (2Δ + 1)²",
        ),
    ]


def plot(side: int, hidden: int, reaches: list[int]) -> dict[str, Any]:
    """Return the number of weights after each constraint."""
    pixels, reach = side**2, reaches[-1]
    return {
        "steps": [
            [f"dense, to {pixels:,} units", pixels**2],
            [f"dense, to {hidden:,} units", pixels * hidden],
            ["shared by all places", offsets(side) ** 2],
            [f"and of reach {reach}", kernel_weights(reach)],
        ],
        "pixels": pixels,
        "reach": reach,
    }


def _listed(reaches: list[int]) -> str:
    return ", ".join(map(str, reaches))


def _dense(inputs: int, outputs: int) -> int:
    return torch.nn.Linear(inputs, outputs, bias=False, device="meta").weight.numel()


def _kernel(side: int) -> int:
    return torch.nn.Conv2d(1, 1, side, bias=False, device="meta").weight.numel()
