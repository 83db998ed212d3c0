"""A copy of the code for the time of a run: what is edited meanwhile waits for the next one.

It is of this package, and of modules of one's own. The digests of code that stand in the records of
results are those of the copy, and jobs import the copy. So what ran is what was recorded, whatever
happens to the sources during a run.
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from handbook.core.errors import HandbookError

__all__ = ["FOLDER", "enter", "is_copy", "prune"]

#: Where a run keeps its copy.
FOLDER = Path(".snakemake/code")

_LEFT_OUT = "__pycache__"
# Copies and catalogues that others may still use: a dry run, a job of another run.
_KEPT_S = 24 * 3600.0


def enter(folder: Path, beside: Path, copy: Path | None = None) -> Path:
    """Copy the code below `folder`, and import it from there, here and in processes to come.

    Parameters
    ----------
    folder : Path
        Holds a copy for each state of the code.
    beside : Path
        Folder of modules of one's own, which is copied under its name, where there is one.
    copy : Path, optional
        The copy of the run that this process is a part of; where it is there, none is made.

    Returns
    -------
    Path
        The folder that holds the copy.

    Raises
    ------
    HandbookError
        The sources changed while they were copied, several times in a row.
    """
    sources = [Path(__file__).parents[1]]
    if beside.is_dir():
        sources.append(beside)
    if copy is None or not copy.is_dir():
        copy = _copied(sources, folder.resolve())
    os.utime(copy)  # its last use, for `prune`
    sys.path.insert(0, str(copy))
    before = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    os.environ["PYTHONPATH"] = os.pathsep.join([str(copy), *before])
    copied = {source.name for source in sources}
    for name in [name for name in sys.modules if name.split(".")[0] in copied]:
        del sys.modules[name]
    importlib.invalidate_caches()
    return copy


def _copied(sources: Sequence[Path], folder: Path) -> Path:
    """Return a folder with a copy of each source, under its own name."""
    for _ in range(3):
        state = _digest(sources)
        copy = folder / state
        if copy.exists():
            return copy
        folder.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=folder, prefix=".partial-"))
        try:
            for source in sources:
                ignore = shutil.ignore_patterns(_LEFT_OUT)
                shutil.copytree(source, partial / source.name, ignore=ignore)
            if _digest([partial / source.name for source in sources]) == state:
                with suppress(OSError):  # another process has made it meanwhile
                    partial.rename(copy)
                return copy
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    where = " or ".join(map(str, sources))
    raise HandbookError(f"{where}: changes all the time; start again when it is at rest")


def _digest(sources: Iterable[Path]) -> str:
    """Return 16 hexadecimal digits of the names and bytes of the sources' files."""
    digest = hashlib.sha256()
    for source in sources:
        for path in sorted(source.rglob("*")):
            if path.is_file() and _LEFT_OUT not in path.parts:
                content = path.read_bytes()
                name = path.relative_to(source.parent).as_posix()
                digest.update(f"{name} {len(content)} ".encode())
                digest.update(content)
    return digest.hexdigest()[:16]


def is_copy(file: Path) -> bool:
    """Tell whether a module's file belongs to a run's copy of this package.

    Examples
    --------
    >>> is_copy(Path("/p/.snakemake/code/0123/handbook/cli.py")), is_copy(Path("/p/src/handbook"))
    (True, False)
    """
    return any(pair == FOLDER.parts for pair in itertools.pairwise(file.parts))


def prune(folder: Path) -> None:
    """Remove what lies in `folder` and was not used for a day."""
    if not folder.exists():
        return
    oldest = time.time() - _KEPT_S
    for path in folder.iterdir():
        with suppress(OSError):  # another process removes it too
            if path.stat().st_mtime < oldest:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
