"""What a rebuild needs of the world before it starts: raw files, here or to be fetched."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from handbook.catalogue.params import Params
from handbook.core.errors import HandbookError
from handbook.core.files import read_json, write_json
from handbook.core.folders import DataFolder
from handbook.core.terminal import say
from handbook.data import raw
from handbook.data.acquire import GIVEN_UP, acquire
from handbook.data.origins import MIRROR
from handbook.data.whereabouts import DataWhereabouts, FileWhereabouts, whereabouts
from handbook.workflow.metadata import STATE

__all__ = ["left_out", "lines", "look_for", "require"]

_LEFT_OUT = STATE / "left-out.json"


def left_out() -> dict[str, str]:
    """Return which data sets the last rebuild of this folder did without, and why."""
    return dict(read_json(_LEFT_OUT, made_by="make rebuild")) if _LEFT_OUT.is_file() else {}


def look_for(params: Params, say: Callable[[str], None] = say) -> dict[str, str]:
    """Look for the raw files that a rebuild needs, say what will be fetched, and what cannot be.

    Data sets that are prepared already need none. An address that answers is believed, until a
    job has failed to get its file there: then the file is brought before anything else starts.

    Parameters
    ----------
    params : Params
    say : callable
        Takes a line.

    Returns
    -------
    dict of str to str
        Why, by data set that cannot be had; remembered for :func:`left_out`.
    """
    missing = _missing(params, say)
    runs = Counter(run.data for run in params.runs())
    for name, why in missing.items():
        say(f"{name}: {why}: {_runs(runs[name])} left out, the rest goes on")
    elsewhere = _left_out_elsewhere(params)
    if elsewhere | missing != left_out():
        write_json(_LEFT_OUT, elsewhere | missing)
    return missing


def require(params: Params, say: Callable[[str], None] = say) -> dict[str, str]:
    """Look for the raw files of data sets without which nothing is to be done.

    Parameters
    ----------
    params : Params
    say : callable
        Takes a line.

    Returns
    -------
    dict of str to str
        Why, by data set that the last rebuild did without, but for these.

    Raises
    ------
    HandbookError
        One cannot be had.
    """
    if missing := _missing(params, say):
        faults = "\n".join(f"{name}: {why}" for name, why in missing.items())
        raise HandbookError(
            f"{faults}\nnothing was done; {MIRROR} can name a folder or an address that has it, "
            "and `handbook data` says what is looked for"
        )
    return _left_out_elsewhere(params)


def _left_out_elsewhere(params: Params) -> dict[str, str]:
    """Return what was said last of data sets that a catalogue has nothing of: it still holds."""
    return {name: why for name, why in left_out().items() if name not in params.data}


def _missing(params: Params, say: Callable[[str], None]) -> dict[str, str]:
    """Say what will be fetched, and return why not, by data set that cannot be had."""
    needed = {
        name: params.release(name)
        for name in params.data_sets()
        if name not in params.left_out and not DataFolder(name).accepted.is_file()
    }
    mirror = os.environ.get(MIRROR, "")
    missing = _failed_again(needed, mirror)
    states = whereabouts(needed, mirror=mirror)
    missing = _without_room(states) | missing
    states = [state for state in states if state.data not in missing]
    for line in lines(params, [state for state in states if state.to_fetch and not state.missing]):
        say(line)
    return missing | {state.data: state.why for state in states if state.missing}


def _failed_again(releases: Mapping[str, str], mirror: str) -> dict[str, str]:
    """Bring files that a job gave up, and return why not, by data set."""
    missing: dict[str, str] = {}
    for path, owned in raw.owners(releases).items():
        output = Path(path)
        log = Path("logs/acquire", *output.parts[2:]).with_suffix(output.suffix + ".log")
        if output.exists() or not log.is_file():
            continue
        if GIVEN_UP not in log.read_text(encoding="utf-8", errors="replace"):
            continue
        try:
            acquire(owned.data, owned.release, output.name, output, mirror=mirror)
        except HandbookError as error:
            log.write_text(f"{error}\n", encoding="utf-8")
            sharing = [name for name in releases if path in raw.pins(name, releases[name])]
            missing |= dict.fromkeys(sharing, f"{output.name} {GIVEN_UP}, {log} says why")
        else:
            with suppress(FileNotFoundError):
                log.unlink()
    return missing


def _without_room(states: list[DataWhereabouts]) -> dict[str, str]:
    """Return why files that could be fetched cannot be put where they belong, by data set."""
    closed: dict[str, str] = {}
    for state in states:
        for file in state.to_fetch:
            folder = Path(file.path).parent
            nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
            if not os.access(nearest, os.W_OK):
                closed[state.data] = (
                    f"{file.path} can be fetched, but {nearest} cannot be written to: put it "
                    "there, or let a link of that name lead to a folder with room"
                )
    return closed


def lines(params: Params, states: list[DataWhereabouts]) -> Iterator[str]:
    """Yield a line for each data set: what is there, what will come from where, what cannot."""
    runs = Counter(run.data for run in params.runs())
    width = max((len(state.data) for state in states), default=0)
    for state in states:
        yield f"{state.data:<{width}}  {_state(state, runs[state.data])}"
    files = [file for state in states for file in state.to_fetch]
    if files:
        yield f"to fetch: {_to_travel(files)}"


def _state(state: DataWhereabouts, runs: int) -> str:
    if not state.files:
        return "generated" if state.release == raw.SAMPLE else "comes with scikit-learn"
    if state.missing:
        return f"cannot be had, and {_runs(runs)} without it"
    if not state.to_fetch:
        return f"here, {_bytes(sum(file.size for file in state.files))}"
    number = "1 file" if len(state.to_fetch) == 1 else f"{len(state.to_fetch)} files"
    size = _to_travel(state.to_fetch)
    return f"to be fetched: {number}, {size}, from {state.to_fetch[0].source}"


def _to_travel(files: Iterable[FileWhereabouts]) -> str:
    return _bytes(sum(dict(file.transfer for file in files).values()))


def _bytes(size: int) -> str:
    from tqdm import tqdm

    return tqdm.format_sizeof(size, "B")


def _runs(number: int) -> str:
    return "1 run is" if number == 1 else f"{number} runs are"
