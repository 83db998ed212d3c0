"""What every job finds around it: its command, its count of threads, no chance in hashes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from handbook.data.origins import MIRROR

__all__ = ["CATALOGUE", "for_jobs", "limit_threads"]

#: Environment variable that names the catalogue of jobs; without it, they read `params.yaml`.
CATALOGUE = "HANDBOOK_CATALOGUE"


def for_jobs(root: Path) -> None:
    """Let processes started from here find the commands of this environment, activated or not.

    A mirror given as a relative path is taken from the project's root, wherever jobs run.
    """
    here = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([here, os.environ.get("PATH", "")])
    os.environ["PYTHONHASHSEED"] = "0"
    mirror = os.environ.get(MIRROR, "")
    if mirror and "://" not in mirror:
        os.environ[MIRROR] = str((root / mirror).resolve())


def limit_threads(threads: int) -> None:
    """Fix the count of threads of all that is imported after this call: numpy, torch and others.

    It is part of a result, because it changes the order of sums.
    """
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = str(threads)
