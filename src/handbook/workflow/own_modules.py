"""Modules of one's own: files in the folder `models` beside `params.yaml`, imported as `models.x`.

They stand outside of this package and are treated like its modules: a run works on a copy of them,
jobs depend on the digests of their code, saved models in MLflow's store carry them along.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

from handbook.workflow.snapshot import is_copy

__all__ = ["PACKAGE", "files", "folder", "let_import"]

#: The package that they are modules of, and the folder that holds them.
PACKAGE = "models"


def folder() -> Path | None:
    """Return the folder that holds them: in a run their copy, else that of the working directory.

    None where there is none.
    """
    here = Path(__file__)
    own = here.parents[2] / PACKAGE if is_copy(here) else Path(PACKAGE).resolve()
    return own if own.is_dir() else None


def files(folder: Path) -> list[Path]:
    """Return the files of modules in a folder, however deep, sorted."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def let_import() -> None:
    """Let Python find them, here and in processes to come, after everything that is installed."""
    own = folder()
    if own is None:
        return
    root = str(own.parent)
    if root not in sys.path:
        sys.path.append(root)
        importlib.invalidate_caches()
    before = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if root not in before:
        os.environ["PYTHONPATH"] = os.pathsep.join([*before, root])
