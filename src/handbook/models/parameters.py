"""Ranges of parameters, for the `_parameter_constraints` of estimators."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real

from sklearn.utils._param_validation import Interval, StrOptions

__all__ = ["COUNT", "FRACTION", "NON_NEGATIVE", "POSITIVE", "SHARE", "WHOLE", "Choice"]

COUNT = Interval(Integral, 1, None, closed="left")
WHOLE = Interval(Integral, 0, None, closed="left")
NON_NEGATIVE = Interval(Real, 0, None, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")
FRACTION = Interval(Real, 0, 1, closed="left")  # some, and not all
SHARE = Interval(Real, 0, 1, closed="right")  # not none, and perhaps all


class Choice(StrOptions):  # type: ignore[misc]
    """One of several strings, which error messages list in alphabetical order.

    scikit-learn's own class lists them in the order of a set, which differs between processes.
    """

    def __init__(self, options: Iterable[str]) -> None:
        super().__init__(set(options))

    def __str__(self) -> str:
        return f"a str among {{{', '.join(map(repr, sorted(self.options)))}}}"
