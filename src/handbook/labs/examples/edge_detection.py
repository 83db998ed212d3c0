"""A kernel of two numbers that finds upright edges (section 4.3.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import correlate2d

from handbook.labs.result import Result, against, implies, prints
from handbook.nn import corr2d, output_size

__all__ = ["bar", "compute", "plot"]

# Columns of the image and of the edges, as the book prints both.
_BOOK_COLUMNS = [7, 6]


def bar(rows: int, columns: int, dark: list[int]) -> np.ndarray:
    """Return an image of ones with a bar of zeros.

    `dark` holds the first column of the bar, and the first behind it.

    Examples
    --------
    >>> bar(1, 5, [1, 3]).tolist()
    [[1.0, 0.0, 0.0, 1.0, 1.0]]
    """
    image = np.ones((rows, columns))
    image[:, slice(*dark)] = 0
    return image


def compute(rows: int, columns: int, dark: list[int], kernel: list[float]) -> list[Result]:
    """Find the edges of a dark bar, and of the same bar lying down."""
    X, K = bar(rows, columns, dark), np.array([kernel], dtype=float)
    edges = corr2d(X, K)
    return [
        against("scipy.signal.correlate2d")(
            "edges: 1 from light to dark, −1 from dark to light",
            edges,
            correlate2d(X, K, mode="valid"),
        ),
        Result(
            "columns of the image, and of its edges",
            [X.shape[1], edges.shape[1]],
            [columns, output_size(columns, len(kernel))],
            f"the image is made with {columns}; a kernel of {len(kernel)} fits at one place less",
            book=implies(_BOOK_COLUMNS, (5423, 5463)),
            fault="gives another number",
            reason=f"the listing makes {columns} columns, of which {edges.shape[1]} numbers come: "
            "the printed image and edges lack one column each",
            instead="shows all columns of both",
        ),
        against("scipy.signal.correlate2d; along a row nothing changes, so all are 0")(
            "edges of the image lying down",
            corr2d(X.T, K),
            correlate2d(X.T, K, mode="valid"),
            book=prints(np.zeros((8, 5)), tuple(range(5482, 5490))),
        ),
    ]


def plot(rows: int, columns: int, dark: list[int], kernel: list[float]) -> dict[str, Any]:
    """Return both images with their edges."""
    X, K = bar(rows, columns, dark), np.array([kernel], dtype=float)
    return {"kernel": K, "images": [X, X.T], "edges": [corr2d(X, K), corr2d(X.T, K)]}
