"""Reads runs: those of a folder, of a commit or of MLflow, and those that a catalogue asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from handbook.catalogue.overview import Overview
from handbook.core.errors import HandbookError
from handbook.core.files import digest, read_json, sha256
from handbook.core.folders import DataFolder, RunFolder
from handbook.records.run import Folds, RunFile, RunRecord, State, is_interruption
from handbook.workflow import manifest

__all__ = ["Files", "ResultsFolder", "failed", "read", "read_all", "read_run"]


_ALTERED = "altered since it was made"


class Files(Protocol):
    """JSON files of a folder of results, wherever they are kept."""

    def records(self) -> Iterable[str]:
        """Return the paths of all ``run.json`` below ``models``."""

    def json(self, path: Path) -> Any:
        """Return the content of a file, None where there is none."""


class ResultsFolder:
    """A folder of results on disk.

    Parameters
    ----------
    results : Path
    """

    def __init__(self, results: Path) -> None:
        self.results = results

    def records(self) -> Iterable[str]:
        """Return the paths of all ``run.json`` below ``models``."""
        records = self.results.glob("models/**/run.json")
        return [path.relative_to(self.results).as_posix() for path in records]

    def json(self, path: Path) -> Any:
        """Return the content of a file, None where there is none."""
        return _json(self.results / path)

    def altered(self, name: str) -> str:
        """Return a file of a run that does not hold what was recorded, empty where none is so."""
        folder = RunFolder(name)
        own = (folder.record, folder.context, folder.metrics, folder.folds)
        return next((str(path) for path in own if str(path) in self._altered), "")

    @cached_property
    def _altered(self) -> set[str]:
        return manifest.altered(self.results.parent)


def _json(path: Path) -> Any:
    return read_json(path, made_by="make rebuild") if path.exists() else None


def read_run(files: Files, name: str) -> RunRecord | None:
    """Read one finished run; None where any of its files is missing.

    Parameters
    ----------
    files : Files
    name : str
        ``model/data/variant``.
    """
    folder = RunFolder(name, Path())
    run, context, scores = map(files.json, (folder.record, folder.context, folder.metrics))
    if run is None or context is None or scores is None:
        return None
    record = RunRecord(run, context=context, scores=scores)
    folds = files.json(RunFolder(record.name, Path()).folds)
    return replace(record, folds=folds) if folds and _are_of(folds, record) else record


def _are_of(folds: Folds, record: RunRecord) -> bool:
    """Tell whether a cross-validation is of a run's own setting, on its rows."""
    try:
        same_rows = folds["data_digests"]["train"] == record.run["data_digests"]["train"]
        return same_rows and folds["work"] == record.work
    except KeyError:  # written when less was recorded
        return False


def read_all(files: Files) -> dict[str, RunRecord]:
    """Read every finished run, by name and sorted.

    Raises
    ------
    HandbookError
        A run does not hold what was recorded.
    """
    names = [path.split("/", 1)[1].removesuffix("/run.json") for path in sorted(files.records())]
    altered = files.altered if isinstance(files, ResultsFolder) else lambda name: ""
    for path in filter(None, map(altered, names)):
        raise HandbookError(f"{path}: {_ALTERED}; `make rebuild` makes it again")
    records = (read_run(files, name) for name in names)
    return {record.name: record for record in records if record is not None}


def read(results: Path, catalogue: Overview, logs: Path | None = None) -> list[RunRecord]:
    """Read every run that the catalogue asks for, in its order, finished or not.

    Parameters
    ----------
    results : Path
        Folder of results.
    catalogue : mapping
        See `handbook.catalogue.overview`.
    logs : Path or None
        Folder of logs, where failed trainings left their records.
    """
    files = ResultsFolder(results)
    data_sets = {data for entry in catalogue["models"].values() for data in entry["data"]}
    accepted = {data: _accepted(DataFolder(data, results)) for data in data_sets}
    records = []
    for model, entry in catalogue["models"].items():
        for data in entry["data"]:
            for variant, about in entry["variants"].items():
                if data not in about["data"]:
                    continue
                names = RunFile(model=model, data=data, variant=variant, task=entry["task"])
                record = _compared(names, files, catalogue, logs, accepted[data])
                records.append(
                    replace(
                        record,
                        title=entry["title"],
                        book=about["book"].get(data, {}),
                        book_lines=about["book_lines"].get(data, {}),
                        folded=about["folded"],
                        trusted=tuple(entry.get("trusted", ())),
                    )
                )
    return records


def _compared(
    names: RunFile,
    files: ResultsFolder,
    catalogue: Overview,
    logs: Path | None,
    accepted: Mapping[str, str] | None,
) -> RunRecord:
    """Read one run, and hold it against what the catalogue asks for."""
    missing = RunRecord(names, "missing")
    wanted = catalogue["work"].get(missing.name)
    record = read_run(files, missing.name)
    if record is None:
        run = _json(RunFolder(missing.name, logs=logs).failure) if logs else None
        failure = _failure(run) if run else None
        return failure if failure and _answers(failure, wanted) else missing
    rows = record.run["data_digests"], record.run["data_variant"]
    why = ""
    if files.altered(record.name):
        why = _ALTERED
    elif record.work != wanted:
        why = "params.yaml asks for other settings"
    elif accepted is None:
        why = "its data is not accepted"
    elif rows != (accepted, catalogue["data"][record.data]):
        why = "it was trained on other rows"
    state: State = "outdated" if why else "finished"
    return replace(record, state=state, why=why, folder=RunFolder(record.name, files.results).path)


def _answers(failure: RunRecord, wanted: str | None) -> bool:
    """Tell whether a training failed with the settings that the catalogue asks for."""
    try:
        return failure.work == wanted
    except KeyError:  # written when less was recorded
        return False


def _accepted(data: DataFolder) -> dict[str, str] | None:
    """Return the digests of a data set's rows, None where they did not pass the gate."""
    if not all(path.exists() for path in (data.accepted, data.train, data.test)):
        return None
    return {"train": sha256(data.train), "test": sha256(data.test)}


def failed(logs: Path) -> list[RunRecord]:
    """Read the records that failed trainings left, by name.

    They may be of settings that the catalogue no longer asks for: :func:`read` leaves those out.
    """
    paths = sorted(logs.glob("train/**/*.failed.json"))
    failures = (_failure(_json(path)) for path in paths)
    return [failure for failure in failures if failure is not None]


def _failure(run: RunFile) -> RunRecord | None:
    if is_interruption(run.get("error", "")):
        return None
    # A failure without a key of its own gets the digest of all that does not differ by time.
    lasting = {key: value for key, value in run.items() if key not in ("started", "ended")}
    keyed: Any = {"job_key": digest(lasting)} | run
    context: Any = {key: run[key] for key in ("started", "ended", "tier") if key in run}
    return RunRecord(keyed, "failed", context, title=run["model"])
