"""A run's state in words, for one line."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from snakemake_logger_plugin_handbook_live.terminal import fitting

if TYPE_CHECKING:
    from handbook.workflow.progress import Estimate

__all__ = ["clock", "line", "minute", "span", "status"]

_MINUTE_S, _HOUR_S = 60, 3600
_MOST = 8  # jobs by name: a cluster has hundreds at work


def span(seconds: float) -> str:
    """Return a time to wait in words, as exactly as it can be foretold.

    Examples
    --------
    >>> [span(s) for s in (7, 100, 3540, 4000, 90000)]
    ['under 1 min', '2 min', '59 min', '1 h 7 min', '25 h']
    """
    minutes = round(seconds / _MINUTE_S)
    if minutes < 1:
        return "under 1 min"
    hours, rest = divmod(minutes, 60)
    if hours < 1:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"


def clock(seconds: float) -> str:
    """Return how long something has been at work.

    Examples
    --------
    >>> [clock(s) for s in (7, 192, 3725)]
    ['0:07', '3:12', '1:02:05']
    """
    hours, rest = divmod(int(max(0, seconds)), _HOUR_S)
    minutes, rest = divmod(rest, _MINUTE_S)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def status(estimate: Estimate, share: float) -> str:
    """Return how far a run is."""
    failed = f", {estimate.failed} failed" if estimate.failed else ""
    return f"{int(100 * share)} %, {span(estimate.left)} left{failed}"


def line(estimate: Estimate, share: float, names: Mapping[int, str], now: float, width: int) -> str:
    """Return the line of a terminal, with what there is room for.

    Parameters
    ----------
    estimate : Estimate
    share : float
        What is done, from 0 to 1.
    names : mapping of int to str
        What each job does.
    now : float
    width : int
        Columns that there are.
    """
    how_far = status(estimate, share)
    jobs = f" ({estimate.finished} of {estimate.total} jobs)"
    at_work = [f"{names[n]} {clock(now - start)}" for n, start in estimate.running.items()]
    texts = [f"{how_far}{jobs}", how_far]
    if at_work:
        several = ", ".join(at_work)
        more = f" and {len(at_work) - 1} more" if len(at_work) > 1 else ""
        texts = [
            f"{how_far}{jobs}: {several}",
            f"{how_far}: {several}",
            f"{how_far}: {at_work[0]}{more}",
            f"{how_far}: {at_work[0]}"[:width],
        ]
    return fitting(width, *texts)


def minute(estimate: Estimate, share: float, names: Mapping[int, str], now: float) -> str:
    """Return the line that is written each minute where there is no terminal."""
    at_work = [
        f"{names[number]} since {time.strftime('%H:%M', time.localtime(start))}"
        for number, start in estimate.running.items()
    ]
    if len(at_work) > _MOST:
        at_work[_MOST:] = [f"{len(at_work) - _MOST} more"]
    jobs = f"{estimate.finished} of {estimate.total} jobs"
    text = f"{time.strftime('%H:%M', time.localtime(now))} {status(estimate, share)}, {jobs}"
    return f"{text}: {', '.join(at_work)}" if at_work else text
