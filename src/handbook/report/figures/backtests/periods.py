"""What the figures of backtests share: their models, and an axis of periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from handbook.report.figures.style import QUIET

__all__ = ["Record", "later", "models_of", "numbers", "period_axis", "scheme_name"]

Record = Mapping[str, Any]

_LABELS = 14  # labels of periods at most


def models_of(record: Record) -> dict[str, Any]:
    """Return the models by title, without the dummy, which is the last."""
    return dict(list(record["models"].items())[:-1])


def later(record: Record) -> list[str]:
    """Return the names of the periods after those that the first models learnt from."""
    return [period["name"] for period in record["periods"][record["first"] :]]


def numbers(values: Sequence[float | None]) -> Any:
    """Return values with NaN where there is none."""
    return np.array([np.nan if value is None else value for value in values], float)


def scheme_name(scheme: str) -> str:
    """Say how a model learns as time goes by.

    Examples
    --------
    >>> scheme_name("sliding 4"), scheme_name("once")
    ('anew from the last 4 periods', 'once')
    """
    name, _, window = scheme.partition(" ")
    if name == "sliding":
        return f"anew from the last {window} periods"
    return {
        "expanding": "anew from all periods before",
        "going on": "on from each period",
    }.get(scheme, scheme)


def period_axis(axes: Any, names: Sequence[str]) -> None:
    """Write the names of periods below an axis, as many as there is room for."""
    every = -(-len(names) // _LABELS)
    axes.set_xticks(
        range(0, len(names), every), names[::every], rotation=45, ha="right",
        rotation_mode="anchor",
    )  # fmt: skip
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.tick_params(axis="x", colors=QUIET)
