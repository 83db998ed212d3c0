"""A run, as far as the events of its log tell."""

from __future__ import annotations

from logging import LogRecord
from pathlib import Path
from typing import TYPE_CHECKING

from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_handbook_live import words

if TYPE_CHECKING:
    from handbook.workflow.progress import Estimate

__all__ = ["State"]

_LATEST_ESTIMATE_S = 5.0  # while nothing happens
# Of ours: see ``handbook.workflow.batch``.
_BATCH_ERROR = "batch_error"


class State:
    """A run that has begun.

    Parameters
    ----------
    record : LogRecord
        Says what is to run.
    """

    def __init__(self, record: LogRecord) -> None:
        # The package is imported from a copy, which is there by now.
        from handbook.workflow import interrupts
        from handbook.workflow.progress import Planned, Progress

        jobs = [Planned(**job) for job in record.__dict__["jobs"]]
        self._progress = Progress(jobs, record.__dict__["cores"])
        self._begun = record.created
        self._names: dict[int, str] = {}
        self._reasons: dict[int, str] = {}  # of jobs that a batch system ran
        self._spared: set[int] = set()  # that went with one that failed
        self._share = 0.0
        self._estimate = self._progress.estimate(record.created)
        self._estimated = record.created
        self._changed, self._ended = False, 0
        # Whether the run was asked to end, as a terminal asks jobs at the same time.
        self.stopped = interrupts.stopped

    @property
    def at_work(self) -> bool:
        """Whether there are jobs that have not ended."""
        return self._ended < self._estimate.total

    def takes(self, record: LogRecord) -> bool:
        """Take note of an event, where it tells of a job."""
        event, now = getattr(record, "event", None), record.created
        attributes = record.__dict__
        if event == LogEvent.JOB_INFO:
            number = attributes["jobid"]
            self._names[number] = attributes["rule_msg"] or attributes["rule_name"]
            self._progress.start(number, now)
        elif event == LogEvent.JOB_FINISHED:
            self._progress.finish(attributes["job_id"], now)
            self._ended += 1
        elif event == LogEvent.JOB_ERROR:
            if not self.stopped() and attributes["jobid"] not in self._spared:
                self._progress.fail(attributes["jobid"])
        elif event == _BATCH_ERROR:
            self._take_batch(record)
        else:
            return False
        self._changed = True
        return True

    def _take_batch(self, record: LogRecord) -> None:
        """Take note of which jobs failed of those that a batch system ran together, and why."""
        attributes = record.__dict__
        failed = set(attributes["failed"])
        for number in attributes["ended"]:
            self._progress.finish(number, record.created)
        for number in set(attributes["jobs"]) - failed:
            self._progress.put_back(number)
        self._spared = self._spared - failed | set(attributes["jobs"]) - failed
        self._reasons |= dict.fromkeys(failed, record.getMessage())

    def has_failed(self, record: LogRecord) -> bool:
        """Tell whether an error is of a job that failed itself."""
        return record.__dict__["jobid"] not in self._spared

    def line(self, now: float, width: int) -> str:
        """Return what a terminal shows."""
        estimate, share = self._at(now)
        return words.line(estimate, share, self._names, now, width)

    def minute(self, now: float) -> str:
        """Return what is written each minute elsewhere."""
        estimate, share = self._at(now)
        return words.minute(estimate, share, self._names, now)

    def failure(self, record: LogRecord) -> str:
        """Return what is said of a job that has failed."""
        from handbook.records.failures import error_of

        job = record.__dict__
        name = self._names.get(job["jobid"], job["rule_name"])
        errors = "".join(
            "\n    " + error_of(Path(log)).replace("\n", "\n    ")
            for log in job["log"]
            if Path(log).exists()
        )
        logs = ", ".join(job["log"]) or "none"
        if job["jobid"] in self._reasons:
            errors = f"\n    {self._reasons[job['jobid']]}{errors}"
        return f"failed: {name} (rule {job['rule_name']}, log {logs}){errors.rstrip()}"

    def outcome(self, now: float) -> str:
        """Return what came of the run, in a line."""
        estimate = self._progress.estimate(now)
        jobs = f"{estimate.finished} of {estimate.total} jobs in {words.clock(now - self._begun)}"
        if estimate.finished == estimate.total:
            return f"done: {jobs}"
        if self.stopped():
            return f"stopped: {jobs}"
        waited = estimate.total - estimate.finished - estimate.failed
        if estimate.failed:
            return f"{estimate.failed} failed, {waited} did not run: {jobs}"
        return f"ended early: {jobs}"

    def _at(self, now: float) -> tuple[Estimate, float]:
        if self._changed or now - self._estimated > _LATEST_ESTIMATE_S:
            self._estimate, self._estimated = self._progress.estimate(now), now
            self._share = max(self._share, self._estimate.share)
            self._changed = False
        passed = now - self._estimated
        return self._estimate._replace(left=max(0.0, self._estimate.left - passed)), self._share
