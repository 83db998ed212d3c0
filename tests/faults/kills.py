"""Kills at random moments, and the same command again, until it ends by itself."""

from __future__ import annotations

import signal
from contextlib import suppress
from random import Random

import psutil
from tests.faults.copies import PATIENCE_S, Copy
from tests.faults.outcome import Outcome
from tests.faults.processes import CTRL_BACKSLASH, CTRL_C, SERVES, Terminal, role

__all__ = ["ENDS_WITHIN_S", "kill_again_and_again"]

#: What a signal ends must be gone by then: 10 s are promised, the rest is for a loaded machine.
ENDS_WITHIN_S = 15.0
_ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL)
# What runs all the rest. At the other signals make waits for its child to end.
_ON_TOP = {
    "make": (signal.SIGTERM, signal.SIGKILL),
    "make's shell": (signal.SIGTERM, signal.SIGKILL),
    "snakemake": _ALL,
    "sweep": _ALL,
    "uvicorn": _ALL,
}


def kill_again_and_again(
    copy: Copy,
    command: tuple[str, ...],
    kills: int,
    usual_s: float,
    outcome: Outcome,
    *,
    finish: bool = True,
) -> None:
    """Start a command and kill of it, as often as asked or until it ends by itself.

    The last start is undisturbed and must succeed; what goes wrong is noted in the outcome.

    Parameters
    ----------
    copy : Copy
    command : tuple of str
    kills : int
        At most so many.
    usual_s : float
        How long the command takes undisturbed; kills fall within that.
    outcome : Outcome
    finish : bool
        Whether the command is started again after the last kill.
    """
    while True:
        running = copy.start(*command)
        before = len(outcome.done)
        _disturb(running, kills, usual_s, outcome)
        killed = len(outcome.done) - before
        if not killed or SERVES in running.text:
            _finish(running)
        # A page goes on until its user ends it.
        status = 0 if not killed and SERVES in running.text else running.status
        if not running.wait(running.all_ended, ENDS_WITHIN_S):
            last = outcome.done[-1] if outcome.done else "its end"
            outcome.orphaned += [f"{name}, after {last}" for name in running.clear()]
        running.clear()
        if not killed and status != 0:
            # Nobody touched this start, so it shows that what went before does harm.
            last = outcome.done[-1] if outcome.done else "nothing"
            outcome.help.append(f"after {last}: status {status}: {running.last_words}")
            if len(outcome.help) > 3 or not outcome.done:
                return
            copy.help()
            continue
        enough = len(outcome.done) >= kills
        if (status == 0 and (enough or not killed)) or (enough and not finish):
            return


def _finish(running: Terminal) -> None:
    """Let a command end by itself; end one that serves as its user does."""
    running.wait(lambda: _over(running), PATIENCE_S)
    if not running.ended():
        running.press(CTRL_C)


def _over(running: Terminal) -> bool:
    """Tell whether a command has ended, or serves until its user ends it."""
    return running.ended() or SERVES in running.text


def _disturb(running: Terminal, kills: int, usual_s: float, outcome: Outcome) -> None:
    """Kill parts of a running command until it has ended or enough has been killed."""
    while len(outcome.done) < kills:
        random = Random(f"{outcome.seed}:{len(outcome.done)}")
        moment = _moment(running, random, usual_s)
        if running.ended():
            return
        ends_all, words = _kill(running, random)
        outcome.done.append(f"{words} {moment}")
        if ends_all:
            running.wait(running.all_ended, ENDS_WITHIN_S)
            return
    if outcome.done and not running.wait(lambda: _over(running), PATIENCE_S):
        outcome.help.append(f"hung after {outcome.done[-1]}: {running.last_words}")


def _moment(running: Terminal, random: Random, usual_s: float) -> str:
    """Wait for a random moment; return it in words."""
    if random.random() < 0.5:
        delay = random.uniform(0, usual_s)
        running.wait(running.ended, delay)
        return f"after {delay:.2f} s"
    lines = running.lines() + random.randint(1, random.choice((8, 60)))
    delay = random.uniform(0, 0.3)
    running.wait(lambda: running.lines() >= lines or running.ended(), usual_s)
    running.wait(running.ended, delay)
    return f"{delay:.2f} s after line {running.lines()}"


def _kill(running: Terminal, random: Random) -> tuple[bool, str]:
    """Kill something drawn; tell whether that should end all, and what it was."""
    draw, name = random.random(), random.random()
    if draw < 0.15:
        running.press(CTRL_C)
        return True, "Ctrl-C"
    if draw < 0.2:
        running.press(CTRL_BACKSLASH)
        return True, "Ctrl-\\"
    if draw < 0.3:
        running.hang_up()
        return True, "closed terminal"
    alive = running.alive()
    if draw < 0.4:
        number = random.choice((signal.SIGKILL, signal.SIGTERM))
        for process in alive:
            _send(process, number)
        return True, f"{number.name} to all {len(alive)} processes"
    by_role: dict[str, list[psutil.Process]] = {}
    for process in alive:
        by_role.setdefault(role(process), []).append(process)
    names = sorted(by_role)
    chosen = names[int(name * len(names))] if names else "nobody"
    number = random.choice(_ON_TOP.get(chosen, _ALL))
    for process in by_role.get(chosen, [])[:1]:
        _send(process, number)
    first = bool(alive) and chosen == role(alive[0])
    return chosen in _ON_TOP or first, f"{number.name} to {chosen}"


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.Error):
        process.send_signal(number)
