"""A copy of the package whose commands tests start, and a server of warm processes for it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.catalogue.catalogues import NOTHING
from tests.project import ROOT

from handbook.workflow.warm.client import VARIABLE

BIN = Path(sys.executable).parent
# A lab that runs what its parameters say, and imports nothing.
PROBE = """
import json, os, signal, sys

def run(lab, title, section, params, rows):
    exec(params["code"])
    return {"results": []}
"""
PARENT = 'print("parent", os.getppid(), flush=True)\n'


class Copy:
    """A copy of the package, and its command."""

    def __init__(self, root: Path) -> None:
        self.root = root
        ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / "src", root / "src", ignore=ignore)
        (root / "here").mkdir()

    def environment(self, **changes: str) -> dict[str, str]:
        """Return what a job finds around it."""
        # Without buffers, nothing would be there to flush.
        strange = (VARIABLE, "PYTHONUNBUFFERED")
        own = {name: value for name, value in os.environ.items() if name not in strange}
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        source = str(self.root / "src")
        return own | {"PATH": path, "PYTHONPATH": source, "PYTHONHASHSEED": "0"} | changes

    def start(
        self, *command: str, folder: str = "here", **environment: str
    ) -> subprocess.Popen[str]:
        """Start a command with pipes for its streams."""
        return subprocess.Popen(
            command,
            cwd=self.root / folder,
            env=self.environment(**environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *command: str, said: str = "", folder: str = "here", **environment: str
    ) -> tuple[int, str, str]:
        """Return exit status, output and errors of a command."""
        with self.start(*command, folder=folder, **environment) as process:
            output, errors = process.communicate(said)
        return process.returncode, output, errors

    def probe(self, code: str, threads: int = 1) -> list[str]:
        """Return the command that runs a piece of code as a job."""
        lab = {"title": "t", "section": "s", "params": {"code": code}}
        catalogue = self.root / f"{hashlib.sha256(code.encode()).hexdigest()[:16]}.json"
        content = NOTHING | {"labs": {"probe": lab}}
        catalogue.write_text(json.dumps(content))
        command = ["handbook", "lab", "probe", "--catalogue", str(catalogue)]
        return [*command, "--threads", str(threads)]

    @contextmanager
    def server(self, *modules: str) -> Iterator[tuple[int, str]]:
        """Serve from a private folder; yields the server's process and its address."""
        folder = Path(tempfile.mkdtemp())  # pytest's own are too deep for an address
        address = folder / "socket"
        command = ("handbook", "warm", "--socket", str(address), *modules)
        with self.start(*command, folder="src") as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == f"warm: serving at {address}\n"
            yield process.pid, str(address)
            process.stdin.close()
        assert process.returncode == 0
        assert not folder.exists()
