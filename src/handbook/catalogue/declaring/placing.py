"""Files and entries of a new data set, put where they belong, all of them or none."""

from __future__ import annotations

import shutil
from pathlib import Path

from handbook.core.files import write_text
from handbook.data import raw

__all__ = ["put"]


def put(staged: Path, root: Path, name: str, catalogue: str) -> None:
    """Put raw files, the line of DVC and the catalogue where they belong.

    Parameters
    ----------
    staged : Path
        Folder with the raw files, on the disk of ``data/raw``.
    root : Path
        Folder of the project.
    name : str
        Of the data set, of which files may be there: these take their place.
    catalogue : str
        Text of `params.yaml`, which is written last: without it the rest is nothing.
    """
    folder, before = root / raw.FOLDER / name, staged.with_name(f"{staged.name}-before")
    dvc = root / "dvc.yaml"
    stages = dvc.read_text(encoding="utf-8") if dvc.is_file() else ""
    if folder.exists():
        folder.rename(before)
    try:
        folder.mkdir()
        for file in staged.iterdir():
            file.rename(folder / file.name)
        if (tracked := _tracked(stages, name)) != stages:
            write_text(dvc, tracked)
        write_text(root / "params.yaml", catalogue)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if before.exists():
            before.rename(folder)
        if stages:
            write_text(dvc, stages)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _tracked(stages: str, name: str) -> str:
    r"""Return the text of `dvc.yaml` with a line for the raw files, below those of the others.

    Examples
    --------
    >>> print(_tracked("      - data/raw/a: {persist: true}\n", "b"), end="")
          - data/raw/a: {persist: true}
          - data/raw/b: {persist: true}
    """
    lines = stages.splitlines(keepends=True)
    line = f"      - {raw.FOLDER}/{name}: {{persist: true}}\n"
    others = [
        number for number, text in enumerate(lines, 1) if text.startswith(f"      - {raw.FOLDER}/")
    ]
    if line in lines or not others:
        return stages
    return "".join([*lines[: others[-1]], line, *lines[others[-1] :]])
