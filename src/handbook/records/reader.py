"""Reads runs: those of a folder, of a commit or of MLflow, and those that a catalogue asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from handbook.core.files import digest, read_json, sha256, work
from handbook.records.run import Folds, RunFile, RunRecord

__all__ = ["Files", "ResultsFolder", "failed", "read", "read_all", "read_run"]


class Files(Protocol):
    """JSON files of a folder of results, wherever they are kept."""

    def paths(self, folder: str) -> Iterable[str]:
        """Return the paths of the files below a folder."""

    def json(self, path: str) -> Any:
        """Return the content of a file, None where there is none."""


class ResultsFolder:
    """A folder of results on disk.

    Parameters
    ----------
    results : Path
    """

    def __init__(self, results: Path) -> None:
        self.results = results

    def paths(self, folder: str) -> Iterable[str]:
        """Return the paths of the JSON files below a folder."""
        found = (self.results / folder).rglob("*.json")
        return [path.relative_to(self.results).as_posix() for path in found]

    def json(self, path: str) -> Any:
        """Return the content of a file, None where there is none."""
        return _json(self.results / path)


def _json(path: Path) -> Any:
    return read_json(path, made_by="make rebuild") if path.exists() else None


def read_run(files: Files, folder: str) -> RunRecord | None:
    """Read one finished run; None where any of its files is missing.

    Parameters
    ----------
    files : Files
    folder : str
        Where its ``run.json``, ``context.json`` and ``metrics.json`` lie.
    """
    names = ("run", "context", "metrics")
    run, context, scores = (files.json(f"{folder}/{name}.json") for name in names)
    if run is None or context is None or scores is None:
        return None
    record = RunRecord(run, context=context, scores=scores)
    folds = files.json(f"cv/{record.name}.json")
    return replace(record, folds=folds) if folds and _are_of(folds, run) else record


def _are_of(folds: Folds, run: RunFile) -> bool:
    """Tell whether a cross-validation is of a run's own setting, on its rows."""
    try:
        same_rows = folds["data_digests"]["train"] == run["data_digests"]["train"]
        return same_rows and folds["work"] == work(run)
    except KeyError:  # written when less was recorded
        return False


def read_all(files: Files) -> dict[str, RunRecord]:
    """Read every finished run below ``models``, by name and sorted."""
    folders = (path.removesuffix("/run.json") for path in sorted(files.paths("models")))
    records = (read_run(files, folder) for folder in folders if not folder.endswith(".json"))
    return {record.name: record for record in records if record is not None}


def read(results: Path, catalogue: Mapping[str, Any], logs: Path | None = None) -> list[RunRecord]:
    """Read every run that the catalogue asks for, in its order, finished or not.

    Parameters
    ----------
    results : Path
        Folder of results.
    catalogue : mapping
        See `handbook.catalogue.specs.overview`.
    logs : Path or None
        Folder of logs, where failed trainings left their records.
    """
    names = {data for entry in catalogue["models"].values() for data in entry["data"]}
    accepted = {data: _accepted(results / "data" / data) for data in names}
    records = []
    for model, entry in catalogue["models"].items():
        for data in entry["data"]:
            for variant, about in entry["variants"].items():
                if data not in about["data"]:
                    continue
                asked = RunFile(model=model, data=data, variant=variant, task=entry["task"])
                record = _as_asked(asked, results, catalogue, logs, accepted[data])
                book = about["book"].get(data, {})
                records.append(
                    replace(record, title=entry["title"], book=book, folded=about["folded"])
                )
    return records


def _as_asked(
    asked: RunFile,
    results: Path,
    catalogue: Mapping[str, Any],
    logs: Path | None,
    accepted: Mapping[str, str] | None,
) -> RunRecord:
    """Read one run, and hold it against what the catalogue asks for."""
    missing = RunRecord(asked, "missing")
    wanted = catalogue["work"].get(missing.name)
    folder = f"models/{missing.name}"
    record = read_run(ResultsFolder(results), folder)
    if record is None:
        failure = _json(logs / "train" / f"{missing.name}.failed.json") if logs else None
        return _failure(failure) if failure and work(failure) == wanted else missing
    why = ""
    if work(record.run) != wanted:
        why = "params.yaml asks for other settings"
    elif accepted is None:
        why = "its data is not accepted"
    elif (
        record.run["data_digests"] != accepted
        or record.run["data_variant"] != catalogue["data"][asked["data"]]
    ):
        why = "it was trained on other rows"
    return replace(
        record, state="outdated" if why else "finished", why=why, folder=results / folder
    )


def _accepted(folder: Path) -> dict[str, str] | None:
    """Return the digests of a data set's rows, None where they did not pass the gate."""
    rows = {part: folder / f"{part}.arrow" for part in ("train", "test")}
    if not all(path.exists() for path in (folder / "accepted.json", *rows.values())):
        return None
    return {part: sha256(path) for part, path in rows.items()}


def failed(logs: Path) -> list[RunRecord]:
    """Read the records that failed trainings left, by name."""
    return [_failure(_json(path)) for path in sorted(logs.glob("train/**/*.failed.json"))]


def _failure(run: RunFile) -> RunRecord:
    # A failure without a key of its own gets the digest of all that does not differ by time.
    lasting = {key: value for key, value in run.items() if key not in ("started", "ended")}
    keyed: Any = {"job_key": digest(lasting)} | run
    context: Any = {key: run[key] for key in ("started", "ended", "tier") if key in run}
    return RunRecord(keyed, "failed", context, title=run["model"])
