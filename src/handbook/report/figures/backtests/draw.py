"""Draw the figures of a backtest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook.core.files import read_json
from handbook.monitoring.backtest_files import FIGURES, BacktestFolder
from handbook.report.figures import style
from handbook.report.figures.backtests.alarms import alarms
from handbook.report.figures.backtests.answers import answers
from handbook.report.figures.backtests.drift import drift
from handbook.report.figures.backtests.regained import regained
from handbook.report.figures.backtests.scores import scores

__all__ = ["DRAWINGS", "draw"]

#: A function for each figure, of the form ``(record, caption) -> Drawn``.
DRAWINGS = {
    "scores": scores,
    "answers": answers,
    "drift": drift,
    "alarms": alarms,
    "regained": regained,
}


def draw(folder: BacktestFolder) -> None:
    """Draw every figure of a backtest from its record, as SVG."""
    record: Mapping[str, Any] = read_json(folder.record, made_by="make rebuild")
    caption = style.caption({"data": record["data"], "data_variant": record["release"]})
    with style.applied():
        for name in FIGURES:
            style.save(DRAWINGS[name](record, caption), folder.figure(name))
