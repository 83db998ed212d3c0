"""Repeats a recorded run in a folder of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError
from handbook.records.compare.resolve import Resolver
from handbook.records.reproduce.outcome import outcome
from handbook.records.reproduce.repeat import repeat
from handbook.records.reproduce.restore import mirror_for, restore

__all__ = ["reproduce"]


def reproduce(
    name: str,
    root: Path,
    *,
    folder: Path | None,
    keep: bool,
    folds: bool,
    tolerance: float,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Make a recorded run again from its commit, and compare the two.

    Parameters
    ----------
    name : str
        A job key, an MLflow run, or model/data/variant of the working tree.
    root : Path
        Top of the project; nothing in it is changed.
    folder : Path or None
        Where to do it, must not exist; None for a temporary folder.
    keep : bool
        Leave the folder there.
    folds : bool
        Cross-validate it again, too.
    tolerance : float
        Relative difference of metrics that still counts as the same.
    say : callable
        Takes a line of progress.

    Returns
    -------
    dict
        See :func:`handbook.records.reproduce.outcome.outcome`.

    Raises
    ------
    HandbookError
        The name stands for no single recorded run, or it cannot be made again.
    """
    side = Resolver(root).side(name)
    if side.whole:
        raise HandbookError(
            f"{name!r} is a whole {side.kind}; name one of its runs (`handbook runs` lists them)"
        )
    recorded = side.run
    if not recorded.job_key:
        raise HandbookError(f"{name!r}: there is no record of this run to repeat")
    folder = _new_folder(folder)
    try:
        say(restore(recorded, root, folder / "project"))
        commit = str(recorded.context["commit"])
        mirror = mirror_for(recorded.run, root, commit, folder / "raw")
        repeated = repeat(recorded, folder / "project", mirror=mirror, folds=folds, say=say)
        return outcome(recorded, repeated, tolerance)
    finally:
        if keep:
            say(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _new_folder(folder: Path | None) -> Path:
    """Make an empty folder."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="handbook-reproduce-"))
    if folder.exists():
        raise HandbookError(f"{folder}: exists already; name a folder that does not")
    folder.mkdir(parents=True)
    return folder.resolve()
