"""The one way in which the report writes numbers, on its pages and in its figures.

What :mod:`handbook.core.numbers` writes for the console and for labs is taken over; what labs,
claims, figures and the catalogue say in texts of their own is brought to the same notation:
``4.99 × 10⁻³¹``, ``12 %`` and the typographer's minus sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from handbook.core import numbers
from handbook.core.numbers import (
    cell,
    count,
    decade,
    difference,
    duration,
    estimate,
    number,
    probability,
    share,
    signed,
    size,
)

__all__ = [
    "brief",
    "cell",
    "count",
    "decade",
    "difference",
    "duration",
    "estimate",
    "formatted",
    "listed",
    "number",
    "percent",
    "printed",
    "probability",
    "share",
    "signed",
    "size",
    "typographic",
    "value",
    "whole",
]

_POWER = re.compile(r"(?<![\w.])([-−+]?)(\d[\d,]*(?:\.\d+)?)e([-−+])0*(\d+)\b")
_ONE = re.compile(r"(?<![\d.,])1 × 10(?=[⁻⁰¹²³⁴-⁹])")
# A hyphen before a digit, where it joins no words, dates, versions or paths.
_MINUS = re.compile(r"(?<![\w.)\]/-])-(?=\.?\d)")
_MINUS_BETWEEN = re.compile(r"(?<=\d )-(?= [\w(])|(?<=[\w)] )-(?= \d)")
_PERCENT = re.compile(r"(?<=\d)%(?![0-9A-Fa-f]{2})")
_RAISED = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def typographic(text: str) -> str:
    """Bring the numbers in a text to the report's notation.

    Examples
    --------
    >>> typographic("1.0e-12 of 4.99e−31, 12.0% more, from -2 to 1e+07, within 1 × 10⁻⁷, 1 - D")
    '1.0 × 10⁻¹² of 4.99 × 10⁻³¹, 12.0 % more, from −2 to 10⁷, within 10⁻⁷, 1 − D'
    >>> typographic("svc-2, 2026-11-28, lenet/-1, 10-20, a --flag -x, %20")
    'svc-2, 2026-11-28, lenet/-1, 10-20, a --flag -x, %20'
    """
    text = _MINUS_BETWEEN.sub("−", text)
    text = _ONE.sub("10", _POWER.sub(_power, text))
    return _PERCENT.sub(" %", _MINUS.sub("−", text))


def _power(match: re.Match[str]) -> str:
    sign, mantissa, direction, exponent = match.groups()
    if not exponent.strip("0"):
        return f"{sign.replace('-', '−')}{mantissa}"
    raised = f"{'' if direction == '+' else '⁻'}{exponent.translate(_RAISED)}"
    return f"{sign.replace('-', '−')}{mantissa} × 10{raised}"


def percent(part: float, decimals: int = 0) -> str:
    """Write a share as per cent.

    Examples
    --------
    >>> percent(0.123), percent(0.0123, 1), percent(-0.5)
    ('12 %', '1.2 %', '−50 %')
    """
    return typographic(f"{part:.{decimals}%}")


def _in_notation(write: Callable[..., str]) -> Callable[..., str]:
    """Let a writer of :mod:`handbook.core.numbers` write powers of ten as the report does."""

    @wraps(write)
    def written(*args: Any, **kwargs: Any) -> str:
        return typographic(write(*args, **kwargs))

    return written


brief = _in_notation(numbers.brief)
formatted = _in_notation(numbers.formatted)
listed = _in_notation(numbers.listed)
printed = _in_notation(numbers.printed)
value = _in_notation(numbers.value)
whole = _in_notation(numbers.whole)
