"""Finds the state of the project or the run that a name stands for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from handbook.core.errors import HandbookError, nearest
from handbook.records.compare.commit import declared_runs
from handbook.records.compare.side import Kind, Side
from handbook.records.git import Git
from handbook.records.listing import said_of_unlisted, unlisted
from handbook.records.reader import ResultsFolder, failed, read_all
from handbook.records.run import RunRecord

__all__ = ["Resolver"]

# Prefixes for names that could mean several things.
_KINDS = {
    "rev": "a git revision",
    "exp": "a DVC experiment",
    "run": "a run",
    "mlflow": "an MLflow run",
}
_HERE = ("workspace", ".")
_NOT_PULLED = (
    "its run records are not in DVC's cache, so its parameters, code and versions are those that "
    "its files declare, and there are no folds; `dvc fetch --all-commits` brings them from a remote"
)
_NOT_KEPT = (
    "DVC was not given its results before it was committed, so its parameters, code and versions "
    "are those that its files declare, and there are no folds; check it out and `make rebuild`, "
    "which ends by giving them to DVC"
)
_NO_FOLDS = "MLflow keeps no folds, and this run is no longer in the working tree, which does"


class Resolver:
    """Finds the sides of one comparison.

    Parameters
    ----------
    root : Path
        Top of the project.
    store_uri : str or None
        MLflow's store; by default what its own variable says, else ``mlflow.db`` at the top.
    """

    def __init__(self, root: Path, store_uri: str | None = None) -> None:
        self.root = root
        self.git = Git.around(root)
        self.store = store_uri or os.environ.get(
            "MLFLOW_TRACKING_URI", f"sqlite:///{root / 'mlflow.db'}"
        )

    @cached_property
    def here(self) -> dict[str, RunRecord]:
        """The finished runs of the working tree."""
        return read_all(ResultsFolder(self.root / "results"))

    def side(self, name: str) -> Side:
        """Return what a name stands for; a prefix such as ``rev:`` says which kind is meant.

        Raises
        ------
        HandbookError
            The name stands for nothing, or for several things.
        """
        kind, colon, rest = name.partition(":")
        finders: dict[str, Callable[[str], Side | None]] = {
            "run": self._run,
            "rev": self._revision,
            "exp": self._experiment,
            "mlflow": self._mlflow,
        }
        if name in _HERE:
            return self._workspace(name)
        if (self.root / name / "results" / "models").is_dir():
            return Side(name, "workspace", read_all(ResultsFolder(self.root / name / "results")))
        if colon and kind not in finders and (self.root / kind / "results" / "models").is_dir():
            return self._run_of_folder(kind, rest)
        if colon and kind in finders:
            meant = {kind: finders[kind](rest)}
        else:
            # MLflow takes seconds to import, and its names are like no others: it comes last.
            meant = {key: finders[key](name) for key in ("run", "rev", "exp")}
            if meant["exp"] and meant["rev"] and meant["exp"].commit == meant["rev"].commit:
                del meant["rev"]  # an experiment's branch
            if not any(meant.values()):
                meant = {"mlflow": finders["mlflow"](name)}
        sides = {key: side for key, side in meant.items() if side is not None}
        if not sides:
            raise self._nothing(name)
        if len(sides) > 1:
            kinds = " and ".join(f"{_KINDS[key]} ({key}:{name})" for key in sides)
            raise HandbookError(f"{name!r} is the name of {kinds}; write one of these instead")
        return next(iter(sides.values()))

    def _nothing(self, name: str) -> HandbookError:
        failures = [
            record
            for record in failed(self.root / "logs")
            if record.job_key.startswith(name) or record.name == name
        ]
        if failures:
            return HandbookError(
                f"{name!r}: {failures[0].name} failed ({failures[0].run['error']}), so it has no "
                "metrics; mend the cause and run it again"
            )
        hint = (
            "no run has finished here yet: `make rebuild` makes results; FOLDER:MODEL/DATA/VARIANT "
            "is a run of a folder that has some, such as build/demo"
        )
        if self.here:
            names = [*self.here, *(self.git.experiments() if self.git else ())]
            hint = nearest(name, names) if "/" in name else "`handbook runs` lists the runs"
        return HandbookError(
            f"{name!r} is no git revision, DVC experiment, run or MLflow run; {hint}"
        )

    def _workspace(self, name: str) -> Side:
        if not self.here:
            raise HandbookError(
                f"{self.root / 'results'}: no run has finished here yet; `make rebuild` makes "
                "results, `dvc pull` brings those of this commit"
            )
        head = self.git.commit("HEAD") if self.git else None
        gone = unlisted(self.root)
        runs = {name: run for name, run in self.here.items() if name not in gone}
        note = f"without {said_of_unlisted(gone)}" if gone else ""
        return Side(name, "workspace", runs, head, note)

    def _run(self, name: str) -> Side | None:
        """Find a run of the working tree by its path or the beginning of its job key."""
        return _run_of(self.here, name)

    def _run_of_folder(self, folder: str, name: str) -> Side:
        """Find a run of another folder of results, such as the demo's."""
        runs = read_all(ResultsFolder(self.root / folder / "results"))
        side = _run_of(runs, name)
        if side is None:
            raise HandbookError(
                f"{folder}:{name}: no finished run of {folder}; {nearest(name, runs)}"
            )
        return replace(side, label=f"{folder}:{name}")

    def _revision(self, name: str) -> Side | None:
        commit = self.git and self.git.commit(name)
        return self._commit(name, "revision", commit) if commit else None

    def _experiment(self, name: str) -> Side | None:
        commits = self.git.experiments().get(name, []) if self.git else []
        if len(commits) > 1:
            hashes = ", ".join(commit[:12] for commit in commits)
            raise HandbookError(
                f"{name!r}: {len(commits)} experiments bear it; write one of {hashes}"
            )
        return self._commit(name, "experiment", commits[0]) if commits else None

    def _commit(self, name: str, kind: Kind, commit: str) -> Side:
        assert self.git is not None
        from handbook.records.dvc_files import ABSENT, CommitFiles  # DVC takes a second to import

        note = ""
        try:
            runs, reason = read_all(CommitFiles(self.git.root, commit)), _NOT_KEPT
        except ABSENT:
            runs, reason = {}, _NOT_PULLED
        if not runs:
            runs, note = declared_runs(self.git, commit), reason
        if not runs:
            raise HandbookError(
                f"{name!r} ({commit[:12]}): this commit has no results, neither run records "
                "in DVC nor results/metrics.json in git; check it out, `make rebuild`, and commit"
            )
        return Side(name, kind, runs, commit, note)

    def _mlflow(self, name: str) -> Side | None:
        """Find a run of MLflow's store; one that is also in the working tree has its folds."""
        if not re.fullmatch(r"[0-9a-f]{4,32}", name) or not self._has_store():
            return None
        from handbook.records.tracking.lookup import look_up

        record = look_up(self.store, name)
        if record is None:
            return None
        commit, note = record.context.get("commit"), _NO_FOLDS
        own = self.here.get(record.name)
        if own is not None and own.job_key == record.job_key:
            record, note = own, ""
        return Side(name, "mlflow", {record.name: record}, commit, note)

    def _has_store(self) -> bool:
        path = self.store.removeprefix("sqlite:///")
        return path == self.store or Path(path).exists()


def _run_of(records: Mapping[str, RunRecord], name: str) -> Side | None:
    """Find a run by its path or the beginning of its job key."""
    if name in records:
        return Side(name, "run", {name: records[name]})
    if not re.fullmatch(r"[0-9a-f]{4,64}", name):
        return None
    runs = [run for run in records.values() if run.job_key.startswith(name)]
    if len(runs) > 1:
        keys = ", ".join(f"{run.job_key[:12]} ({run.name})" for run in runs[:4])
        more = ", ..." if len(runs) > 4 else ""
        raise HandbookError(
            f"{name!r}: the job keys of {len(runs)} runs begin so: {keys}{more}; "
            "write more of the one you mean"
        )
    return Side(name, "run", {runs[0].name: runs[0]}) if runs else None
