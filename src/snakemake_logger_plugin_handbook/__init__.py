"""A logger plugin for Snakemake: what happens in a run, as JSON that programs read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from logging import LogRecord
from pathlib import Path

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase

__all__ = ["LogHandler", "LogHandlerSettings"]

# Attributes to write of each event.
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    LogEvent.JOB_INFO: ("jobid", "rule_name", "input", "output", "log", "reason"),
    LogEvent.JOB_FINISHED: ("job_id",),
    LogEvent.JOB_ERROR: ("jobid", "rule_name", "log"),
    LogEvent.ERROR: (),
    # Of ours: what is to run, see ``handbook.workflow.announcement``.
    "plan": ("cores", "jobs"),
    # And why jobs failed that a batch system ran, see ``handbook.workflow.batch``.
    "batch_error": ("jobs", "ended", "failed"),
}
# Snakemake has no event for a run that is asked to end, only these messages.
_STOPPED = ("Terminating processes on user request", "Will exit after finishing currently running")


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """Options of the plugin, on Snakemake's command line as ``--logger-handbook-...``."""

    file: Path | None = field(
        default=None,
        metadata={
            "help": "File to write events to, one JSON object per line. By default a file beside "
            "Snakemake's own log, and none in a dry run.",
            "type": Path,
        },
    )


class LogHandler(LogHandlerBase):
    """Writes what is to run, jobs that start, end and fail, errors and the end by the user."""

    writes_to_stream = False
    writes_to_file = True
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Choose the file; Snakemake hands its name to the workflow's hooks."""
        name = f"{datetime.now():%Y-%m-%dT%H%M%S.%f}.events.jsonl"
        assert isinstance(self.settings, LogHandlerSettings)
        file = self.settings.file
        self.enabled = file is not None or not self.common_settings.dryrun
        # The default is relative to the folder that Snakemake runs jobs in, where it is not yet.
        self.baseFilename = str(file or Path(".snakemake", "log", name))

    def emit(self, record: LogRecord) -> None:
        """Append one event to the file."""
        event, message = str(getattr(record, "event", "")), record.getMessage()
        if message.startswith(_STOPPED):
            event = "stopped"
        elif event not in _ATTRIBUTES:
            return
        attributes = {name: getattr(record, name) for name in _ATTRIBUTES.get(event, ())}
        if "job_id" in attributes:
            attributes["jobid"] = attributes.pop("job_id")
        if self.enabled:
            path = Path(self.baseFilename)
            path.parent.mkdir(parents=True, exist_ok=True)
            line = json.dumps(
                {"event": event, "time": record.created, "message": message} | attributes
            )
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
