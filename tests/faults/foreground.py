"""Stands for the shell in which people type: runs one command in the terminal's foreground.

It outlives the command, as their shell does: at its end the system hangs up the terminal, which
would end whatever the command left behind.
"""

import os
import signal
import sys

_ASKED_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTTOU)


def run(write_status: int, wait_for: int, command: list[str]) -> None:
    """Run a command, write its exit status, and stay until the other end lets go."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # it gives the terminal away and takes it back
    process = os.fork()
    if process == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        for number in _ASKED_TO_END:
            signal.signal(number, signal.SIG_DFL)
        os.close(write_status)
        os.close(wait_for)
        os.execvp(command[0], command)
    _, status = os.waitpid(process, 0)
    os.tcsetpgrp(0, os.getpgrp())
    os.write(write_status, b"%d" % os.waitstatus_to_exitcode(status))
    os.close(write_status)
    os.read(wait_for, 1)


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
