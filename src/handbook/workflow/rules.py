"""Where the rules of the workflow are: in the installed package, or in its repository."""

from __future__ import annotations

from pathlib import Path

from handbook.core.errors import HandbookError

__all__ = ["profiles", "snakefile"]


def snakefile() -> Path:
    """Return the Snakefile that the one of a project includes."""
    return _root() / "Snakefile"


def profiles() -> Path:
    """Return the folder of the profiles that every project has."""
    return _root() / "workflow" / "profiles"


def _root() -> Path:
    here = Path(__file__).resolve()
    for root in (here.with_name("files"), here.parents[3]):
        if (root / "workflow" / "rules").is_dir():
            return root
    raise HandbookError(
        f"{here.parents[1]}: this package has no rules of the workflow beside it; install handbook "
        "anew, or run this with the package of a clone"
    )
