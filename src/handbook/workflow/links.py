"""Results that DVC has linked from its cache: made again beside it, never written into it.

With ``cache.type`` hardlink or symlink, what `dvc pull` brings shares its bytes with the cache, and
a hardlink is read-only for that. Snakemake removes results before it makes them again, as it
should, but refuses where they are read-only; and it writes its records in place, into the cache.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from handbook.workflow import metadata

__all__ = ["let_results_be_replaced", "replace", "unprotect", "unprotect_records"]


def let_results_be_replaced(file_class: Any) -> None:
    """Let Snakemake make results again that are read-only since DVC has linked them.

    To be called in every process of Snakemake, before its jobs are known.

    Parameters
    ----------
    file_class : type
        ``snakemake.io._IOFile``.
    """
    usual = file_class.protected

    async def protected(file: Any) -> bool:
        return await usual(file) and not _is_link(Path(file))

    file_class.protected = protected


def unprotect_records(jobs: Iterable[Any]) -> None:
    """Replace the records that jobs will write by copies, where DVC has linked them.

    To be called in the folder that the workflow runs in, before its first job.

    Parameters
    ----------
    jobs : iterable of snakemake.jobs.Job
        Those that are to run.
    """
    names = {str(output) for job in jobs for output in job.output}
    unprotect(metadata.paths(Path(), names))


def unprotect(paths: Iterable[Path]) -> None:
    """Replace links into DVC's cache by copies, which may be written into."""
    for path in paths:
        if _is_link(path):
            replace(path, path)


def replace(path: Path, source: Path) -> None:
    """Let a record be a copy of another file, whole or not at all."""
    partial = path.with_name(".partial")  # a record's own name may be as long as can be
    shutil.copyfile(source, partial)
    partial.replace(path)


def _is_link(path: Path) -> bool:
    return path.is_symlink() or path.stat().st_nlink > 1
