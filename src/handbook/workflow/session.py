"""One run of the workflow in a folder: alone there, on results that are what was recorded."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from handbook.core import limits
from handbook.core.columns import shortened
from handbook.core.errors import HandbookError
from handbook.core.lock import flock, lock
from handbook.core.terminal import say
from handbook.workflow import lifeline, manifest, slurm, snapshot
from handbook.workflow.metadata import STATE

__all__ = ["PARANOID", "alone", "at_work", "begin", "end", "only_looks", "settle"]

#: Environment variable: whether a run compares the content of every result before it starts.
PARANOID = "HANDBOOK_PARANOID"

_LOCK = STATE / "handbook.lock"
_LIFELINES = STATE / "lifelines"

# Options of Snakemake that run no job.
_LOOKS = {
    *("--lint", "--list", "--list-rules", "--list-target-rules", "--print-compilation", "-l"),
    *("--dag", "--rulegraph", "--filegraph", "--d3dag", "--list-changes", "--list-input-changes"),
    *("--report", "--reporter"),
    *("--summary", "--detailed-summary", "--list-params-changes", "--list-untracked", "-S", "-D"),
}
_STATES = {
    "altered": "altered since it was made",
    "damaged": "whose record is damaged",
    "missing": "gone",
}


def only_looks(arguments: Sequence[str]) -> bool:
    """Tell whether Snakemake is called to show something, and runs no job.

    Examples
    --------
    >>> only_looks(["--lint"]), only_looks(["--cores", "2"])
    (True, False)
    """
    return not _LOOKS.isdisjoint(argument.partition("=")[0] for argument in arguments)


def begin(say: Callable[[str], None] = say) -> None:
    """Make this process the only one that works in the current folder, until it ends.

    Another run is waited for. What a run left that was killed is taken over: Snakemake's locks,
    once its last jobs have ended. Those that a batch system has still are cancelled.
    """
    STATE.mkdir(exist_ok=True)
    _locked(Path(), say)
    slurm.cancel_left(STATE, say)
    lifeline.await_jobs(_LIFELINES, say)
    left = sorted((STATE / "locks").glob("*.lock"))
    for path in left:
        path.unlink()
    if left:
        say("the last run here was killed: this one goes on where it ended")
    lifeline.hold(_LIFELINES)
    for folder in (STATE / "code", STATE / "catalogues"):
        snapshot.prune(folder)


@contextmanager
def alone(workdir: Path, say: Callable[[str], None] = say) -> Iterator[None]:
    """Wait for the run of a folder, if there is one, and keep others waiting."""
    if not (workdir / STATE).exists():  # nothing was ever run here
        yield
        return
    own = _locked(workdir, say)
    try:
        yield
    finally:
        os.close(own)


def at_work(workdir: Path) -> bool:
    """Tell whether a run is at work in a folder."""
    try:
        own = os.open(workdir / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(own)
    return False


def _locked(workdir: Path, say: Callable[[str], None]) -> int:
    path = workdir.resolve() / _LOCK
    try:
        own = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        if reason := limits.shortage(error):
            raise HandbookError(reason) from None
        raise
    lock(own, f"{workdir.resolve()}: a run is at work here:", say)
    return own


def settle(say: Callable[[str], None] = say, *, change: bool) -> None:
    """See to it that no result is used which is not what was recorded.

    Parameters
    ----------
    say : callable
        Takes a line on what was altered or lost.
    change : bool
        Whether to set aside what is not what was recorded, so that it is made again.

    Raises
    ------
    HandbookError
        There are results of which nothing is known.
    """
    paranoid = os.environ.get(PARANOID, "") not in {"", "0"}
    digested = manifest.MANIFEST.exists()
    differing = manifest.audit(Path(), save=change and digested, paranoid=paranoid).differing
    unrecorded, undigested = differing.pop("unrecorded"), differing.pop("undigested")
    if unrecorded:
        raise HandbookError(
            f"{_count(unrecorded)} without a record of what made them, so they cannot be "
            f"trusted: {shortened(unrecorded)}. `dvc pull` brings results together with "
            "their records. Otherwise move these files away, and they are made again."
        )
    if undigested and not digested:
        raise HandbookError(
            f"{_count(undigested)} changed since they were made, and {manifest.MANIFEST} is "
            f"missing, which holds what they were: {shortened(undigested)}. `dvc pull` "
            "brings it. `handbook audit --accept` takes the files as they are."
        )
    if change and not digested:
        manifest.audit(Path(), save=True)
    differing["altered"] += undigested
    for state, names in differing.items():
        if names:
            remedy = "a rebuild makes them again"
            if change:
                aside = manifest.set_aside(Path(), set(names))
                remedy = "made again where they are asked for"
                if state != "missing":
                    remedy += f"; what was there lies in {aside}"
            say(f"{_count(names)} {_STATES[state]}: {shortened(names)}: {remedy}")


def end() -> None:
    """Take the digests of what was made."""
    manifest.audit(Path(), save=True)


def _count(names: Sequence[str]) -> str:
    return f"{len(names)} result{'s' if len(names) > 1 else ''}"
