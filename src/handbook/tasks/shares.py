"""The confidence interval of a share of independent rows."""

from __future__ import annotations

from scipy.stats import binomtest

__all__ = ["wilson"]


def wilson(count: int, rows: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a share, `count` of `rows`.

    References
    ----------
    Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    ends = binomtest(int(count), int(rows)).proportion_ci(level, method="wilson")
    return float(ends.low), float(ends.high)
