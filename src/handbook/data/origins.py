"""Where a raw file may come from, in the order in which it is tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from handbook.data import raw
from handbook.data.source import RawFile

__all__ = ["MIRROR", "Origin", "origins"]

#: Environment variable: folder or address that raw files are taken from first.
MIRROR = "HANDBOOK_MIRROR"


class Origin(NamedTuple):
    """A place that may have a raw file."""

    kind: Literal["folder", "address", "dvc", "archive", "git", "nowhere"]
    #: Path, address or repository; the reason where it is nowhere.
    where: str
    #: Its name in messages.
    label: str

    @property
    def name(self) -> str:
        """Its name in short: without paths of this machine."""
        if self.label.startswith("mirror"):
            return "mirror"
        host = urlsplit(self.where).hostname
        return f"{host}{', by Git' if self.kind == 'git' else ''}" if host else self.label


def origins(folder: str, pin: RawFile, mirror: str) -> Iterator[Origin]:
    """Yield the places of a raw file.

    Parameters
    ----------
    folder : str
        The source's, below a mirror and ``data/raw``.
    pin : RawFile
    mirror : str
        Folder or http(s) address that holds ``<folder>/<file>``; empty for none.
    """
    name = f"{folder}/{pin.name}"
    if not mirror:
        yield Origin("nowhere", f"{MIRROR} is not set", "mirror")
    elif mirror.startswith(("http://", "https://")):
        address = f"{mirror.rstrip('/')}/{name}"
        yield Origin("address", address, f"mirror {address}")
    else:
        path = str(Path(mirror).expanduser() / name)
        yield Origin("folder", path, f"mirror {path}")
    yield Origin("dvc", f"{raw.FOLDER}/{name}", "DVC remote")
    for url in pin.urls:
        yield Origin("address", url, url)
    if pin.archive:
        yield Origin("archive", pin.archive, f"{pin.archive} ({pin.name} in it)")
    if pin.git:
        yield Origin("git", pin.git.url, f"{pin.git.url} (by Git, {pin.git.count:,} files)")
    if not pin.urls and not pin.archive and not pin.git:
        yield Origin("nowhere", "none serves exactly these bytes", "public addresses")
