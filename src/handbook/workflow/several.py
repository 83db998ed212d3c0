"""Jobs that several processes do together, as `torchrun` starts them: one of them writes."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["LAUNCHER", "aside", "launcher", "leads", "start"]

#: Environment variable: the command that starts the processes of a job with several devices.
LAUNCHER = "HANDBOOK_LAUNCHER"

#: Folders of results that trainings read.
_READ = ("data", "judges")


def _started() -> bool:
    return "TORCHELASTIC_RUN_ID" in os.environ


def leads() -> bool:
    """Tell whether this process is the only one of its job, or the first, which writes."""
    return not _started() or os.environ["RANK"] == "0"


def launcher() -> list[str]:
    """Return the command that starts processes; none in one that it has started."""
    return [] if _started() else shlex.split(os.environ.get(LAUNCHER, ""))


def start(arguments: Sequence[str]) -> int:
    """Run ``handbook`` with these arguments in several processes; return the exit status.

    The launcher finds a port that nobody listens on here in ``MASTER_PORT``: jobs side by side
    need one each.
    """
    with socket.socket() as listener:
        listener.bind(("", 0))
        port = listener.getsockname()[1]
    # without the dashes in between, torchrun takes `--log` for the beginning of its own options
    command = [*launcher(), "-m", "--", "handbook", *arguments]
    return subprocess.run(
        command, env={**os.environ, "MASTER_PORT": str(port)}, check=False
    ).returncode


@contextmanager
def aside() -> Iterator[None]:
    """Work in a folder that has what a training reads, and that is gone with all it wrote."""
    project = Path.cwd()
    with TemporaryDirectory(prefix="handbook-") as folder, chdir(folder):
        for path in project.iterdir():
            if path.name not in {"results", "logs"}:
                Path(path.name).symlink_to(path)
        results = Path("results")
        results.mkdir()
        for name in _READ:
            (results / name).symlink_to(project / results / name)
        yield
