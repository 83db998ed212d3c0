"""The script that holds what can be found, and the library that looks through it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

__all__ = ["FILES", "LIBRARY", "Entry", "files"]

#: The library that looks, and its licence.
LIBRARY = tuple(
    Path(__file__).parent / "minisearch" / name for name in ("LICENSE", "minisearch.min.js")
)
#: What the report's folder has of it all.
FILES = ("search/entries.js", *(f"search/{path.name}" for path in LIBRARY))


class Entry(NamedTuple):
    """One thing that can be found.

    Parameters
    ----------
    kind : str
        What it is, as the list shows it.
    title : str
    address : str
        Page and anchor, from the report's root.
    note : str
        Second line of the list: where it belongs, or its value.
    words : str
        What else it is found by; shown where nothing else matches.
    """

    kind: str
    title: str
    address: str
    note: str = ""
    words: str = ""


def files(found: Iterable[Entry]) -> dict[str, str]:
    """Return the text of each file of the search box by its name.

    Entries are a script: a page that lies on a disk can load one, but no data.

    Examples
    --------
    >>> print(files([Entry("Page", "Errata", "errata.html")])["search/entries.js"], end="")
    var searchEntries = [
    ["Page","Errata","errata.html","",""]
    ];
    """
    library = {f"search/{path.name}": path.read_text(encoding="utf-8") for path in LIBRARY}
    rows = (json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in found)
    return library | {"search/entries.js": "var searchEntries = [\n" + ",\n".join(rows) + "\n];\n"}
