"""What each result holds, by its digest, and whether it still does.

Snakemake records what a job read and what made its outputs, not what they hold: a file that is
altered or lost afterwards goes unseen, or is even read as if it were right. The manifest has a line
of JSON for each result: its path, its SHA-256 digest, and the end of the job that made it. It
travels with the results.

Digests are taken when a run ends, or, of a run that was killed, when the next one begins. A file
that was changed in between is told by its time, which Snakemake records when a job ends.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from handbook.core.files import sha256, write_text
from handbook.workflow import lifeline, metadata
from handbook.workflow.compared import Compared
from handbook.workflow.metadata import STATE, Record

__all__ = ["MANIFEST", "Audit", "Entry", "altered", "audit", "read", "set_aside", "write"]

#: Where the manifest lies, below the folder that the workflow runs in.
MANIFEST = STATE / "manifest.jsonl"

_COMPARED = STATE / "compared.json"
_ASIDE = STATE / "altered"


class Entry(NamedTuple):
    """What a result held when its job had ended.

    Parameters
    ----------
    sha256 : str
        Digest of its bytes.
    ended : float
        Time of its last change, in seconds.
    """

    sha256: str
    ended: float


class Audit(NamedTuple):
    """What differs between results on disk and their records.

    Parameters
    ----------
    whole : int
        Number of results that hold what was recorded.
    differing : dict of str to list of str
        Results by what is wrong with them: ``altered`` (holds something else), ``missing`` (only
        the record is left), ``damaged`` (the record cannot be read), ``undigested`` (changed since
        its job ended, before a digest was taken), ``unrecorded`` (without a record).
    """

    whole: int
    differing: dict[str, list[str]]


def audit(workdir: Path, *, save: bool, paranoid: bool = False, accept: bool = False) -> Audit:
    """Compare results with their records, and take the digests of new ones.

    Parameters
    ----------
    workdir : Path
        The folder that the workflow runs in.
    save : bool
        Whether to write the manifest; a dry run leaves everything as it is.
    paranoid : bool
        Whether to compare the content of every file. Otherwise that of files whose size or times
        differ from those of the last comparison: what a failing disk changes is not seen.
    accept : bool
        Whether to take the digests of results as they are where none was taken before.
    """
    compared = Compared(workdir / _COMPARED, workdir, anew=paranoid)
    before = read(workdir)
    entries: dict[str, Entry] = {}
    recorded = metadata.records(workdir, compared)
    differing: dict[str, list[str]] = {
        "missing": [], "damaged": [], "altered": [], "undigested": [],
        "unrecorded": metadata.unrecorded(workdir, recorded),
    }  # fmt: skip
    whole = 0
    for name, record in recorded.items():
        state, entry = _compare(workdir / name, record, before.get(name), compared, accept)
        if not state:
            whole += 1
        elif state in differing:
            differing[state].append(name)
        if entry is not None:
            entries[name] = entry
    if save:
        compared.save()
        if entries != before:
            write(workdir, entries)
    return Audit(whole, differing)


def _compare(
    path: Path, record: Record, entry: Entry | None, compared: Compared, accept: bool
) -> tuple[str, Entry | None]:
    """Return what is wrong with a result, empty where nothing is, and its entry from now on."""
    if record.ended is None:
        return "damaged", None
    if entry is not None and entry.ended != record.ended:
        entry = None  # another job has ended since
    try:
        state = path.stat()
    except FileNotFoundError:
        # Snakemake also records jobs that failed, and removes what they wrote.
        return ("failed", None) if entry is None else ("missing", entry)
    if entry is not None:
        same = compared.value(path, sha256) == entry.sha256
        return ("" if same else "altered"), entry
    # No result is empty, but what a power cut left of one may be.
    if (state.st_mtime != record.ended or not state.st_size) and not accept:
        return "undigested", None
    return "", Entry(compared.value(path, sha256), record.ended)


def altered(workdir: Path) -> set[str]:
    """Return the results that do not hold what was recorded; none within a run.

    A run compares them before it starts, and what it makes has no digest until it ends.
    """
    if lifeline.VARIABLE in os.environ or not (workdir / MANIFEST).exists():
        return set()
    differing = audit(workdir, save=False).differing
    return {*differing["altered"], *differing["undigested"]}


def set_aside(workdir: Path, names: Collection[str]) -> Path:
    """Move results out of the way, so that they are made again, and forget their records.

    Returns
    -------
    Path
        The folder that holds them now, under the same names.
    """
    aside = workdir / _ASIDE
    for name in names:
        path, kept = workdir / name, aside / name
        if path.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            path.replace(kept)
    metadata.forget(workdir, names)
    return aside


def read(workdir: Path) -> dict[str, Entry]:
    """Return the entry of each result, by its path."""
    entries = {}
    try:
        lines = (workdir / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return {}
    for line in lines:
        try:
            values: dict[str, Any] = json.loads(line)
            entries[values["path"]] = Entry(values["sha256"], values["ended"])
        except (ValueError, KeyError, TypeError):
            continue  # a damaged line counts as none
    return entries


def write(workdir: Path, entries: Mapping[str, Entry]) -> None:
    """Write the entries of all results."""
    lines = (
        json.dumps({"path": name, **entry._asdict()}, ensure_ascii=False)
        for name, entry in sorted(entries.items())
    )
    write_text(workdir / MANIFEST, "".join(f"{line}\n" for line in lines))
