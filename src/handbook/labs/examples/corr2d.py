"""Cross-correlation of 3 x 3 inputs with 2 x 2 kernels (section 4.3.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import correlate2d

from handbook.labs.result import Result, against, listing, prints
from handbook.nn import corr2d

__all__ = ["compute", "plot"]

# The numbers that both squares begin with: in the book's figure, and in its listing.
_FIRSTS = (0, 1)
# Of the figure, the text has the first number alone.
_BOOK = (None, listing([[37.0, 47.0], [67.0, 77.0]], (5350, 5351, 5354)))


def compute(size: int, kernel: int) -> list[Result]:
    """Slide a small square of numbers over a larger one, and sum the products at each place.

    The first is the book's figure, the second its listing.
    """
    results = []
    for first, book in zip(_FIRSTS, _BOOK, strict=True):
        X, K = _squares(size, kernel, first)
        results.append(
            against("scipy.signal.correlate2d")(
                f"{size} x {size} with {kernel} x {kernel}, the numbers of both from {first} on",
                corr2d(X, K),
                correlate2d(X, K, mode="valid"),
                book=book,
            )
        )
    X, K = _squares(size, kernel, _FIRSTS[0])
    results.insert(
        1,
        against("the products of the first window, added up")(
            "first number of the former",
            corr2d(X, K)[0, 0],
            (X[:kernel, :kernel] * K).sum(),
            book=prints(19.0, 5289),
        ),
    )
    return results


def plot(size: int, kernel: int) -> dict[str, Any]:
    """Return input, kernel and output of both."""
    squares = [_squares(size, kernel, first) for first in _FIRSTS]
    return {"examples": [{"input": X, "kernel": K, "output": corr2d(X, K)} for X, K in squares]}


def _squares(size: int, kernel: int, first: int) -> list[np.ndarray]:
    return [np.arange(first, first + n**2, dtype=float).reshape(n, n) for n in (size, kernel)]
