"""A Git server on the loopback address: Git's own http-backend behind a small CGI server."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


@dataclass
class Remote:
    """What a test knows and changes of the server."""

    url: str = ""
    #: Ids wanted, a list for each request.
    wanted: list[set[str]] = field(default_factory=list)
    #: Bytes of an answer after which the connection breaks; None: it does not.
    breaks_after: Callable[[int], int | None] = lambda request: None
    #: Set: answers are given; clear: they wait for it.
    answers: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(folder: Path) -> Iterator[Remote]:
    """Serve the bare repositories in `folder`."""
    remote = Remote()
    remote.answers.set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: object) -> None:
            pass

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            limit = None
            packed = self.headers.get("Content-Encoding") == "gzip"
            plain = (gzip.decompress(body) if packed else body).decode("latin1")
            if ids := re.findall(r"want ([0-9a-f]{40})", plain):
                limit = remote.breaks_after(len(remote.wanted))
                remote.wanted.append(set(ids))
            remote.answers.wait()
            path, _, query = self.path.partition("?")
            done = subprocess.run(
                ["git", "http-backend"],
                input=body,
                capture_output=True,
                check=False,  # it ends with 1 where an object is missing, and says so
                env=CLEAN
                | {
                    "GIT_PROJECT_ROOT": str(folder),
                    "GIT_HTTP_EXPORT_ALL": "1",
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                    "PATH_INFO": path,
                    "QUERY_STRING": query,
                    "REQUEST_METHOD": self.command,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                    "CONTENT_LENGTH": str(len(body)),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                },
            )
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            status = int(headers.pop("Status", "200").split()[0])
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # who asked may have given up
                self.wfile.write(content[:limit])
            if limit is not None:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    remote.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield remote
    finally:
        remote.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()


def git(folder: Path, *arguments: str, text: bytes = b"") -> str:
    """Run Git in a folder, without anybody's settings, and return its output."""
    done = subprocess.run(
        ["git", "-c", "user.name=n", "-c", "user.email=e", *arguments],
        cwd=folder,
        input=text,
        capture_output=True,
        check=True,
        env=CLEAN | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
    )
    return done.stdout.decode().strip()


def published(folder: Path, contents: dict[str, bytes]) -> dict[str, str]:
    """Commit files to a new bare repository; return the id of each by its path."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare")
    ids = {
        path: git(folder, "hash-object", "-w", "--stdin", text=content)
        for path, content in contents.items()
    }
    for path, name in ids.items():
        git(folder, "update-index", "--add", "--cacheinfo", f"100644,{name},{path}")
    tree = git(folder, "write-tree")
    commit = git(folder, "commit-tree", tree, "-m", "all")
    git(folder, "update-ref", "HEAD", commit)
    return ids
