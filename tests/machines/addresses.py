"""Serve the pinned raw files at their public addresses, for one command and what it starts.

By root, with openssl, where the addresses cannot be reached or shall be left alone:

    python -m tests.machines.addresses MIRROR FOLDER COMMAND ...

MIRROR holds `<data set>/<file>`; FOLDER takes a certificate and a Git repository of the sprites.
For COMMAND alone the hosts of all addresses are this machine, which answers from MIRROR: files by
HTTP and HTTPS, objects by Git's own http-backend. At the end a line for each address says how often
it was asked.
"""

from __future__ import annotations

import http.client
import os
import ssl
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.data.git_server import git, serving
from tests.project import ROOT

from handbook.catalogue import reading
from handbook.data import raw


def addresses(mirror: Path) -> Iterator[tuple[str, Path]]:
    """Yield each public address of the catalogue's releases, and the file that it gives."""
    params = reading.read(ROOT / "params.yaml")
    for name in params.data_sets():
        release = params.release(name)
        folder = mirror / raw.source(name, release).folder
        for pin in raw.pins(name, release).values():
            for url in pin.urls:
                yield url, folder / pin.name
            if pin.git:
                yield pin.git.url, folder


def certificate(folder: Path, hosts: list[str]) -> tuple[Path, Path, Path]:
    """Make a certificate of all hosts; return it, its key, and all authorities with its own."""
    names = ",".join(f"DNS:{host}" for host in hosts)
    mine, key, trusted = (folder / name for name in ("mine.pem", "key.pem", "trusted.pem"))
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=addresses", "-addext", f"subjectAltName={names}"),
            *("-out", mine, "-keyout", key),
        ],
        check=True,
        capture_output=True,
    )
    usual = Path(os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile or "")
    trusted.write_bytes((usual.read_bytes() if usual.is_file() else b"") + mine.read_bytes())
    return mine, key, trusted


def published(sprites: Path, repository: Path) -> None:
    """Put all sprites of the archive into a bare repository, as objects."""
    repository.mkdir(parents=True)
    git(repository, "init", "--quiet", "--bare")
    git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    loose = repository.parent / "loose"
    with zipfile.ZipFile(sprites) as archive:
        archive.extractall(loose)
    paths = "\n".join(str(path) for path in loose.rglob("*") if path.is_file())
    git(repository, "hash-object", "-w", "--stdin-paths", "--no-filters", text=paths.encode())
    subprocess.run(["rm", "-r", loose], check=True)


def serve(
    files: dict[str, Path], backend: str, requests: Counter[str]
) -> type[BaseHTTPRequestHandler]:
    """Return a handler that gives the files of addresses, and hands on what is Git's."""
    at = {urlsplit(url).netloc + urlsplit(url).path: path for url, path in files.items()}
    host = urlsplit(backend).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: object) -> None:
            pass

        def do_GET(self) -> None:
            path = at.get(self.headers["Host"] + self.path)
            if path is None or path.is_dir():
                self._hand_on(b"")
                return
            requests[self.headers["Host"] + self.path] += 1
            self.send_response(200)
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            try:
                with path.open("rb") as content:
                    self.wfile.writelines(iter(lambda: content.read(1 << 16), b""))
            except OSError:  # who wanted to know whether it answers has heard enough
                self.close_connection = True

        def do_POST(self) -> None:
            self._hand_on(self.rfile.read(int(self.headers["Content-Length"])))

        def _hand_on(self, body: bytes) -> None:
            requests[self.headers["Host"] + self.path.partition("?")[0]] += 1
            connection = http.client.HTTPConnection(host)
            headers = {name: value for name, value in self.headers.items() if name != "Host"}
            connection.request(self.command, self.path, body, headers)
            reply = connection.getresponse()
            content = reply.read()
            self.send_response(reply.status)
            for name, value in reply.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    return Handler


def main(mirror: Path, folder: Path, *command: str) -> int:
    """Run a command whose world is this machine."""
    files = dict(addresses(mirror))
    hosts = sorted({urlsplit(url).hostname or "" for url in files})
    folder.mkdir(parents=True, exist_ok=True)
    mine, key, trusted = certificate(folder, hosts)
    repository = folder / "git/PokeAPI/sprites"
    if not repository.exists():
        published(mirror / "pokemon/pokemon-sprites.zip", repository)
    (folder / "hosts").write_text(f"{Path('/etc/hosts').read_text()}127.0.0.1 {' '.join(hosts)}\n")
    requests: Counter[str] = Counter()
    with serving(folder / "git") as remote:
        handler = serve(files, remote.url, requests)
        for port in (80, 443):
            server = ThreadingHTTPServer(("127.0.0.1", port), handler)
            if port == 443:
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(mine, key)
                server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        script = 'mount --bind "$0" /etc/hosts && exec "$@"'
        done = subprocess.run(
            [
                *("unshare", "--mount", "--propagation", "private", "sh", "-c", script),
                *(str(folder / "hosts"), *command),
            ],
            env=os.environ | {"SSL_CERT_FILE": str(trusted), "GIT_SSL_CAINFO": str(trusted)},
            check=False,
        )
    for address, times in sorted(requests.items()):
        print(f"{times:5}  {address}")
    return done.returncode


if __name__ == "__main__":
    mirror, folder, *command = sys.argv[1:]
    sys.exit(main(Path(mirror).resolve(), Path(folder).resolve(), *command))
