"""Makes a recorded run again in a folder of its own, by the workflow of its own commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from handbook.catalogue import strict_yaml
from handbook.core.errors import HandbookError
from handbook.data.origins import MIRROR
from handbook.records.compare.resolve import Resolver
from handbook.records.reader import ResultsFolder, read_all
from handbook.records.reproduce.outcome import outcome
from handbook.records.reproduce.restore import mirror_for, restore
from handbook.workflow import rules
from handbook.workflow.profiles import USUAL

__all__ = ["reproduce"]

Say = Callable[[str], None]

# Lines that show the run's progress, among Snakemake's others.
_PROGRESS = re.compile(r"^(\[[a-z-]+/.*|Job \d+: .*|Error in rule .*|error: .*)$")


def reproduce(
    name: str,
    root: Path,
    *,
    folder: Path | None,
    keep: bool,
    folds: bool,
    tolerance: float,
    say: Say,
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
        catalogue = strict_yaml.read(folder / "project" / "params.yaml")
        declared = catalogue["data"][recorded.run["data"]].get("declared")
        mirror = mirror_for(recorded.run, root, commit, folder / "raw", declared)
        targets = [f"results/models/{recorded.name}/run.json"]
        targets += [f"results/cv/{recorded.name}.json"] * folds
        _build(folder / "project", targets, mirror, say)
        runs = read_all(ResultsFolder(folder / "project" / "results"))
        return outcome(recorded, runs[recorded.name], tolerance)
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


def _build(folder: Path, targets: Sequence[str], mirror: str | None, say: Say) -> None:
    """Make files by the workflow of a checkout, from raw files in the folder `mirror`."""
    environment = os.environ | {"PYTHONPATH": str(folder / "src"), "PYTHONUNBUFFERED": "1"}
    if mirror is not None:
        environment[MIRROR] = mirror
    elif environment.get(MIRROR) and "://" not in environment[MIRROR]:
        environment[MIRROR] = str(Path(environment[MIRROR]).resolve())
    profile = folder / "workflow" / "profiles" / USUAL
    if not profile.is_dir():
        profile = rules.profiles() / USUAL
    command = [sys.executable, "-m", "snakemake"]
    command += ["--workflow-profile", str(profile), "--nocolor", "--", *targets]
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip())
            if _PROGRESS.match(lines[-1]):
                say(lines[-1])
    if process.returncode:
        last = "\n  ".join(line for line in lines[-25:] if line.strip())
        raise HandbookError(f"{targets[0]}: could not be made again\n  {last}")
