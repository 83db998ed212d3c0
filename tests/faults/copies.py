"""Copies of the project to be harmed, and what an undisturbed one looks like."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cached_property, partial
from pathlib import Path

from tests.faults.outcome import Outcome
from tests.faults.processes import Terminal
from tests.project import ROOT, Project

from handbook.core.files import read_json
from handbook.report.verify import differences

__all__ = ["PATIENCE_S", "REBUILD", "SWEEP", "TRACK", "Copy", "Ground", "judge"]

REBUILD = ("make", "rebuild")
SWEEP = ("handbook", "sweep", "depth")
TRACK = ("handbook", "track")
#: An undisturbed start takes less than this by far, whatever it has to do.
PATIENCE_S = 600.0


class Copy:
    """A copy of the small project in which `make rebuild` works.

    Parameters
    ----------
    root : Path
        Its folder, made by :meth:`create` or :meth:`of`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project = Project(root)

    @classmethod
    def create(cls, root: Path) -> Copy:
        """Make one in which nothing has run."""
        Project.create(root)
        return cls(root)._equip()

    @classmethod
    def of(cls, source: Path, root: Path) -> Copy:
        """Copy a project in which something has run, with the times of its files."""
        # MLflow's store knows its own place; it is made again from the records.
        ignore = shutil.ignore_patterns("mlflow.db", "mlartifacts", ".venv", "seconds")
        shutil.copytree(source, root, symlinks=True, ignore=ignore)
        return cls(root)._equip()

    def _equip(self) -> Copy:
        """Add the Makefile, and an environment that it takes for its own and never changes."""
        for name in ("Makefile", "pyproject.toml"):
            shutil.copy2(ROOT / name, self.root / name)
        commands = self.root / ".venv" / "bin"
        commands.mkdir(parents=True, exist_ok=True)
        for path in Path(sys.executable).parent.iterdir():
            if not (commands / path.name).is_symlink():
                (commands / path.name).symlink_to(path)
        for name in ("lib", "pyvenv.cfg"):
            if not (commands.parent / name).is_symlink():
                (commands.parent / name).symlink_to(Path(sys.prefix) / name)
        return self

    def start(self, *command: str, **environment: str) -> Terminal:
        """Start a command in a terminal of its own."""
        ours = ("MAKE", "MFLAGS", "COV")  # nor is what gets killed measured for its coverage
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        own = {
            "PATH": os.pathsep.join([str(self.root / ".venv" / "bin"), os.environ["PATH"]]),
            "PYTHONPATH": str(self.root / "src"),
            "HANDBOOK_MIRROR": "",
            "HANDBOOK_ENVIRONMENT": str(self.root / ".venv"),
        }
        return Terminal(command, self.root, inherited | own | environment)

    def finish(self, *command: str, **environment: str) -> Terminal:
        """Run a command to its end; one that hangs is killed and has no status of success."""
        running = self.start(*command, **environment)
        running.wait(running.ended, PATIENCE_S)
        running.clear()
        return running

    def help(self) -> None:
        """Do what Snakemake tells its user to do about what a killed one left."""
        shutil.rmtree(self.root / ".snakemake" / "locks", ignore_errors=True)

    def switch(self) -> None:
        """Ask for another tree, so that there is something to do."""
        params = self.project.params()
        variant = params["models"]["decision-tree-regressor"]["variants"]["book"]
        variant["params"] = {"max_depth": 5}
        self.project.write_params(params)

    def switch_back(self, source: Path) -> None:
        """Ask for what another copy asks for."""
        shutil.copy(source / "params.yaml", self.root / "params.yaml")

    def results(self) -> list[Path]:
        """Return every file of the results, hidden ones apart."""
        paths = sorted((self.root / "results").rglob("*"))
        return [path for path in paths if path.is_file() and "/." not in str(path)]

    def clean(self) -> None:
        """Remove everything that a rebuild makes."""
        for name in ("results", ".snakemake", "logs", "mlartifacts"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        (self.root / "mlflow.db").unlink(missing_ok=True)


class Ground:
    """Undisturbed makings, against which all others are held, and how long each took.

    Each is made when it is first asked for.

    Parameters
    ----------
    root : Path
        Folder for them and for all copies. What an earlier campaign made there is used again.
    built : Path or None
        A project whose whole graph has run once, if there is one.
    """

    def __init__(self, root: Path, built: Path | None = None) -> None:
        self.root = root
        self._built = built

    @cached_property
    def built(self) -> Path:
        """The project whose whole graph has run once."""
        return self._built or self._made("built", Copy.create, REBUILD)

    @cached_property
    def switched(self) -> Path:
        """The same after an edit and a rebuild."""

        def edited(root: Path) -> Copy:
            copy = Copy.of(self.built, root)
            copy.switch()
            return copy

        return self._made("switched", edited, REBUILD)

    @cached_property
    def swept(self) -> Path:
        """The same after a sweep and a rebuild."""
        swept = self._made("swept", partial(Copy.of, self.switched), SWEEP)
        return self._made("shown", partial(Copy.of, swept), REBUILD)

    @cached_property
    def tracked(self) -> Path:
        """The project whose graph has run once, brought into MLflow."""
        return self._made("tracked", partial(Copy.of, self.built), TRACK)

    def seconds(self, made: Path) -> float:
        """Return how long one of them took."""
        return float((made / "seconds").read_text())

    def copy(self, source: Path, name: str) -> Copy:
        """Return a new copy of one of them."""
        return Copy.of(source, self.root / name)

    def _made(self, name: str, begin: Callable[[Path], Copy], command: tuple[str, ...]) -> Path:
        root = self.root / "undisturbed" / name
        if not (root / "seconds").exists():
            shutil.rmtree(root, ignore_errors=True)
            copy, clock = begin(root), time.monotonic()
            running = copy.finish(*command)
            if running.status != 0:
                raise RuntimeError(f"undisturbed, {' '.join(command)} fails:\n{running.text}")
            (root / "seconds").write_text(str(time.monotonic() - clock))
        return root


def judge(copy: Copy, undisturbed: Path, outcome: Outcome) -> None:
    """Compare a copy with an undisturbed one, and note what is amiss in the outcome."""
    mine, theirs = copy.root / "results", undisturbed / "results"
    if not mine.is_dir():
        outcome.lost.append("results")
        return
    for path, where in differences(theirs, mine):
        amiss = outcome.lost if where == f"only in {theirs}" else outcome.wrong
        amiss.append(f"{path}: {where}")
    if (copy.root / "mlflow.db").exists():
        keys = {run["job_key"] for run in read_json(copy.root / "results" / "tracked.json")}
        if keys & _tracked(copy):  # a sweep's tracking brings in nothing else
            outcome.lost += [f"MLflow: no run {key[:8]}" for key in sorted(keys - _tracked(copy))]
        outcome.doubled += _doubled(copy)


def _tracked(copy: Copy) -> set[str]:
    """Return the keys of the finished runs in MLflow."""
    return {key for key, status in _runs(copy) if status == "FINISHED"}


def _doubled(copy: Copy) -> list[str]:
    """Describe the entries of MLflow that should not be there."""
    entries = list(_runs(copy))
    finished = [key for key, status in entries if status in ("FINISHED", "KILLED")]
    twice = {key for key in finished if finished.count(key) > 1}
    return [
        *(f"MLflow: {key[:8]} twice" for key in sorted(twice)),
        *(f"MLflow: {key[:8]} {s}" for key, s in entries if s in ("RUNNING", "SCHEDULED")),
        *(f"MLflow: {k[:8]} failed, and finished" for k, s in entries if s == "FAILED"),
    ]


def _runs(copy: Copy) -> Iterator[tuple[str, str]]:
    """Yield key and status of each run that MLflow shows."""
    query = (
        "select coalesce(tags.value, runs.run_uuid), status from runs left join tags "
        "on tags.run_uuid = runs.run_uuid and tags.key in ('job_key', 'sweep_key', 'trial_key') "
        "where lifecycle_stage = 'active'"
    )
    with closing(sqlite3.connect(copy.root / "mlflow.db")) as store:
        yield from store.execute(query).fetchall()
