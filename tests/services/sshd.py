"""OpenSSH's server on this machine, with keys and settings of its own."""

from __future__ import annotations

import getpass
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.server import HOST, answers, free_port, program, serving

_SETTINGS = """\
Port {port}
ListenAddress {host}
HostKey {folder}/host-key
AuthorizedKeysFile {folder}/client-key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class Login:
    """What a client needs to come in.

    Attributes
    ----------
    port : int
    user : str
    key : Path
        The client's private key.
    """

    port: int
    user: str
    key: Path


@contextmanager
def sshd(folder: Path) -> Iterator[Login]:
    """Let OpenSSH serve this user until the end of the context.

    Parameters
    ----------
    folder : Path
        Holds keys, settings and log of the server.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host-key", "client-key"):
        keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(keygen, check=True)
    # The server gives up its rights in this folder, which it does not make itself.
    Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    settings = folder / "sshd_config"
    settings.write_text(_SETTINGS.format(port=port, host=HOST, folder=folder))
    command = [program("sshd"), "-D", "-e", "-f", str(settings)]
    with serving(command, folder / "sshd.log", lambda: answers(port)):
        yield Login(port, getpass.getuser(), folder / "client-key")
