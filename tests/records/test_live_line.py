"""The line that says how far a run is: what is printed on a terminal, in a pipe, and not at all."""

from __future__ import annotations

import fcntl
import io
import logging
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TextIO

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

import snakemake_logger_plugin_handbook_live as live
from handbook.commands.line import LOG_ALONE
from handbook.workflow import interrupts
from handbook.workflow.interrupts import STOPPING
from handbook.workflow.progress import Estimate
from snakemake_logger_plugin_handbook_live import words

NAMES = {1: "Training cnn on mnist (tuned)", 2: "Drawing svc on iris (book)"}


def record(message: str = "", level: int = logging.INFO, **attributes: Any) -> logging.LogRecord:
    more = {"msg": message, "levelno": level, "levelname": logging.getLevelName(level)}
    return logging.makeLogRecord(more | attributes)


def planned(number: int, *needs: int) -> dict[str, Any]:
    names = ("number", "kind", "threads", "priority", "seconds", "needs")
    return dict(zip(names, (number, "train", 1, 0, 60.0, needs), strict=True))


PLAN = record("2 jobs", event="plan", cores=2, jobs=[planned(1), planned(2)])
STARTED = [
    record(event=LogEvent.JOB_INFO, jobid=number, rule_msg=name, rule_name="train")
    for number, name in NAMES.items()
]
FINISHED = [record(event=LogEvent.JOB_FINISHED, job_id=number) for number in NAMES]
MADE: list[live.LogHandler] = []
FAILED = record(
    event=LogEvent.JOB_ERROR, jobid=1, rule_name="train", log=["train.log"], rule_msg=""
)


def handler(stream: TextIO, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> live.LogHandler:
    monkeypatch.setattr("sys.stderr", stream)
    names = ("dryrun", "verbose", "printshellcmds", "debug_dag", "nocolor", "stdout")
    common: Any = SimpleNamespace(
        **dict.fromkeys(names, False) | {"quiet": set(), "show_failed_logs": False} | settings
    )
    monkeypatch.setenv(LOG_ALONE, "")
    made = live.LogHandler(common, None)
    MADE.append(made)
    return made


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Let records be of now, and no line go on after its test."""
    now = time.time()
    for each in (PLAN, *STARTED, *FINISHED, FAILED):
        each.created = now
    yield
    while MADE:
        MADE.pop().close()


class Terminal:
    """A terminal of our own: what is written to `stream`, it shows."""

    def __init__(self, columns: int) -> None:
        self._screen, end = pty.openpty()
        self.stream = os.fdopen(end, "w", encoding="utf-8")
        self.resize(columns)

    def resize(self, columns: int) -> None:
        size = struct.pack("HHHH", 24, columns, 0, 0)
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, size)

    def shows(self, text: str) -> str:
        """Wait until a text is written, and return what was written up to there."""
        written = ""
        while text not in written:
            ready, _, _ = select.select([self._screen], [], [], 60)
            assert ready, f"{text!r} never came; there is {written!r}"
            assert len(written) < 200_000, f"{text!r} never came"
            written += os.read(self._screen, 1).decode()
        return written

    def close(self) -> None:
        self.stream.close()
        os.close(self._screen)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(live, "_ON_A_TERMINAL_S", 0.01)
    # No time passes, however long a busy machine takes.
    monkeypatch.setattr(live, "time", SimpleNamespace(time=lambda: PLAN.created))
    with closing(Terminal(100)) as own:
        yield own


def test_on_a_terminal_one_line_is_written_over_and_over(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = handler(terminal.stream, monkeypatch)
    for each in (PLAN, *STARTED):
        handle.emit(each)
    how_far = r"\r0 %, 1 min left \(0 of 2 jobs\): ([^\r,]*) \d:\d\d, ([^\r,]*) \d:\d\d\x1b\[K\r"
    match = re.search(how_far, terminal.shows("iris (book)") + terminal.shows("\x1b[K\r"))
    assert match is not None
    assert match.groups() == tuple(NAMES.values())
    handle.emit(FINISHED[0])
    handle.emit(record("look here", logging.WARNING))
    # the line is taken away before anything else is printed, and comes back
    assert "\r\x1b[K\x1b[33mlook here\x1b[0m" in terminal.shows("look here\x1b[0m")
    terminal.shows("1 min left (1 of 2 jobs): Drawing svc on iris (book)")
    handle.emit(FINISHED[1])
    handle.close()
    assert "\r\x1b[K" in terminal.shows("done: 2 of 2 jobs in")


def test_the_line_is_as_narrow_as_the_terminal_is_by_now(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = handler(terminal.stream, monkeypatch)
    for each in (PLAN, *STARTED):
        handle.emit(each)
    terminal.shows("iris")
    terminal.resize(24)
    drawn = terminal.shows("\r0 %, 1 min left: Traini\x1b[K\r").split("\r")[-2]
    assert len(drawn.removesuffix("\x1b[K")) == 23
    handle.close()


def test_without_colours_or_where_the_cursor_does_not_move(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_ELSEWHERE_S", 0.01)
    monkeypatch.setenv("TERM", "dumb")
    handle = handler(terminal.stream, monkeypatch)
    for each in (PLAN, *STARTED, FAILED):
        handle.emit(each)
    assert "\x1b" not in terminal.shows("1 failed, 0 of 2 jobs: Drawing svc on iris (book) since")
    handle.close()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    handle = handler(terminal.stream, monkeypatch)
    handle.emit(record("look here", logging.WARNING))
    assert "\x1b" not in terminal.shows("look here\r\n")


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, TextIO]]:
    monkeypatch.setattr(live, "_ELSEWHERE_S", 3600.0)
    reads, writes = os.pipe()
    stream = os.fdopen(writes, "w", encoding="utf-8")
    yield reads, stream
    with suppress(BrokenPipeError):
        stream.close()


def printed(pipe: tuple[int, TextIO]) -> list[str]:
    reads, stream = pipe
    stream.close()
    with os.fdopen(reads) as text:
        return re.sub(r"\b\d+:\d\d\b", "T", text.read()).splitlines()


def test_what_is_said_of_every_run_is_left_to_the_log(
    pipe: tuple[int, TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = handler(pipe[1], monkeypatch)
    usual = ("Building DAG of jobs...", "Using shell: /bin/bash", "Select jobs to execute...")
    for each in (*map(record, usual), PLAN, *STARTED, *FINISHED):
        handle.emit(each)
    handle.emit(record("Nothing to be done (all requested files are present and up to date)."))
    handle.emit(record("something new"))
    handle.emit(record("Complete log(s): /a/b.events.jsonl, /a/b.snakemake.log"))
    handle.close()
    handle.close()  # as at the interpreter's end
    assert printed(pipe) == [
        "2 jobs",
        "Nothing to be done (all requested files are present and up to date).",
        "something new",
        "done: 2 of 2 jobs in T",
        "log: /a/b.snakemake.log",
    ]
    assert os.environ[LOG_ALONE] == "1"


def test_a_job_that_fails_is_named_with_its_error(
    pipe: tuple[int, TextIO], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.log").write_text("epoch 1\nTraceback\nerror: ValueError: no\nnever\n")
    handle = handler(pipe[1], monkeypatch)
    command = record(
        "RuleException:\nCalledProcessError in file train.smk, line 1:\nCommand 'x' returned 1",
        logging.ERROR,
        event=LogEvent.ERROR,
    )
    for each in (PLAN, *STARTED, command, FAILED, FINISHED[1]):
        handle.emit(each)
    handle.emit(record("RuleException:\nNameError in file train.smk, line 1:", logging.ERROR))
    handle.close()
    assert printed(pipe) == [
        "2 jobs",
        f"failed: {NAMES[1]} (rule train, log train.log)",
        "    ValueError: no",
        "    never",
        "RuleException:",
        "NameError in file train.smk, line 1:",
        "1 failed, 0 did not run: 1 of 2 jobs in T",
    ]


def test_jobs_that_end_with_a_stopped_run_did_not_fail(
    pipe: tuple[int, TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = handler(pipe[1], monkeypatch)
    for each in (PLAN, *STARTED):
        handle.emit(each)
    # a terminal tells jobs at the same time, and some end before the run says anything
    monkeypatch.setattr(interrupts, "_come", [signal.SIGINT])
    for each in (FAILED, record(STOPPING, logging.WARNING), FAILED):
        handle.emit(each)
    handle.close()
    assert printed(pipe) == ["2 jobs", STOPPING, "stopped: 0 of 2 jobs in T"]


@pytest.mark.parametrize("how", ["HANDBOOK_VERBOSE", "verbose", "printshellcmds", "dryrun"])
def test_who_asks_for_all_lines_gets_them(
    how: str, pipe: tuple[int, TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == live.VERBOSE:
        monkeypatch.setenv(live.VERBOSE, "1")
    handle = handler(pipe[1], monkeypatch, **({how: True} if how != live.VERBOSE else {}))
    for each in (record("Building DAG of jobs..."), PLAN, *FINISHED):
        handle.emit(each)
    handle.close()
    lines = printed(pipe)
    assert lines[:2] == ["Building DAG of jobs...", "2 jobs"]
    assert len(lines) > 3
    assert os.environ[LOG_ALONE] == ""


def test_where_nobody_reads_any_more_the_run_is_asked_to_end_once(
    pipe: tuple[int, TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    come: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: come.append(number))
    try:
        handle = handler(pipe[1], monkeypatch)
        handle.emit(PLAN)
        os.close(pipe[0])
        for _ in range(3):
            handle.emit(record("look here", logging.WARNING))
        handle.close()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert come == [signal.SIGTERM]


def test_a_fault_of_the_line_itself_brings_all_lines_back(
    pipe: tuple[int, TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = handler(pipe[1], monkeypatch)
    handle.emit(record("2 jobs", event="plan"))  # of another version, perhaps
    handle.emit(record("Select jobs to execute..."))
    lines = printed(pipe)
    assert "KeyError: 'jobs'" in lines
    assert lines[-1] == "Select jobs to execute..."


ESTIMATE = Estimate(0.345, 4000, {1: 1000.0, 2: 1190.0}, 41, 2, 849)
HOW_FAR = "34 %, 1 h 7 min left, 2 failed"


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (200, f"{HOW_FAR} (41 of 849 jobs): {NAMES[1]} 3:20, {NAMES[2]} 0:10"),
        (100, f"{HOW_FAR}: {NAMES[1]} 3:20, {NAMES[2]} 0:10"),
        (80, f"{HOW_FAR}: {NAMES[1]} 3:20 and 1 more"),
        (40, f"{HOW_FAR}: Training"),
        (10, "34 %, 1 h "),
    ],
)
def test_the_line_says_what_there_is_room_for(width: int, line: str) -> None:
    assert words.line(ESTIMATE, 0.345, NAMES, 1200.0, width) == line


def test_elsewhere_a_line_stands_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    line = words.minute(ESTIMATE, 0.345, NAMES, 1200.0)
    times = r"\d\d:\d\d"
    assert re.fullmatch(
        rf"{times} {HOW_FAR}, 41 of 849 jobs: "
        rf"{re.escape(NAMES[1])} since {times}, {re.escape(NAMES[2])} since {times}",
        line,
    )


def test_what_snakemake_says_of_an_event_is_written_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Unbuffered(io.StringIO):
        """What Python's own is under PYTHONUNBUFFERED, where each call is a write."""

        def write(self, text: str) -> int:
            written.append(text)
            return super().write(text)

    written: list[str] = []
    handle = handler(Unbuffered(), monkeypatch, verbose=True)
    handle.emit(record("two\nlines"))
    handle.emit(record("none", logging.WARNING))
    assert [text.replace("\x1b[33m", "").replace("\x1b[0m", "") for text in written] == [
        "two\nlines\n",
        "none\n",
    ]
