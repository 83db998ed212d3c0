"""Stores that DVC pushes to, each for the time of a context: SSH, WebDAV, S3's protocol."""

from __future__ import annotations

import base64
import getpass
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.server import HOST, answers, free_port, program, serving


@dataclass(frozen=True)
class Remote:
    """A remote as it is given to DVC.

    Attributes
    ----------
    engine : str
        Name and version of what serves it.
    url : str
    settings : mapping of str to str
        What `dvc remote modify --local` takes.
    """

    engine: str
    url: str
    settings: Mapping[str, str] = field(default_factory=dict)


_SSHD = """\
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


def ssh_settings(folder: Path, host: str, port: int) -> Path:
    """Write keys and settings of a server of OpenSSH into a new folder; return the settings."""
    folder.mkdir(parents=True)
    for name in ("host-key", "client-key"):
        keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(keygen, check=True)
    Path("/run/sshd").mkdir(exist_ok=True)  # where the server, run by root, gives up its rights
    settings = folder / "sshd_config"
    settings.write_text(_SSHD.format(port=port, host=host, folder=folder))
    return settings


@contextmanager
def ssh(folder: Path) -> Iterator[Remote]:
    """Serve a folder by OpenSSH, to whoever has a key made for the time of the context."""
    port = free_port()
    settings = ssh_settings(folder, HOST, port)
    server = program("sshd")
    version = subprocess.run([server, "-V"], capture_output=True, text=True, check=False).stderr
    with serving([server, "-D", "-e", "-f", str(settings)], folder / "log", lambda: answers(port)):
        yield Remote(
            version.split(",")[0].split()[0].replace("_", " "),
            f"ssh://{HOST}:{port}{folder}/store",
            {"user": getpass.getuser(), "keyfile": str(folder / "client-key")},
        )


_MODULES = (
    *("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic"),
    *("dav", "dav_fs"),
)
_APACHE = """\
ServerRoot {folder}
ServerName {host}
Listen {host}:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
{modules}
{identity}
DocumentRoot {folder}/store
DavLockDB {folder}/locks/db
<Directory {folder}/store>
    Dav On
    AuthType Basic
    AuthName store
    AuthUserFile {folder}/users
    Require valid-user
</Directory>
"""


@contextmanager
def webdav(folder: Path) -> Iterator[Remote]:
    """Serve a folder by Apache's mod_dav, to a user with a password."""
    # Run by root, Apache serves as another user, who must reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="handbook-webdav-"))
    folder.chmod(0o755)
    identity = ""
    for name in ("store/results", "locks"):
        (folder / name).mkdir(parents=True)
        if os.geteuid() == 0:
            shutil.chown(folder / name, "www-data", "www-data")
            identity = "User www-data\nGroup www-data"
    digest = base64.b64encode(hashlib.sha1(b"secret", usedforsecurity=False).digest()).decode()
    (folder / "users").write_text(f"person:{{SHA}}{digest}\n")
    port = free_port()
    modules = "\n".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in _MODULES
    )
    settings = folder / "apache.conf"
    settings.write_text(
        _APACHE.format(folder=folder, host=HOST, port=port, modules=modules, identity=identity)
    )
    server = program("apache2")
    version = subprocess.run([server, "-v"], capture_output=True, text=True, check=True).stdout
    try:
        command = [server, "-D", "FOREGROUND", "-f", str(settings)]
        with serving(command, folder / "log", lambda: answers(port)):
            yield Remote(
                version.split("version: ")[1].split(" (")[0].replace("/", " ") + ", mod_dav",
                f"webdav://{HOST}:{port}/results",
                {"user": "person", "password": "secret"},
            )
    finally:
        shutil.rmtree(folder)


@contextmanager
def s3(folder: Path) -> Iterator[Remote]:
    """Serve a bucket by moto, a stand-in that speaks S3's protocol and keeps all in memory."""
    from importlib.metadata import version

    folder.mkdir(parents=True)
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    with serving(command, folder / "log", lambda: answers(port)):
        endpoint = f"http://{HOST}:{port}"
        request = urllib.request.Request(f"{endpoint}/results", method="PUT")
        urllib.request.urlopen(request).close()
        yield Remote(
            f"moto {version('moto')}, a stand-in for S3",
            "s3://results/store",
            {
                "endpointurl": endpoint,
                "access_key_id": "person",
                "secret_access_key": "secret",
                "region": "us-east-1",
            },
        )


#: What serves each kind of remote.
KINDS = {"ssh": ssh, "webdav": webdav, "s3": s3}
