"""Raw files below ``data/raw``: what a release pins, and the data set that brings each file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from handbook.core.errors import HandbookError, nearest
from handbook.data import registry
from handbook.data.source import RawFile, Source

__all__ = ["FOLDER", "SAMPLE", "Owned", "folder", "owners", "pins", "source"]

FOLDER = "data/raw"
"""Folder of all raw files, from the root of the project; DVC tracks them there."""
SAMPLE = "sample"
"""Release of every data set that is generated offline and has no raw files."""


class Owned(NamedTuple):
    """A raw file with the data set and the release that it is acquired for."""

    data: str
    release: str
    file: RawFile


def source(name: str, release: str) -> Source:
    """Return what a release of a data set pins.

    Raises
    ------
    HandbookError
        The data set has no such release; the message holds the nearest one.
    """
    sources = registry.module(name).SOURCES
    if release not in sources:
        raise HandbookError(
            f"{name}: no release {release!r}; {nearest(release, [*sources, SAMPLE])}"
        )
    return sources[release]


def folder(name: str, release: str) -> str:
    """Return the folder of a data set's raw files; data sets may share one.

    Examples
    --------
    >>> folder("bank-marketing-realistic", "bank-full"), folder("bank-marketing", "sample")
    ('data/raw/bank-marketing', 'data/raw/bank-marketing')
    """
    return f"{FOLDER}/{name if release == SAMPLE else source(name, release).folder}"


def pins(name: str, release: str) -> dict[str, RawFile]:
    """Return a data set's raw files by their paths; a sample has none.

    Examples
    --------
    >>> list(pins("boston-housing", "statlib")), list(pins("macbeth", "sample"))
    (['data/raw/boston-housing/BostonHousing.csv'], [])
    """
    files = () if release == SAMPLE else source(name, release).files
    return {f"{folder(name, release)}/{file.name}": file for file in files}


def owners(releases: Mapping[str, str]) -> dict[str, Owned]:
    """Map the path of each raw file to the first data set that pins it.

    Parameters
    ----------
    releases : mapping of str to str
        Data set to release, in the order of the catalogue.
    """
    owned: dict[str, Owned] = {}
    for name, release in releases.items():
        for path, file in pins(name, release).items():
            owned.setdefault(path, Owned(name, release, file))
    return owned
