"""Trains a restored run again, by the workflow of its own checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.records.reader import ResultsFolder, read_all
from handbook.records.run import RunRecord

__all__ = ["repeat"]

# Lines of the run's own progress, among what Snakemake says of itself.
_PROGRESS = re.compile(r"^(\[[a-z-]+/.*|Job \d+: .*|Error in rule .*|error: .*)$")


def repeat(
    recorded: RunRecord,
    folder: Path,
    *,
    mirror: str | None,
    folds: bool,
    say: Callable[[str], None],
) -> RunRecord:
    """Make one run in a checkout and return its new record.

    Parameters
    ----------
    recorded : RunRecord
    folder : Path
        The checkout, see :func:`handbook.records.reproduce.restore.restore`.
    mirror : str or None
        Folder of raw files.
    folds : bool
        Cross-validate it, too.
    say : callable
        Takes a line of progress.

    Raises
    ------
    HandbookError
        It failed; the message ends with the last lines of its output.
    """
    targets = [f"results/models/{recorded.name}/run.json"]
    if folds:
        targets.append(f"results/cv/{recorded.name}.json")
    environment = os.environ | {"PYTHONPATH": str(folder / "src"), "PYTHONUNBUFFERED": "1"}
    if mirror is not None:
        environment["HANDBOOK_MIRROR"] = mirror
    elif environment.get("HANDBOOK_MIRROR") and "://" not in environment["HANDBOOK_MIRROR"]:
        environment["HANDBOOK_MIRROR"] = str(Path(environment["HANDBOOK_MIRROR"]).resolve())
    command = [sys.executable, "-m", "snakemake"]
    command += ["--workflow-profile", "workflow/profiles/default", "--nocolor", "--", *targets]
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
        raise HandbookError(f"{recorded.name}: it could not be run again\n  {last}")
    return read_all(ResultsFolder(folder / "results"))[recorded.name]
