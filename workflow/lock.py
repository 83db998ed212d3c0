"""Makes both lock files from pyproject.toml: `make lock`, or `make lock UPGRADE=1`.

requirements.lock holds what every installation has, for each platform and Python that
pyproject.toml names; requirements-cuda.lock what PyTorch's build with CUDA brings on Linux besides.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK, CUDA = "requirements.lock", "requirements-cuda.lock"
OLDEST_PYTHON = "3.11"
_OF_CUDA = re.compile(r"nvidia-|cuda-|triton==")


def resolve(root: Path, *options: str) -> str:
    """Return what uv resolves `pyproject.toml` of `root` to; versions locked there are kept."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("uv resolves the lock, and is not on PATH: pip install uv, then make lock again")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "lock")
        kept = [root / name for name in (LOCK, CUDA) if (root / name).exists()]
        output.write_text("".join(path.read_text() for path in kept))
        command = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
        command += ["--no-header", "--no-annotate", "--no-strip-extras"]
        command += ["--python-version", OLDEST_PYTHON, "--all-extras", "--group", "dev"]
        command += ["--output-file", str(output), *options, "pyproject.toml"]
        if subprocess.run(command, cwd=root).returncode:
            sys.exit("make lock: uv could not resolve pyproject.toml; the lock is as it was")
        return output.read_text()


def split(resolved: str) -> tuple[str, str]:
    """Return the lines that every installation has, and those of PyTorch's build with CUDA."""
    entries = re.split(r"^(?=[a-z0-9])", resolved, flags=re.MULTILINE)
    for_all = "".join(entry for entry in entries if not _OF_CUDA.match(entry))
    return for_all, "".join(entry for entry in entries if _OF_CUDA.match(entry))


if __name__ == "__main__":
    for name, lines in zip((LOCK, CUDA), split(resolve(ROOT, *sys.argv[1:])), strict=True):
        (ROOT / name).write_text(lines)
