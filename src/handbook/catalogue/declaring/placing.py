"""Files and entries of a new data set, put where they belong, all of them or none."""

from __future__ import annotations

import shutil
from pathlib import Path

from handbook.core.files import write_text

__all__ = ["put"]


def put(staged: Path, folder: Path, path: Path, catalogue: str) -> None:
    """Put raw files and the catalogue where they belong.

    Parameters
    ----------
    staged : Path
        Folder with the raw files, on the disk of ``data/raw``.
    folder : Path
        Where they belong; files that are there make way for them.
    path : Path
        The catalogue, which is written last: without it the rest is nothing.
    catalogue : str
        Its text.
    """
    before = staged.with_name(f"{staged.name}-before")
    if folder.exists():
        folder.rename(before)
    try:
        folder.mkdir()
        for file in staged.iterdir():
            file.rename(folder / file.name)
        write_text(path, catalogue)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if before.exists():
            before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)
