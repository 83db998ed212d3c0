"""The code that a saved model needs: one file in the store, which all models share."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import zipfile
from pathlib import Path

import handbook
from handbook.workflow import own_modules

__all__ = ["PACKAGE", "archive", "share"]

#: Where a model has its code. Python imports from such a file as from a folder.
PACKAGE = "code/handbook.zip"

# What a model is made of, and the packages below that, see docs/architecture.md.
_PARTS = ("core", "data", "models", "nn", "optim", "tasks", "training")
_DATE = (1980, 1, 1, 0, 0, 0)  # zip's own first day


def archive(folder: Path) -> Path:
    """Write this package's code, and that of one's own modules, into `folder`.

    The same code gives the same bytes.

    Returns
    -------
    Path
        A zip file that is named after its content; it is not written again where it is there.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, code in _contents().items():
            info = zipfile.ZipInfo(name, date_time=_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # the same on every system
            target.writestr(info, code)
    content = buffer.getvalue()
    file = folder / f"handbook-{hashlib.sha256(content).hexdigest()[:16]}.zip"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(file)
    return file


def _contents() -> dict[str, bytes]:
    """Return the code of each module by its name in the archive."""
    root = Path(handbook.__file__).parent
    modules = sorted(path for part in _PARTS for path in (root / part).rglob("*.py"))
    own = own_modules.folder()
    named = {path: path.relative_to(root.parent) for path in (root / "__init__.py", *modules)}
    if own is not None:
        named |= {path: path.relative_to(own.parent) for path in own_modules.files(own)}
    contents = {name.as_posix(): path.read_bytes() for path, name in named.items()}
    # from a zip file, Python imports no folder without one
    packages = {folder for name in named.values() for folder in name.parents[:-1]}
    return {(folder / "__init__.py").as_posix(): b"" for folder in sorted(packages)} | contents


def share(file: Path, model: Path) -> None:
    """Put the code into a model's folder: as a second name of the same file, else as a copy."""
    target = model / PACKAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)  # never written into: others may share it
    try:
        os.link(file, target)
    except OSError:  # a file system without such links, or too many of them
        shutil.copyfile(file, target)
