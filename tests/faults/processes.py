"""Commands started in a terminal of their own, and the processes that come of them."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import secrets
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

__all__ = ["CTRL_BACKSLASH", "CTRL_C", "SERVES", "Terminal", "role"]

CTRL_C, CTRL_BACKSLASH = b"\x03", b"\x1c"
#: What MLflow's page prints once it can be opened.
SERVES = "Uvicorn running on"

# Every process of a command carries this in its environment, whatever session it moved into.
_MARK = "HANDBOOK_FAULTS"
_TICK_S = 0.02
_SHELL = Path(__file__).with_name("foreground.py")


class Terminal:
    """A command that runs in the foreground of a terminal nobody else uses.

    Parameters
    ----------
    command : sequence of str
    folder : Path
        Where it starts.
    environment : mapping of str to str
    """

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.output = b""
        self._mark = secrets.token_hex(8)
        self._status: int | None = None
        self._terminal: int | None
        self._terminal, theirs = pty.openpty()
        self._ends, write_status = os.pipe()
        wait_for_us, self._held = os.pipe()
        given = [str(write_status), str(wait_for_us), *command]
        self._shell = subprocess.Popen(
            [sys.executable, "-S", str(_SHELL), *given],
            cwd=folder,
            env={**environment, _MARK: self._mark},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_take_terminal,
            pass_fds=(write_status, wait_for_us),
        )
        for end in (theirs, write_status, wait_for_us):
            os.close(end)

    @property
    def text(self) -> str:
        """What it has printed so far."""
        printed = self.output.decode(errors="replace").replace("\r\n", "\n")
        return re.sub(r"\x1b\[[0-9;]*m", "", printed)

    @property
    def last_words(self) -> str:
        """The last lines of it."""
        return " | ".join([line for line in self.text.splitlines() if line.strip()][-6:])

    @property
    def status(self) -> int | None:
        """Exit status of the command: None while it runs, -1 where its shell was killed too."""
        if self._status is None and self._ends >= 0 and select.select([self._ends], [], [], 0)[0]:
            self._status = int(os.read(self._ends, 10) or -1)
        return self._status

    def alive(self) -> list[psutil.Process]:
        """Return every living process of this command, by its start, its shell apart."""
        mine = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if (
                    process.pid != self._shell.pid
                    and process.environ().get(_MARK) == self._mark
                    and process.status() != psutil.STATUS_ZOMBIE
                ):
                    mine.append(process)
        return sorted(mine, key=lambda process: (process.create_time(), process.pid))

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Read what is printed until something is so; tell whether it became so in time."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                return False
            self.read()
        return True

    def ended(self) -> bool:
        """Tell whether the command itself has ended."""
        if self.status is None:
            return False
        while self._terminal is not None and select.select([self._terminal], [], [], 0)[0]:
            self.read()
        return True

    def all_ended(self) -> bool:
        """Tell whether nothing of the command is alive."""
        return self.ended() and not self.alive()

    def lines(self) -> int:
        """Count the lines printed so far."""
        return self.output.count(b"\n")

    def press(self, key: bytes) -> None:
        """Type a key: the terminal sends its signal to all in the foreground."""
        if self._terminal is not None:
            with suppress(OSError):
                os.write(self._terminal, key)

    def hang_up(self) -> None:
        """Close the terminal's window."""
        if self._terminal is not None:
            os.close(self._terminal)
            self._terminal = None

    def clear(self) -> list[str]:
        """Kill what is left of the command; return the command lines of these processes."""
        left = self.alive()
        names = [f"{role(process)} {process.pid}" for process in left]
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=10)
        self.hang_up()
        self._shell.kill()
        self._shell.wait()
        if self._held >= 0:
            self._status = self.status
            os.close(self._held)
            os.close(self._ends)
            self._held = self._ends = -1
        return names

    def read(self) -> None:
        """Take what is printed within a moment."""
        if self._terminal is None:
            time.sleep(_TICK_S)
            return
        if select.select([self._terminal], [], [], _TICK_S)[0]:
            try:
                more = os.read(self._terminal, 65536)
            except OSError:  # nobody holds the other end any more
                more = b""
            if more:
                self.output += more
            else:
                self.hang_up()


def _take_terminal() -> None:
    """Make the terminal the session's own."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def role(process: psutil.Process) -> str:
    """Say what a process is for: the workflow, a job, its shell, the warm server or its fork."""
    try:
        words, parent = process.cmdline(), process.parent()
        above = parent.cmdline() if parent else []
    except psutil.Error:
        return "ended"
    names = [Path(word).name for word in words[:3]]
    verb = _verb(words)
    if verb == "warm":
        return "fork" if _verb(above) == "warm" else "warm"
    if verb is not None:
        return verb if verb in ("sweep", "ui", "track") else "job"
    if names[:1] in (["sh"], ["bash"]):
        return "make's shell" if above[:1] == ["make"] else "shell"
    if names[:1] == ["make"]:
        return "make"
    return next((name for name in ("snakemake", "uvicorn") if name in names), "other")


def _verb(words: list[str]) -> str | None:
    """Return the subcommand of `handbook` that a command line calls."""
    for index, word in enumerate(words[:3]):
        if Path(word).name == "handbook" and index + 1 < len(words):
            return words[index + 1]
    return None
