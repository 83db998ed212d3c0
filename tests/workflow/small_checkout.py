"""A small checkout in which `make setup` works, and an index of packages on this machine."""

from __future__ import annotations

import functools
import hashlib
import http.server
import inspect
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from tests.project import ROOT

__all__ = ["PACKAGES", "SCRIPTS", "Checkout", "copied", "lay", "pin", "served", "wheel"]

SCRIPTS = ("install.py", "causes.py")
PACKAGES = ("setuptools", "torch", "small", "nvidia-all")


def wheel(folder, name, version, content=b""):  # type: ignore[no-untyped-def]  # a copy runs alone
    """Make a wheel that holds one file."""
    import zipfile
    from pathlib import Path

    escaped = name.replace("-", "_")
    path = Path(folder) / f"{escaped}-{version}-py3-none-any.whl"
    about = f"{escaped}-{version}.dist-info"
    files = {
        f"{escaped}.bin": content,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        record = "".join(f"{file},,\n" for file in [*files, f"{about}/RECORD"])
        archive.writestr(f"{about}/RECORD", record)
    return path


BACKEND = f"""
{inspect.getsource(wheel)}
def build_editable(folder, config_settings=None, metadata_directory=None):
    return wheel(folder, "project", "1.0").name
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


class Checkout:
    """A folder in which `make setup` works, and the index that it installs from."""

    def __init__(self, root: Path, index: str) -> None:
        self.root = root
        self.variables = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(root),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": f"{index}/simple",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_RETRIES": "1",  # without any, pip keeps the reason to itself
            "UV_DEFAULT_INDEX": f"{index}/simple",
            "UV_HTTP_RETRIES": "0",
            "UV_NO_CACHE": "1",
            "HANDBOOK_TORCH_INDEX": f"{index}/cpu",
        }

    def command(self, *words: str) -> list[str]:
        return [getattr(sys, "_base_executable"), "workflow/install.py", *words]  # noqa: B009

    def setup(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = self.variables | variables
        return subprocess.run(
            self.command(*words),
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def refusal(self, *words: str, **variables: str) -> str:
        """Set up in vain, and return the one line that says why."""
        done = self.setup(*words, **variables)
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith("setup: ")
        return line

    def installed(self) -> set[str]:
        (packages,) = self.root.glob(".venv/lib/python3.*/site-packages")
        folders = {path.name.removesuffix(".dist-info") for path in packages.glob("*.dist-info")}
        return {name for name in folders if not name.startswith("pip-")}


class served:
    """An HTTP server of a folder; anything but reading is refused."""

    def __init__(self, folder: Path) -> None:
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_CONNECT(self) -> None:
                self.send_error(403)

        handler = functools.partial(Quiet, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def pin(index: Path, name: str, version: str = "1.0", marker: str = "") -> str:
    (path,) = (index / "simple" / name).glob(f"*-{version}-*.whl")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{name}=={version}{marker} \\\n    --hash=sha256:{digest}\n"


def lay(root: Path, index: Path) -> None:
    (root / "workflow").mkdir(parents=True)
    for script in SCRIPTS:
        shutil.copy(ROOT / "workflow" / script, root / "workflow")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    lock = "".join(pin(index, name) for name in PACKAGES[:3])
    (root / "requirements.lock").write_text(lock)
    cuda = pin(index, PACKAGES[3], marker=" ; sys_platform == 'linux'")
    (root / "requirements-cuda.lock").write_text(cuda)


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target, symlinks=True, copy_function=os.link)
    for name in ("requirements.lock", ".venv/pyvenv.cfg", ".venv/setup.json", ".venv/setup.log"):
        path = target / name  # tests and set-ups write these
        if path.exists():
            text = path.read_text().replace(str(source), str(target))
            path.unlink()
            path.write_text(text)
    return target
