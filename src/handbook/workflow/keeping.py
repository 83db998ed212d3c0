"""Results put into DVC's cache, from which `dvc push` takes them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from handbook.core.errors import HandbookError
from handbook.workflow import basis, stage
from handbook.workflow.manifest import MANIFEST
from handbook.workflow.supplies import left_out

__all__ = ["DVC_STAGE", "keep"]

#: Environment variable of commands that DVC runs.
DVC_STAGE = "DVC_STAGE"

_STAGE = "rebuild"
# Where outputs of the stage lie
_FOLDERS = ("data", "data/raw", "results", ".snakemake")


def keep(root: Path) -> str:
    """Let DVC take over the results of a finished rebuild, as `dvc repro` does by itself.

    The manifest, one of the outputs, stands for all of them: where DVC has it, nothing is done.

    Parameters
    ----------
    root : Path
        Top of the project.

    Returns
    -------
    str
        What was done, in a sentence.

    Raises
    ------
    HandbookError
        DVC cannot.
    """
    if not (root / ".dvc").is_dir():
        return "no DVC repository here: `git init && dvc init` makes one, which can keep results"
    if not any((folder / ".git").exists() for folder in (root.resolve(), *root.resolve().parents)):
        return (
            "no Git repository here, so DVC keeps nothing: `git init` makes one, or clone this one"
        )
    links = [name for name in _FOLDERS if (root / name).is_symlink()]
    if links:
        return f"DVC keeps nothing that lies behind a link: {', '.join(links)}"
    manifest = root / MANIFEST
    if not manifest.exists():
        raise HandbookError(f"{manifest}: missing; `make rebuild` makes results to keep")
    if missing := left_out():
        return (
            f"DVC keeps the results of all data sets together, and {', '.join(missing)} could not "
            "be had: nothing is put into its cache"
        )
    if lacking := _lacking(root):
        return (
            f"DVC keeps nothing while dvc.yaml lacks what params.yaml makes: {', '.join(lacking)}; "
            "`handbook stage` writes it"
        )
    # DVC's own name for a content is its MD5 digest.
    now = hashlib.md5(manifest.read_bytes(), usedforsecurity=False).hexdigest()
    if now == _kept(root / "dvc.lock"):
        return "DVC has these results: `dvc push` shares them"
    if names := _edited(root):
        return (
            f"DVC keeps nothing, since the run that made these results knew others of {names}: "
            "`make rebuild` makes what the edits reach, and keeps all"
        )
    absent = [name for name in _outputs(root / "dvc.yaml") if not (root / name).exists()]
    if absent:
        return (
            "DVC keeps nothing while an output that dvc.yaml names is missing: "
            f"{', '.join(absent)}; take it out of dvc.yaml to keep the rest"
        )
    command = [sys.executable, "-m", "dvc", "commit", "--force", _STAGE]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise HandbookError(
            f"the results are whole, but DVC could not take them over: {reason}; mend that, then "
            "`handbook keep` tries again"
        )
    return (
        "results are in DVC's cache, their digests in dvc.lock: commit dvc.lock, "
        "results/metrics.json and results/primary.json, then `dvc push` shares them"
    )


def _lacking(root: Path) -> tuple[str, ...]:
    """Return what a rebuild makes and the stage does not name."""
    catalogue = root / "params.yaml"
    return stage.difference(root / "dvc.yaml", catalogue).lacking if catalogue.is_file() else ()


def _edited(root: Path) -> str:
    """Name what was edited since the latest run began: DVC would take it for what that run read."""
    made_from = basis.latest(root)
    if made_from is None:  # results that were pulled
        return ""
    return basis.edited(made_from.digests, basis.sources(root))


def _outputs(path: Path) -> list[str]:
    """Return the paths that a rebuild makes, as DVC's file names them."""
    content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"][_STAGE]
    return [next(iter(out)) if isinstance(out, dict) else out for out in content.get("outs", [])]


def _kept(path: Path) -> str | None:
    """Return DVC's digest of the manifest that it has, None without one."""
    try:
        lock: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        outs = lock["stages"][_STAGE]["outs"]
        return next(str(out["md5"]) for out in outs if out["path"] == MANIFEST.as_posix())
    except (FileNotFoundError, yaml.YAMLError, KeyError, TypeError, StopIteration):
        return None  # never kept, or damaged: DVC writes it anew
