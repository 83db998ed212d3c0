"""Connections to MLflow's server, seen from the server's side."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from mlflow import MlflowClient

from handbook.records.tracking import connections


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """Serve a list of no experiments; collect what each request wants of its connection."""
    wanted: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            wanted.append(self.headers["Connection"])
            body = json.dumps({"experiments": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", wanted
        finally:
            server.shutdown()


@pytest.mark.parametrize(
    ("store_uri", "expected"), [(None, "close"), ("https://mlflow.example", "keep-alive")]
)
def test_plain_connections_are_closed_and_encrypted_ones_kept(
    monkeypatch: pytest.MonkeyPatch, store_uri: str | None, expected: str
) -> None:
    monkeypatch.setattr(connections.FreshConnections, "wanted", False)
    with listening() as (address, wanted):
        connections.hold(store_uri or address)
        assert MlflowClient(address, address).search_experiments() == []
    assert wanted == [expected]
