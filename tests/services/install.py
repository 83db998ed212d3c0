"""Installs what these tests start, as root on Debian: `python -m tests.services.install`."""

from __future__ import annotations

import os
import subprocess

from tests.services.server import PACKAGES

if __name__ == "__main__":
    # Nothing that is installed is started: each test starts its own, with settings of its own.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    packages = sorted(set(PACKAGES.values()))
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.run(command, check=True, env=quiet)
