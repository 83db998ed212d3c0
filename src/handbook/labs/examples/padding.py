"""How padding changes the size of an output (section 4.4.1)."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import torch

from handbook.labs.peers import by_conv2d, torch_corr2d
from handbook.labs.result import Result, implies, prints
from handbook.nn import corr2d, output_size

__all__ = ["compute", "plot"]


def compute(size: int, kernel: int, padding: int, seed: int) -> list[Result]:
    """Pad an image before filtering it, and compare the size of the output with the rule."""
    X, K = _drawn(size, kernel, seed)
    output = corr2d(X, K, padding=padding)
    theirs = torch_corr2d(X, K, padding=padding)
    cases = [
        (n, k, p, s)
        for n, k, p, s in product((5, 8, 11), (1, 2, 3, 5), (0, 1, 2), (1, 2, 3))
        if n + 2 * p >= k
    ]
    theirs_all = [_torch_size(*case) for case in cases]
    rounded_up = [math.ceil((n + 2 * p - k) / s) + 1 for n, k, p, s in cases]
    wrong = sum(a != b for a, b in zip(rounded_up, theirs_all, strict=True))
    return [
        by_conv2d(
            f"shape of the output: {size} x {size}, kernel {kernel}, padding {padding}",
            list(output.shape),
            list(theirs.shape),
            book=prints([8, 8], (5702, 5703)),
        ),
        by_conv2d("output", output, theirs),
        Result(
            f"sizes for {len(cases)} combinations of size, kernel, padding and stride",
            [output_size(n, k, padding=p, stride=s) for n, k, p, s in cases],
            theirs_all,
            "shapes that torch.nn.functional.conv2d gives",
            # the rule, floor((n - k + p + s) / s), with the padding p of both ends together
            book=implies([(n - k + 2 * p + s) // s for n, k, p, s in cases], 5748),
        ),
        Result(
            "the same, beside the rule of section 4.4.1",
            [output_size(n, k, padding=p, stride=s) for n, k, p, s in cases],
            theirs_all,
            "shapes that torch.nn.functional.conv2d gives",
            book=implies(rounded_up, (5653, 5655)),
            fault="contradicts itself",
            reason="that rule rounds up, by the brackets of the text at hand, where that of "
            f"section 4.4.2 rounds down: {wrong} of {len(cases)} sizes come out one too large",
            instead="rounds down",
        ),
        *_of_p(X, kernel),
    ]


def _of_p(X: np.ndarray, kernel: int) -> list[Result]:
    """Pad as the section says that one should, and as its example says."""
    size, p = len(X), kernel - 1
    one_each = np.pad(X, ((1, 1), (0, 0)))
    return [
        Result(
            f"side of the output: {size} x {size}, kernel {kernel}, p = k - 1 = {p} at each end",
            output_size(size, kernel, padding=p),
            _torch_size(size, kernel, p, 1),
            "shape that torch.nn.functional.conv2d gives",
            book=implies(size, (5653, 5657, 5661)),
            reason="the formula counts p at each end, as 2p; the sentence below it says that the "
            "height grows by p, and the advice p = k - 1, which is to keep the size, is right only "
            "where p counts both ends together",
            instead="counts padding at each end throughout, as PyTorch does",
            fault="contradicts itself",
        ),
        Result(
            "rows that padding by 1 on top and 1 at the bottom adds",
            len(one_each) - size,
            sum((1, 1)),
            "counting",
            book=prints(3, 5663),
            reason="the example halves p = 3 into 1 and 1; the sentence is about odd kernels, "
            "whose p = k - 1 is even and can be halved, so that it is never 3",
            instead="pads alike at both ends",
            fault="contradicts itself",
        ),
    ]


def plot(size: int, kernel: int, padding: int, seed: int) -> dict[str, Any]:
    """Return the padded image, and the sizes that padding leads to."""
    paddings = list(range(kernel))
    return {
        "padded": np.pad(_drawn(size, kernel, seed)[0], padding),
        "padding": padding,
        "kernel": kernel,
        "output": corr2d(*_drawn(size, kernel, seed), padding=padding),
        "paddings": paddings,
        "sizes": [output_size(size, kernel, padding=each) for each in paddings],
    }


def _drawn(size: int, kernel: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 4, (n, n)).astype(float) for n in (size, kernel)]


def _torch_size(n: int, k: int, p: int, s: int) -> int:
    meta = torch.device("meta")  # shapes without numbers
    image, kernel = torch.empty(1, 1, n, 1, device=meta), torch.empty(1, 1, k, 1, device=meta)
    return torch.nn.functional.conv2d(image, kernel, padding=(p, 0), stride=(s, 1)).shape[2]
