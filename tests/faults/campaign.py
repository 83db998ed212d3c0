"""The fault campaign: `make faults` runs all of it, the tests a short form.

Everything is drawn from one seed, which is printed. Where something is amiss, the table is followed
by what was done, in the order in which it was done, and the seed that does it again:
``make faults SEED=4242 ONLY=rebuild-after-an-edit/17``.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from tests.faults.copies import REBUILD, SWEEP, TRACK, Copy, Ground, judge
from tests.faults.damages import RECORDS, RESULTS, damage
from tests.faults.fills import fill
from tests.faults.kills import kill_again_and_again
from tests.faults.outcome import Outcome, table
from tests.faults.races import RACES, race
from tests.services.server import free_port

__all__ = ["KINDS", "main", "try_once"]

_CHAIN = 4  # kills over one making
_Try = Callable[[Ground, str, Outcome], None]


def _from_nothing(ground: Ground, name: str, outcome: Outcome) -> None:
    copy = Copy.create(ground.root / name)
    kill_again_and_again(copy, REBUILD, _CHAIN, 2 * ground.seconds(ground.switched), outcome)
    judge(copy, ground.built, outcome)


def _after_edit(ground: Ground, name: str, outcome: Outcome) -> None:
    copy = ground.copy(ground.built, name)
    copy.switch()
    kill_again_and_again(copy, REBUILD, _CHAIN, ground.seconds(ground.switched), outcome)
    judge(copy, ground.switched, outcome)


def _edit_taken_back(ground: Ground, name: str, outcome: Outcome) -> None:
    copy = ground.copy(ground.built, name)
    copy.switch()
    kill_again_and_again(copy, REBUILD, 1, ground.seconds(ground.switched), outcome, finish=False)
    copy.switch_back(ground.built)
    kill_again_and_again(copy, REBUILD, 1, ground.seconds(ground.switched), outcome)
    judge(copy, ground.built, outcome)


def _sweep(ground: Ground, name: str, outcome: Outcome) -> None:
    copy = ground.copy(ground.switched, name)
    kill_again_and_again(copy, SWEEP, _CHAIN, ground.seconds(ground.swept) * 2, outcome)
    copy.finish(*REBUILD)
    judge(copy, ground.swept, outcome)


def _tracking(ground: Ground, name: str, outcome: Outcome) -> None:
    copy = ground.copy(ground.built, name)
    kill_again_and_again(copy, TRACK, _CHAIN, ground.seconds(ground.tracked), outcome)
    judge(copy, ground.built, outcome)


def _page(ground: Ground, name: str, outcome: Outcome) -> None:
    copy = ground.copy(ground.built, name)
    command = ("handbook", "ui", ".", "--port", str(free_port()))
    kill_again_and_again(copy, command, _CHAIN, ground.seconds(ground.tracked) * 2, outcome)
    judge(copy, ground.built, outcome)


def _damage(ground: Ground, name: str, outcome: Outcome) -> None:
    damage(ground, ground.copy(ground.built, name), outcome)


#: What is tried, and how often in a campaign of 200 kills.
KINDS: dict[str, tuple[_Try, int]] = {
    "rebuild from nothing": (_from_nothing, 20),
    "rebuild after an edit": (_after_edit, 20),
    "edit taken back": (_edit_taken_back, 8),
    "sweep": (_sweep, 8),
    "tracking": (_tracking, 4),
    "page": (_page, 3),
    RESULTS: (_damage, 60),
    RECORDS: (_damage, 20),
    "disk full": (fill, 10),
    **dict.fromkeys(RACES, (race, 20)),
}


def try_once(ground: Ground, kind: str, seed: str) -> Outcome:
    """Try one kind of fault, or one chain of kills, in a copy of its own.

    Parameters
    ----------
    ground : Ground
    kind : str
        One of :data:`KINDS`.
    seed : str

    Returns
    -------
    Outcome
        Its copies are removed where nothing is amiss.
    """
    outcome = Outcome(kind, seed)
    name = "".join(c if c.isalnum() else "-" for c in seed)
    KINDS[kind][0](ground, name, outcome)
    if outcome.good:
        for folder in [*ground.root.glob(name), *ground.root.glob(f"{name}-*")]:
            shutil.rmtree(folder)
    return outcome


def _plan(seed: int, kills: int) -> Iterator[tuple[str, str]]:
    """Yield kind and seed of each try, the kinds in turn."""
    left = {kind: max(1, round(often * kills / 200)) for kind, (_, often) in KINDS.items()}
    for number in count():
        for kind in [kind for kind, often in left.items() if often > number]:
            yield kind, f"{seed}/{kind.replace(' ', '-')}/{number}"
        if number > max(left.values()):
            return


def main() -> int:
    """Run the campaign of the command line; return 1 where anything is amiss."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--only", default="", help="tries whose name begins so: sweep, page/3")
    parser.add_argument("--folder", type=Path, help="for the copies; a later one may use it again")
    options = parser.parse_args()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # it would be ignored by all we start
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # with the table, as at Ctrl-C
    folder = options.folder or Path(tempfile.mkdtemp(prefix="faults-"))
    print(f"seed {options.seed}, in {folder}", flush=True)
    clock, outcomes = time.monotonic(), []
    try:
        ground = Ground(folder)
        for kind, seed in _plan(options.seed, options.kills):
            if not seed.partition("/")[2].startswith(options.only):
                continue
            outcomes.append(try_once(ground, kind, seed))
            print(f"[{time.monotonic() - clock:.0f} s] {outcomes[-1].report()}", flush=True)
    finally:
        if outcomes:
            bad = [outcome for outcome in outcomes if not outcome.good]
            print("", *(outcome.report() for outcome in bad), table(outcomes), sep="\n")
            print(f"seed {options.seed}, {time.monotonic() - clock:.0f} s")
    return int(any(not outcome.good for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
