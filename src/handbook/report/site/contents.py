"""Digests of all that the report shows, in one small file.

Snakemake records, for each output of a rule, a digest of each of its inputs. The report has
hundreds of both; with this file between them it has hundreds of outputs and a few inputs.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from handbook.core.files import sha256

__all__ = ["digests"]


def digests(paths: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 digest of each file by its path, in the order of paths.

    Parameters
    ----------
    shown : iterable of Path
        Files, and folders whose files are meant; the folders inside them are not.

    Raises
    ------
    FileNotFoundError
        A path that leads nowhere.
    """
    files = set[Path]()
    for path in paths:
        files |= {file for file in path.iterdir() if file.is_file()} if path.is_dir() else {path}
    return {path.as_posix(): sha256(path) for path in sorted(files)}
