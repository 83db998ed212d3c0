"""Names in the catalogue that become names of folders and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["LONGEST", "faults"]

LONGEST = 60
"""Most letters of a name: file systems and Snakemake's records end at 255 bytes for several."""

_NAME = r"[a-z0-9]+(-[a-z0-9]+)*"


def faults(where: str, names: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with names that stand at a place of the catalogue.

    Examples
    --------
    >>> list(faults("labs", ["som-step", "Som step"]))
    ["labs: 'Som step' becomes a folder: use small letters, digits and hyphens"]
    """
    for name in names:
        if not re.fullmatch(_NAME, name):
            short = name[:LONGEST]
            yield f"{where}: {short!r} becomes a folder: use small letters, digits and hyphens"
        elif len(name) > LONGEST:
            yield (
                f"{where}: {name[:12]}… has {len(name)} letters and becomes a folder: use at most "
                f"{LONGEST}"
            )
