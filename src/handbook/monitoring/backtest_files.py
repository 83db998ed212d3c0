"""Where backtests lie, and which figures they have: names that rules, jobs and readers share."""

from __future__ import annotations

from pathlib import Path

__all__ = ["FIGURES", "BacktestFolder"]

#: Of every backtest, in the order of the page.
FIGURES = ("scores", "answers", "drift", "alarms", "regained")


class BacktestFolder:
    """Files of the backtest of one data set, below the folder of results."""

    def __init__(self, data: str, results: Path = Path("results")) -> None:
        #: All that it found.
        self.record = results / "backtests" / f"{data}.json"
        self._figures = results / "backtests" / data

    def figure(self, name: str) -> Path:
        """Return the path of a figure by its name."""
        return self._figures / f"{name}.svg"
