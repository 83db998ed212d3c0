"""A process that has imported all that a server needs, and forks one for each line that it reads.

A line is JSON: the folder, the words of the command, the file for what it prints, and a limit on
the size of files or null. It prints the process of each.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys

import skops.io  # noqa: F401

import handbook.serving.workers  # noqa: F401
from handbook import cli


def begin(folder: str, words: list[str], log: str, file_size: int | None) -> None:
    """Be a server."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.chdir(folder)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, resource.RLIM_INFINITY))
    sys.exit(cli.main(words))


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    print("ready", flush=True)
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            begin(*json.loads(line))
        print(process, flush=True)
