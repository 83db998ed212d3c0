"""A logger plugin for Snakemake: one line that says how far a run is, and what went wrong.

All that Snakemake says stands in its log. On a terminal the line is live, elsewhere one is written
each minute. ``HANDBOOK_VERBOSE=1`` brings all of Snakemake's lines back.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from logging import LogRecord
from pathlib import Path
from typing import TYPE_CHECKING

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_handbook_live import words
from snakemake_logger_plugin_handbook_live.terminal import LiveLine

if TYPE_CHECKING:
    from snakemake.logging import ColorizingTextHandler
    from snakemake_interface_logger_plugins.settings import OutputSettingsLoggerInterface

    from handbook.workflow.progress import Estimate

__all__ = ["VERBOSE", "LogHandler"]

#: Environment variable: whether all is printed that Snakemake says.
VERBOSE = "HANDBOOK_VERBOSE"

# What jobs say goes to their logs alone: see ``handbook.commands.line``.
_LOG_ALONE = "HANDBOOK_LOG_ALONE"
_ON_A_TERMINAL_S, _ELSEWHERE_S = 1.0, 60.0
_LATEST_ESTIMATE_S = 5.0  # while nothing happens

# What Snakemake says of every run, and the log has. What is not listed is printed.
_USUAL_EVENTS = {
    *(LogEvent.RUN_INFO, LogEvent.WORKFLOW_STARTED, LogEvent.SHELLCMD, LogEvent.JOB_INFO),
    *(LogEvent.JOB_STARTED, LogEvent.JOB_FINISHED, LogEvent.GROUP_INFO, LogEvent.RESOURCES_INFO),
    *(LogEvent.DEBUG_DAG, LogEvent.PROGRESS, LogEvent.RULEGRAPH),
}
_USUAL_LINES = (
    *("Assuming unrestricted shared filesystem", "Building DAG of jobs", "host: "),
    *("Using shell: ", "Provided ", "Rules claiming more threads", "Conda environments: ignored"),
    *("Singularity containers: ignored", "Select jobs to execute", "Execute ", "Job rate limit"),
    *("Complete log(s): ", "Shutting down, this might", "Elapsed time: ", "Job stats:"),
    *("Will exit after finishing currently", "Exiting because a job execution failed"),
    *("Terminating processes on user request", "Removing output files of failed job"),
)
_LOG = "Complete log(s): "
_ENDS = ("Stopping: ", "Shutting down", "Exiting because", "Terminating processes")
# How Snakemake begins what it says of a command that failed, before it says that the job did.
_COMMAND_FAILED = "RuleException:\nCalledProcessError "


class LogHandler(LogHandlerBase):
    """Shows how far the run is, and prints what is not said of every run."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Choose between all lines and one."""
        settings = self.common_settings
        self._printer = _printer(settings)
        asked_for = os.environ.get(VERBOSE, "") not in {"", "0"} or settings.verbose
        # Who looks at commands or at a run that is none wants to read them.
        looks = settings.dryrun or settings.printshellcmds or settings.debug_dag
        self._verbose = asked_for or looks
        if not self._verbose:
            os.environ[_LOG_ALONE] = "1"
        self._line = LiveLine(self._printer.stream)
        self._state: _State | None = None
        self._logs = ""
        self._muted = False
        self._guard = threading.RLock()
        self._over = threading.Event()

    def emit(self, record: LogRecord) -> None:
        """Take note of one event, and print it where it is not one of every run."""
        with self._guard:
            try:
                if self._verbose:
                    self._print(record)
                else:
                    self._take(record)
            except BrokenPipeError:
                self._end_unread()
            except OSError:
                self._muted = True
            except Exception:  # the thread that calls this has other events to write
                self._verbose = True
                self.handleError(record)

    def close(self) -> None:
        """Say what came of the run."""
        self._over.set()
        with self._guard:
            state, self._state = self._state, None
            try:
                if state is not None and not self._muted:
                    self._say(state.outcome(time.time()))
                    if self._logs:
                        self._say(f"log: {self._logs}")
            except OSError:
                self._muted = True
        super().close()

    def _take(self, record: LogRecord) -> None:
        event, message = getattr(record, "event", None), record.getMessage()
        state = self._state
        if event == "plan":
            self._begin(record)
        elif state is not None and state.takes(record):
            if event == LogEvent.JOB_ERROR and not state.stopped():
                self._say(state.failure(record), logging.ERROR)
        elif record.levelno < logging.WARNING and message.startswith(_LOG):
            self._logs = message.removeprefix(_LOG).split(", ")[-1]
        elif state is not None and message.startswith(_COMMAND_FAILED):
            pass  # the job's error follows, by its rule and its log
        elif not (event in _USUAL_EVENTS or message.startswith(_USUAL_LINES)):
            self._print(record)
        if message.startswith(_ENDS):
            self._over.set()
            self._line.clear()
        elif state is not None and not state.at_work:
            self._line.clear()

    def _begin(self, record: LogRecord) -> None:
        self._state = _State(record)
        self._say(record.getMessage())
        threading.Thread(target=self._show_again, daemon=True).start()

    def _show_again(self) -> None:
        while True:
            pause = _ON_A_TERMINAL_S if self._line.possible else _ELSEWHERE_S
            if self._over.wait(pause) or self._muted:
                return
            with self._guard:
                try:
                    self._show()
                except BrokenPipeError:
                    self._end_unread()
                except (OSError, ValueError):  # the terminal has gone, the stream was closed
                    self._muted = True

    def _show(self) -> None:
        state, now = self._state, time.time()
        if state is None or self._over.is_set() or self._muted or not state.at_work:
            return
        if self._line.possible:
            self._line.draw(state.line(now, self._line.width - 1))
        else:
            self._say(state.minute(now))

    def _print(self, record: LogRecord) -> None:
        if not self._muted and self._printer.filter(record):
            self._line.clear()
            self._printer.emit(record)

    def _say(self, message: str, level: int = logging.INFO) -> None:
        self._print(
            logging.makeLogRecord(
                {"msg": message, "levelno": level, "levelname": logging.getLevelName(level)}
            )
        )

    def _end_unread(self) -> None:
        """End the run in order, as whoever read what it prints has ended."""
        if not self._muted:
            self._muted = True
            os.kill(os.getpid(), signal.SIGTERM)


class _State:
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
            if not self.stopped():
                self._progress.fail(attributes["jobid"])
        else:
            return False
        self._changed = True
        return True

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


def _printer(settings: OutputSettingsLoggerInterface) -> ColorizingTextHandler:
    """Return what prints a record as Snakemake does where no plugin prints."""
    from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter

    return ColorizingTextHandler(
        nocolor=settings.nocolor or bool(os.environ.get("NO_COLOR")),
        stream=sys.stdout if settings.stdout else sys.stderr,
        formatter=DefaultFormatter(settings.quiet, settings.show_failed_logs),
        filter=DefaultFilter(
            settings.quiet,
            settings.debug_dag,
            settings.verbose,
            settings.dryrun,
            settings.printshellcmds,
        ),
    )
