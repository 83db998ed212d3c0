"""How well a run foretold its end: its events, played again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from handbook.records.events import Event
from handbook.workflow.progress import Planned, Progress

__all__ = ["SHARES", "Foretold", "replay"]

#: Of the time that a run took: when to ask.
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9)


class Foretold(NamedTuple):
    """What a run said at one time.

    Parameters
    ----------
    share_of_time : float
        Of the time that the run took, how much had passed.
    passed, predicted_end, true_end : float
        Seconds since it began.
    off_share, off_share_of_what_was_left : float
        By how much it was wrong, as a share of the whole time, and of the time that was left.
    share_of_work : float
        What it said to have done.
    """

    share_of_time: float
    passed: float
    predicted_end: float
    true_end: float
    off_share: float
    off_share_of_what_was_left: float
    share_of_work: float


def replay(events: Sequence[Event], shares: Sequence[float] = SHARES) -> Iterator[Foretold]:
    """Yield what a run would have said at shares of the time that it took.

    Parameters
    ----------
    events : sequence of Event
        Of a run that has finished, with its plan.
    shares : sequence of float
    """
    plan = next(event for event in events if event["event"] == "plan")
    progress = Progress((Planned(**job) for job in plan["jobs"]), plan["cores"])
    begun, end = plan["time"], max(event["time"] for event in events)
    left = [begun + share * (end - begun) for share in shares]
    for event in sorted(events, key=lambda event: event["time"]):
        while left and left[0] < event["time"]:
            yield _foretold(progress, begun, left.pop(0), end)
        if event["event"] == "job_info":
            progress.start(event["jobid"], event["time"])
        elif event["event"] == "job_finished":
            progress.finish(event["jobid"], event["time"])
        elif event["event"] == "job_error":
            progress.fail(event["jobid"])


def _foretold(progress: Progress, begun: float, now: float, end: float) -> Foretold:
    estimate = progress.estimate(now)
    predicted = now + estimate.left
    return Foretold(
        share_of_time=round((now - begun) / (end - begun), 3),
        passed=round(now - begun, 1),
        predicted_end=round(predicted - begun, 1),
        true_end=round(end - begun, 1),
        off_share=round((predicted - end) / (end - begun), 4),
        off_share_of_what_was_left=round((predicted - end) / (end - now), 4),
        share_of_work=round(estimate.share, 4),
    )
