"""Style sheets and scripts of the pages: a small file for each topic, all loaded by every page.

A topic's style has its own rules for narrow screens, dark mode and paper. A script is plain, no
module, since pages are opened from disk, and keeps its names in a block to itself. Topics know
nothing of each other, but for what ``base.css`` and the libraries in folders of their own give.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["FOLDER", "assets", "scripts", "styles"]

FOLDER = Path(__file__).parent / "assets"

_FIRST = "base.css"


def assets() -> list[str]:
    """Return every file that pages load, and the licences of libraries, relative to the report.

    Examples
    --------
    >>> "assets/base.css" in assets(), "assets/uplot/LICENSE" in assets()
    (True, True)
    """
    paths = (path.relative_to(FOLDER.parent) for path in FOLDER.rglob("*") if path.is_file())
    return sorted((path.as_posix() for path in paths), key=_order)


def styles() -> list[str]:
    """Return the style sheets in the order of loading: libraries, what all share, each topic."""
    return [name for name in assets() if name.endswith(".css")]


def scripts() -> list[str]:
    """Return the scripts in the order of loading: libraries, then each topic."""
    return [name for name in assets() if name.endswith(".js")]


def _order(name: str) -> tuple[bool, bool, str]:
    of_library = name.count("/") > 1
    return not of_library, not name.endswith(f"/{_FIRST}"), name
