"""Results of two branches brought together, so that a rebuild makes only what depends on both.

Of each job, the results of the branch that ran it last are taken, with Snakemake's records of them.
What was made from anything else than what lies there then is removed: the next rebuild makes it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handbook.core.columns import shortened
from handbook.core.errors import HandbookError
from handbook.core.files import written_whole
from handbook.records.git import Git
from handbook.workflow import links, manifest, metadata, session
from handbook.workflow.manifest import MANIFEST, Entry
from handbook.workflow.metadata import STATE

__all__ = ["merge"]

# What a rebuild writes, in Git: settled here when two branches differ.
_WRITTEN = ("dvc.lock", "results/metrics.json", "results/primary.json")


@dataclass(frozen=True)
class _Branch:
    """Results of a branch: their records and their entries in the manifest, by path."""

    records: Mapping[str, Mapping[str, Any]]
    entries: Mapping[str, Entry]

    @classmethod
    def read(cls, folder: Path) -> _Branch:
        """Read what lies in a folder; of what has no digest nothing is used."""
        entries = manifest.read(folder)
        records = {
            name: record
            for name, record in metadata.contents(folder)
            if name in entries and entries[name].ended == record.get("endtime")
        }
        return cls(records, {name: entries[name] for name in records})

    def started(self) -> dict[str, float]:
        """Return when each job began, by its name."""
        times: dict[str, float] = {}
        for name, record in self.records.items():
            job = _job(name, record)
            times[job] = max(times.get(job, 0.0), float(record.get("starttime") or 0.0))
        return times

    def results_of(self, jobs: Collection[str]) -> set[str]:
        """Return what jobs made."""
        return {name for name, record in self.records.items() if _job(name, record) in jobs}

    def without(self, names: Collection[str]) -> _Branch:
        """Return all results but some."""
        return _Branch(
            {name: record for name, record in self.records.items() if name not in names},
            {name: entry for name, entry in self.entries.items() if name not in names},
        )

    def outdated(self) -> set[str]:
        """Return the results that were made from something else than what is there."""
        return {
            name
            for name, record in self.records.items()
            for source, checksum in (record.get("input_checksums") or {}).items()
            if source in self.entries
            and checksum.removeprefix("sha256:") != self.entries[source].sha256
        }


def _job(name: str, record: Mapping[str, Any]) -> str:
    """Return what all results of a job have in common: its log."""
    return str(record["log"][0]) if record.get("log") else name


def merge(root: Path, revision: str) -> str:
    """Bring the results of another branch to those that lie in a project.

    May be called again after it was interrupted.

    Parameters
    ----------
    root : Path
        Top of the project.
    revision : str
        The other branch, as Git names it.

    Returns
    -------
    str
        What was done, in a sentence.

    Raises
    ------
    HandbookError
        There is no such branch, its results cannot be had, or files other than those that a
        rebuild writes are still in conflict.
    """
    from handbook.records.dvc_files import ABSENT, CommitFiles  # DVC takes a second to import

    git = Git(root)
    commit = git.commit(revision)
    if commit is None:
        reason = "no merge is at work" if revision == "MERGE_HEAD" else "no such commit"
        raise HandbookError(f"{revision}: {reason}; give the other branch: `handbook merge BRANCH`")
    conflicts = git.conflicts()
    unsettled = [name for name in conflicts if name not in _WRITTEN]
    if unsettled:
        raise HandbookError(
            f"{shortened(unsettled)}: in conflict; settle what people wrote first, `git add` it, "
            "then run this again"
        )
    if not (root / MANIFEST).exists():
        raise HandbookError(
            "no results lie here to which others could be brought: `git checkout HEAD -- "
            f"{_WRITTEN[0]} && dvc pull` brings those of this branch, then run this again"
        )
    with session.alone(root), tempfile.TemporaryDirectory(dir=root / STATE) as scratch:
        for name in conflicts:
            with written_whole(root / name) as partial:
                partial.write_bytes(git.read("HEAD", name) or b"")
        other = Path(scratch)
        try:
            files = CommitFiles(root, commit)
            files.fetch()
            for path in (STATE / "metadata", MANIFEST):
                files.copy(str(path), other / path)
            return _merge(root, other, files.copy)
        except ABSENT as error:
            raise HandbookError(
                f"{revision}: its results are neither in DVC's cache nor in a remote ({error}): "
                "have them pushed (`dvc push` there), then run this again"
            ) from error


def _merge(root: Path, other: Path, copy: Any) -> str:
    ours, theirs = _Branch.read(root), _Branch.read(other)
    before, started = ours.started(), theirs.started()
    newer = {job for job, time in started.items() if time > before.get(job, 0.0)}
    taken = theirs.results_of(newer)
    kept = ours.without(ours.results_of(newer))
    merged = _Branch(
        {**kept.records, **{name: theirs.records[name] for name in taken}},
        {**kept.entries, **{name: theirs.entries[name] for name in taken}},
    )
    outdated = merged.outdated()
    fetched = taken - outdated
    for name in fetched:
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        copy(name, other / name)
    for name in fetched:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (other / name).replace(root / name)
    # An interrupted merge leaves nothing that counts as what it is not: results whose records are
    # of another job are made again, and a second merge takes them over anew.
    manifest.write(root, dict(merged.without(outdated).entries))
    for path in metadata.paths(other, fetched):
        own = root / path.relative_to(other)
        own.parent.mkdir(parents=True, exist_ok=True)
        links.replace(own, path)
    gone = (ours.records.keys() | taken) - merged.without(outdated).records.keys()
    for name in gone:
        (root / name).unlink(missing_ok=True)
    metadata.forget(root, gone)
    return (
        f"{_count(fetched)} taken over; {_count(gone)} removed that both branches have a part in: "
        f"`make rebuild` makes them again, then `git add {' '.join(_WRITTEN)}` and commit"
    )


def _count(names: Collection[str]) -> str:
    return f"{len(names):,} result{'' if len(names) == 1 else 's'}"
