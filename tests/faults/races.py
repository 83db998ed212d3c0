"""Two commands at once: the second waits, shares, or says why not."""

from __future__ import annotations

import re
from random import Random

from tests.faults.copies import PATIENCE_S, REBUILD, SWEEP, Ground, judge
from tests.faults.kills import ENDS_WITHIN_S
from tests.faults.outcome import Outcome
from tests.faults.processes import CTRL_C, SERVES, Terminal
from tests.services.server import free_port

__all__ = ["RACES", "race"]

#: Rows of the table, and whether each ends with a sweep's results.
RACES = {
    "two rebuilds": False,
    "rebuild and sweep": True,
    "two sweeps": True,
    "rebuild and page": False,
    "two folders, one store": False,
}


def race(ground: Ground, name: str, outcome: Outcome) -> None:
    """Start two commands, the second at a random moment of the first, and look at the end.

    Parameters
    ----------
    ground : Ground
    name : str
        Of the folder to use.
    outcome : Outcome
        Its kind, one of :data:`RACES`, says which commands.
    """
    random = Random(outcome.seed)
    copies = [ground.copy(ground.built, f"{name}-{number}") for number in range(2)]
    for copy in copies:
        copy.switch()
    page = ("handbook", "ui", ".", "--port", str(free_port()))
    if outcome.kind == "two sweeps":
        copies[0] = ground.copy(ground.switched, f"{name}-swept")
    shared = outcome.kind == "two folders, one store"
    environment = {"MLFLOW_TRACKING_URI": f"sqlite:///{copies[0].root}/mlflow.db"} if shared else {}
    first = SWEEP if outcome.kind == "two sweeps" else REBUILD
    second = {"rebuild and page": page, "rebuild and sweep": SWEEP}.get(outcome.kind, first)
    other = copies[shared]
    delay = random.choice((0.0, random.uniform(0, ground.seconds(ground.switched))))
    outcome.done.append(f"{' '.join(second)} {delay:.2f} s after {' '.join(first)}")
    earlier = copies[0].start(*first, **environment)
    earlier.wait(earlier.ended, delay)
    later = other.start(*second, **environment)
    _wait(earlier, later)
    for copy, command, running in ((copies[0], first, earlier), (other, second, later)):
        left = running.clear()
        outcome.orphaned += left
        if running.status and _says_why(running) and command != page:
            running = copy.finish(*command, **environment)  # as it says
        if running.status and not (command == page and SERVES in running.text):
            outcome.help.append(f"{' '.join(command)}: {running.status}: {running.last_words}")
    if RACES[outcome.kind]:
        copies[0].finish(*REBUILD)
    expected = ground.swept if RACES[outcome.kind] else ground.switched
    for copy in {copies[0].root: copies[0], other.root: other}.values():
        judge(copy, expected, outcome)


def _wait(earlier: Terminal, later: Terminal) -> None:
    """Wait for the end of both; close a page once it is served and the other has ended."""

    def first_ended() -> bool:
        later.read()  # else it waits for somebody who does
        return earlier.ended() and (later.ended() or SERVES in later.text)

    earlier.wait(first_ended, PATIENCE_S)
    if not later.ended():
        later.press(CTRL_C)
    later.wait(later.ended, PATIENCE_S)
    for running in (earlier, later):
        running.wait(running.all_ended, ENDS_WITHIN_S)


def _says_why(running: Terminal) -> bool:
    """Tell whether a command that did not run names who is in its way."""
    return re.search(r"process \d+", running.text) is not None
