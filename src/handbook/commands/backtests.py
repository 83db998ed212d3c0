"""Subcommands of backtests: rows split by time instead of at random."""

from __future__ import annotations

from handbook.commands.command import Arguments, Say, job, read_params


@job("data", example="backtest bank-marketing", warm=True)
def _backtest(options: Arguments, say: Say) -> None:
    """Split a data set by time: what a random split promised, and what came."""
    from handbook.catalogue.backtests import backtest_spec
    from handbook.core.errors import HandbookError, nearest
    from handbook.monitoring.backtest import backtest
    from handbook.monitoring.backtest_files import BacktestFolder

    params = read_params(options)
    if options.data not in params.backtests:
        raise HandbookError(
            f"no backtest of {options.data!r} in params.yaml; "
            f"{nearest(options.data, params.backtests)}"
        )
    spec = backtest_spec(params, options.data)
    backtest(spec, BacktestFolder(options.data).record, say=say)


@job("data", example="draw-backtest bank-marketing", warm=True)
def _draw_backtest(options: Arguments, say: Say) -> None:
    """Draw the figures of a backtest."""
    from handbook.monitoring.backtest_files import BacktestFolder
    from handbook.report.figures.backtests.draw import draw

    draw(BacktestFolder(options.data))
