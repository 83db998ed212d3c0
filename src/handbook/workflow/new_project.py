"""A project of one's own: a folder with a catalogue, which the rules of this package run."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from string import Template

from handbook.core.errors import HandbookError
from handbook.workflow import stage
from handbook.workflow.revision import GIT

__all__ = ["create"]

_TEMPLATE = Path(__file__).with_name("template")
# What has another name in the template: tools pass over files that begin with a dot, and DVC takes
# every dvc.yaml of a repository for stages of it.
_NAMES = {
    **{name: f".{name}" for name in ("gitignore", "gitattributes", "dvcignore", "dvc")},
    "stage.yaml": "dvc.yaml",
}


def create(folder: Path, title: str, version: str) -> None:
    """Make the folder of a project, whole or not at all.

    Parameters
    ----------
    folder : Path
        Does not exist yet, or is empty.
    title : str
        Stands above every page of its report.
    version : str
        Of this package, said in its README.

    Raises
    ------
    HandbookError
        Something lies there already, or the folder cannot be made.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HandbookError(f"{folder}: is there already; name a folder that is new or empty")
    if not title.strip() or "\n" in title:
        raise HandbookError(f"--title {title!r}: name the project in one line")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    except OSError as error:
        raise HandbookError(f"{folder}: cannot be made: {error.strerror}") from None
    try:
        _fill(partial, title, version)
        if folder.exists():
            folder.rmdir()
        partial.chmod(0o755)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _fill(folder: Path, title: str, version: str) -> None:
    values = {"README.md": {"title": title, "version": version}}
    values["params.yaml"] = {"title": json.dumps(title, ensure_ascii=False)}
    for source in sorted(path for path in _TEMPLATE.rglob("*") if path.is_file()):
        parts = source.relative_to(_TEMPLATE).parts
        target = folder.joinpath(*(_NAMES.get(part, part) for part in parts))
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        if target.name in values:  # in others, a dollar is a sign of the shell
            text = Template(text).substitute(values[target.name])
        target.write_text(text, encoding="utf-8")
    stage.write(folder / "dvc.yaml", folder / "params.yaml")
    if shutil.which(GIT[0]) and not _git(folder, "rev-parse", "--git-dir"):
        _git(folder, "init", "--quiet")
        _git(folder, "add", "--all")
        # Records of results name the commit. Git may not know who commits: then nobody does yet.
        _git(folder, "commit", "--quiet", "--message", "A new project")


def _git(folder: Path, *arguments: str) -> bool:
    done = subprocess.run([*GIT, *arguments], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0
