"""Cross-correlation of a 3 x 3 input with a 2 x 2 kernel (section 4.3.1)."""

from __future__ import annotations

import numpy as np
from scipy.signal import correlate2d

from handbook.labs import Result

__all__ = ["compute", "corr2d"]


def corr2d(X: np.ndarray, K: np.ndarray) -> np.ndarray:
    """Cross-correlate a matrix with a kernel at every place where the kernel fits.

    Parameters
    ----------
    X : ndarray of shape (H, W)
    K : ndarray of shape (h, w)

    Returns
    -------
    ndarray of shape (H - h + 1, W - w + 1)

    Examples
    --------
    >>> corr2d(np.eye(2), np.ones((1, 2))).tolist()
    [[1.0], [1.0]]
    """
    windows = np.lib.stride_tricks.sliding_window_view(X, K.shape)  # (H', W', h, w)
    correlated: np.ndarray = np.einsum("ijkl,kl->ij", windows, K)
    return correlated


def compute(size: int, kernel: int) -> list[Result]:
    """Correlate the numbers 0, 1, 2, ... in a square with the same in a smaller square."""
    X = np.arange(size**2, dtype=float).reshape(size, size)
    K = np.arange(kernel**2, dtype=float).reshape(kernel, kernel)
    return [
        Result(
            name=f"cross-correlation, {size} x {size} with {kernel} x {kernel}",
            computed=corr2d(X, K).tolist(),
            expected=correlate2d(X, K, mode="valid").tolist(),
            source="scipy.signal.correlate2d",
            printed=[[19.0, 25.0], [37.0, 43.0]],
        )
    ]
