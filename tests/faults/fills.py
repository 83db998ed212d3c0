"""Disks without room: the same command goes on once there is room again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.faults.copies import REBUILD, Copy, Ground, judge
from tests.faults.outcome import Outcome

__all__ = ["fill"]

_LARGE_KIB = 512 * 1024


def fill(ground: Ground, name: str, outcome: Outcome) -> None:
    """Rebuild where there is too little room, somewhere, then give room and rebuild again.

    Parameters
    ----------
    ground : Ground
    name : str
        Of the folder to use.
    outcome : Outcome
    """
    random = Random(outcome.seed)
    full = random.choice(("the folder", "TMPDIR", "a file"))
    disk = ground.root / name
    disk.mkdir(parents=True)
    if full == "a file" or not _may_mount(disk):
        copy = _with_work(ground, f"{name}/project")
        blocks = round(2 ** random.uniform(1, 12))
        limited = ("bash", "-c", f"ulimit -f {blocks}; exec {' '.join(REBUILD)}")
        outcome.done.append(f"no file above {blocks} KiB")
        copy.finish(*limited)
        _go_on(copy, ground, outcome)
    elif full == "TMPDIR":
        copy = _with_work(ground, f"{name}-project")
        kib = round(2 ** random.uniform(2, 9))
        outcome.done.append(f"TMPDIR of {kib} KiB")
        with _small(disk, kib):
            copy.finish(*REBUILD, TMPDIR=str(disk))
        _go_on(copy, ground, outcome)
    else:
        with _small(disk, _LARGE_KIB):
            copy = _with_work(ground, f"{name}/project")
            kib = _used_kib(disk) + round(2 ** random.uniform(2, 13))
            outcome.done.append(f"a disk of {kib} KiB")
            _resize(disk, kib)
            copy.finish(*REBUILD)
            _resize(disk, _LARGE_KIB)
            _go_on(copy, ground, outcome)


def _go_on(copy: Copy, ground: Ground, outcome: Outcome) -> None:
    running = copy.finish(*REBUILD)
    if running.status != 0:
        outcome.help.append(f"{outcome.done[-1]}: status {running.status}: {running.last_words}")
    else:
        judge(copy, ground.switched, outcome)


def _with_work(ground: Ground, name: str) -> Copy:
    """Return a copy of the finished project in which something else is asked for."""
    copy = ground.copy(ground.built, name)
    copy.switch()
    return copy


@contextmanager
def _small(folder: Path, kib: int) -> Iterator[None]:
    """Mount a file system of some size on a folder."""
    _run("mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder))
    try:
        yield
    finally:
        _run("umount", str(folder))


def _may_mount(folder: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        return False
    _run("umount", str(folder))
    return True


def _resize(folder: Path, kib: int) -> None:
    _run("mount", "-o", f"remount,size={kib}k", str(folder))


def _used_kib(folder: Path) -> int:
    done = subprocess.run(["du", "-sk", str(folder)], capture_output=True, check=True, text=True)
    return int(done.stdout.split()[0])


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
