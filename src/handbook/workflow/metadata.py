"""Snakemake's records of results: which there are, and which results have none."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import from_json

from handbook.workflow.compared import Compared

__all__ = ["STATE", "Record", "contents", "durations", "forget", "paths", "records", "unrecorded"]

#: Snakemake's own folder, below the one that the workflow runs in.
STATE = Path(".snakemake")

_METADATA = "metadata"
_INCOMPLETE = "incomplete"
# Results that come with a clone.
_IN_GIT = ("results/metrics.json", "results/primary.json")


class Record(NamedTuple):
    """Snakemake's record of a result.

    Parameters
    ----------
    path : Path
        The record itself.
    ended : float or None
        Time of the result's last change when its job ended, in seconds; None where the record is
        damaged, and Snakemake takes it for none.
    """

    path: Path
    ended: float | None


def records(workdir: Path, compared: Compared) -> dict[str, Record]:
    """Return the record of each result whose job ended, by the result's path.

    Parameters
    ----------
    workdir : Path
        The folder that the workflow runs in.
    compared : Compared
        Remembers what was read of records that have not changed since.
    """
    unfinished = {name for name, _ in _named(workdir / STATE / _INCOMPLETE)}
    return {
        name: Record(path, compared.value(path, _ended))
        for name, path in _named(workdir / STATE / _METADATA)
        if name not in unfinished
    }


def _ended(path: Path) -> float | None:
    try:
        return float(from_json(path.read_bytes())["endtime"])
    except (ValueError, KeyError, TypeError):
        return None


def durations(workdir: Path, results: Collection[str] | None = None) -> dict[str, float]:
    """Return the seconds that jobs took, by the path of their log.

    Parameters
    ----------
    workdir : Path
        The folder that the workflow runs in.
    results : collection of str, optional
        Results whose jobs are wanted; all where not given.
    """
    seconds: dict[str, float] = {}
    for _, record in contents(workdir, results):
        with suppress(ValueError, KeyError, TypeError, IndexError):
            log, took = record["log"][0], float(record["endtime"]) - float(record["starttime"])
            if took > 0.0:  # Snakemake has no beginning of a cluster's jobs
                seconds[log] = max(seconds.get(log, 0.0), took)
    return seconds


def contents(
    workdir: Path, results: Collection[str] | None = None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the path of each result and what its record says; damaged records are left out.

    Parameters
    ----------
    workdir : Path
        The folder that the workflow runs in.
    results : collection of str, optional
        Results whose records are wanted; all where not given.
    """
    for name, path in _named(workdir / STATE / _METADATA):
        if results is None or name in results:
            with suppress(OSError, ValueError):
                record = from_json(path.read_bytes())
                if isinstance(record, dict):
                    yield name, record


def paths(workdir: Path, names: Collection[str]) -> Iterator[Path]:
    """Yield the records of results."""
    return (path for name, path in _named(workdir / STATE / _METADATA) if name in names)


def forget(workdir: Path, names: Collection[str]) -> None:
    """Remove the records of results."""
    for path in paths(workdir, names):
        path.unlink(missing_ok=True)


def unrecorded(workdir: Path, recorded: Mapping[str, Record]) -> list[str]:
    """List results that no record of Snakemake accounts for, relative to `workdir`.

    Snakemake trusts a file without a record whatever made it, so a changed parameter would go
    unseen. Not listed are: files of an interrupted job, which Snakemake makes again; what a
    killed process left under a temporary name; and the metrics that git brings with a clone,
    which are made again unless DVC brings the rest.
    """
    accounted = {*_IN_GIT, *recorded}
    accounted.update(name for name, _ in _named(workdir / STATE / _INCOMPLETE))
    names = (
        path.relative_to(workdir).as_posix()
        for path in _files(workdir / "results")
        if path.suffix != ".partial"
    )
    return [name for name in names if name not in accounted]


def _files(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, hidden ones left out, in order."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(files) if not name.startswith("."))


def _named(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the path that each record is about, and the record's own."""
    # A record is named by the base64 of its file's path; a long name continues over folders
    # whose names begin with "@".
    for path in _files(folder):
        parts = path.relative_to(folder).parts
        try:
            name = urlsafe_b64decode("".join(part.removeprefix("@") for part in parts)).decode()
        except ValueError:
            continue  # somebody else's file
        yield name, path
