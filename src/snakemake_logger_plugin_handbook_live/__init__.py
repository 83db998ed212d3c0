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
from typing import TYPE_CHECKING

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_handbook_live.state import State
from snakemake_logger_plugin_handbook_live.terminal import LiveLine, Whole

if TYPE_CHECKING:
    from snakemake.logging import ColorizingTextHandler
    from snakemake_interface_logger_plugins.settings import OutputSettingsLoggerInterface

__all__ = ["VERBOSE", "LogHandler"]

#: Environment variable: whether all is printed that Snakemake says.
VERBOSE = "HANDBOOK_VERBOSE"

# What jobs say goes to their logs alone: see ``handbook.commands.line``.
_LOG_ALONE = "HANDBOOK_LOG_ALONE"
_ON_A_TERMINAL_S, _ELSEWHERE_S = 1.0, 60.0

# What Snakemake says of every run, and the log has. What is not listed is printed.
_USUAL_EVENTS = {
    *(LogEvent.RUN_INFO, LogEvent.WORKFLOW_STARTED, LogEvent.SHELLCMD, LogEvent.JOB_INFO),
    *(LogEvent.JOB_STARTED, LogEvent.JOB_FINISHED, LogEvent.GROUP_INFO, LogEvent.RESOURCES_INFO),
    *(LogEvent.DEBUG_DAG, LogEvent.PROGRESS, LogEvent.RULEGRAPH, LogEvent.GROUP_ERROR),
}
_USUAL_LINES = (
    *("Assuming unrestricted shared filesystem", "Building DAG of jobs", "host: "),
    *("Using shell: ", "Provided ", "Rules claiming more threads", "Conda environments: ignored"),
    *("Singularity containers: ignored", "Select jobs to execute", "Execute ", "Job rate limit"),
    *("Complete log(s): ", "Shutting down, this might", "Elapsed time: ", "Job stats:"),
    *("Will exit after finishing currently", "Exiting because a job execution failed"),
    *("Terminating processes on user request", "Removing output files of failed job"),
    *("SLURM run ID: ", "No SLURM account given", "No account was given", "Unable to guess SLURM"),
    *("Cleaning up SLURM log files", "Trying to restart job ", "Storing output in storage"),
)
# Of a job that went to a cluster
_SUBMITTED = " has been submitted with SLURM jobid "
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
        self._state: State | None = None
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
            if event == LogEvent.JOB_ERROR and not state.stopped() and state.has_failed(record):
                self._say(state.failure(record), logging.ERROR)
        elif record.levelno < logging.WARNING and message.startswith(_LOG):
            self._logs = message.removeprefix(_LOG).split(", ")[-1]
        elif state is not None and message.startswith(_COMMAND_FAILED):
            pass  # the job's error follows, by its rule and its log
        elif not (
            event in _USUAL_EVENTS or message.startswith(_USUAL_LINES) or _SUBMITTED in message
        ):
            self._print(record)
        if message.startswith(_ENDS):
            self._over.set()
            self._line.clear()
        elif state is not None and not state.at_work:
            self._line.clear()

    def _begin(self, record: LogRecord) -> None:
        self._state = State(record)
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


def _printer(settings: OutputSettingsLoggerInterface) -> ColorizingTextHandler:
    """Return what prints a record as Snakemake does where no plugin prints."""
    from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter

    return ColorizingTextHandler(
        nocolor=settings.nocolor or bool(os.environ.get("NO_COLOR")),
        stream=Whole(sys.stdout if settings.stdout else sys.stderr),
        formatter=DefaultFormatter(settings.quiet, settings.show_failed_logs),
        filter=DefaultFilter(
            settings.quiet,
            settings.debug_dag,
            settings.verbose,
            settings.dryrun,
            settings.printshellcmds,
        ),
    )
