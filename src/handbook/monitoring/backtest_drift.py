"""Drift of columns by period, against the rows that the first models learnt from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from handbook.monitoring.backtest_periods import Periods
from handbook.monitoring.drift import drift
from handbook.monitoring.profile import profile

__all__ = ["drifted"]


def drifted(rows: pd.DataFrame, own: Periods, first: int) -> dict[str, dict[str, list[Any]]]:
    """Compare the columns of each later period with those of the first ones.

    Parameters
    ----------
    rows : DataFrame
        In order of time.
    own : Periods
    first : int

    Returns
    -------
    dict
        By column, of each later period ``shift`` (the PSI less its noise), ``p`` and ``test``.
    """
    reference = profile(rows.iloc[own.rows(0, first)])
    columns: dict[str, dict[str, list[Any]]] = {
        column.name: {"shift": [], "p": [], "test": []} for column in reference
    }
    for number in range(first, len(own.names)):
        for moved in drift(reference, rows.iloc[own.rows(number, number + 1)]):
            column = columns[moved.column]
            column["shift"].append(moved.shift)
            column["p"].append(moved.p)
            column["test"].append(moved.test)
    return columns
