"""Where the rules of the workflow are: in the installed package, or in its repository."""

from __future__ import annotations

import shutil
from pathlib import Path

from handbook.core.errors import HandbookError

__all__ = ["copy_package", "profiles", "snakefile"]

# Folder of the rules beside this module, in an installed package alone: see `setup.py`.
_FILES = "files"


def snakefile() -> Path:
    """Return the Snakefile that the one of a project includes."""
    return _root() / "Snakefile"


def profiles() -> Path:
    """Return the folder of the profiles that every project has."""
    return _root() / "workflow" / "profiles"


def copy_package(folder: Path) -> None:
    """Copy this package into a folder, with the rules in it."""
    copy = folder / "handbook"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(__file__).parents[1], copy, ignore=ignored)
    root, files = _root(), copy / "workflow" / _FILES
    if not files.exists():
        shutil.copytree(root / "workflow", files / "workflow", ignore=ignored)
        shutil.copy2(root / "Snakefile", files)


def _root() -> Path:
    here = Path(__file__).resolve()
    for root in (here.with_name(_FILES), here.parents[3]):
        if (root / "workflow" / "rules").is_dir():
            return root
    raise HandbookError(
        f"{here.parents[1]}: this package has no rules of the workflow beside it; install handbook "
        "anew, or run this with the package of a clone"
    )
