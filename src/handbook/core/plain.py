"""Values as files hold them, the same on every machine."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["plain", "rounded"]


def plain(value: Any) -> Any:
    """Return arrays, tensors and their numbers, in lists too, as lists and numbers of Python.

    Examples
    --------
    >>> import numpy as np
    >>> plain([np.ones(2), np.float64(0.5), "two"])
    [[1.0, 1.0], 0.5, 'two']
    """
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def rounded(value: Any) -> Any:
    """Make values plain, of 12 significant digits: the others differ between machines.

    Examples
    --------
    >>> rounded({"third": 1 / 3, "few": [2, "two"]})
    {'third': 0.333333333333, 'few': [2, 'two']}
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.12g}")
    return value
