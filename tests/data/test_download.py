"""Downloads against a server that behaves well, badly and oddly."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from handbook.data.download import Unavailable, download

CONTENT = bytes(range(256)) * 400  # 102,400 bytes
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Server:
    """Answers in the ways listed, the last one for ever; remembers the ranges asked for."""

    url: str = ""
    ways: list[str] = field(default_factory=lambda: ["range"])
    ranges: list[str | None] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            state.ranges.append(self.headers.get("Range"))
            way = state.ways.pop(0) if len(state.ways) > 1 else state.ways[0]
            answer(self, way, self.headers.get("Range"))

        def log_message(self, *arguments):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{running.server_port}/file"
    yield state
    running.shutdown()
    thread.join()
    running.server_close()


def answer(handler: BaseHTTPRequestHandler, way: str, wanted: str | None) -> None:
    def send(status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    start = int(re.match(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
    end, total = len(CONTENT) - 1, len(CONTENT)
    if way.isdigit():
        send(int(way), b"sorry")
    elif way == "whole":  # knows nothing of ranges
        send(200, CONTENT)
    elif way == "cut":  # the connection ends half way
        part = CONTENT[start : start + (total - start) // 2]
        status = 206 if wanted else 200
        send(status, part, total - start, Content_Range=f"bytes {start}-{end}/{total}")
    elif way == "short":  # ends early and says nothing of it
        send(200, CONTENT[:1000])
    elif way == "long":
        send(200, CONTENT + b"more")
    elif way == "other":
        send(200, bytes(total))
    elif way == "wrong range" and wanted:
        send(206, CONTENT, Content_Range=f"bytes 0-{end}/{total}")
    elif way == "no range" and wanted:
        send(206, CONTENT[start:])
    elif way == "other size" and wanted:
        send(206, CONTENT[start:], Content_Range=f"bytes {start}-{end + 5}/{total + 5}")
    elif way == "drip":  # a byte at a time, each well within the time of a read
        drip(handler, b"HTTP/1.1 200 OK\r\nContent-Length: 102400\r\n\r\n", CONTENT)
    elif way == "drip headers":
        drip(handler, b"", b"HTTP/1.1 200 OK\r\n" + b"Drip: drop\r\n" * 10_000)
    elif way == "page":  # as a proxy or a login puts in the way of any address
        send(200, b"<html><title>Sign in</title>".ljust(1000))
    elif way == "redirect":
        send(302, b"", Location="/elsewhere")
    elif wanted:
        send(206, CONTENT[start:], Content_Range=f"bytes {start}-{end}/{total}")
    else:
        send(200, CONTENT)


def drip(handler: BaseHTTPRequestHandler, begin: bytes, slowly: bytes) -> None:
    handler.wfile.write(begin)
    with contextlib.suppress(ConnectionError):  # the client has had enough
        for byte in slowly:
            handler.wfile.write(bytes([byte]))
            threading.Event().wait(0.01)


def fetch(server, partial, **changes):
    known = {"size": len(CONTENT), "sha256": DIGEST, "title": "file", "wait": 0.0}
    download(server.url, partial, **(known | changes))


def test_the_file_arrives(server, tmp_path):
    fetch(server, tmp_path / "new" / "a.partial")
    assert (tmp_path / "new" / "a.partial").read_bytes() == CONTENT
    assert server.ranges == [None]


def test_redirections_are_followed(server, tmp_path):
    server.ways = ["redirect", "whole"]
    fetch(server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_partial_file_is_continued(server, tmp_path):
    (tmp_path / "a").write_bytes(CONTENT[:4000])
    fetch(server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert server.ranges == ["bytes=4000-"]


def test_a_broken_connection_is_continued_where_it_broke(server, tmp_path):
    server.ways = ["cut", "cut", "range"]
    fetch(server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=51200-", "bytes=76800-"]


def test_what_arrived_stays_for_the_next_time(server, tmp_path):
    server.ways = ["cut"]
    with pytest.raises(Unavailable, match=r"\(2 attempts\)"):
        fetch(server, tmp_path / "a", attempts=2)
    assert (tmp_path / "a").read_bytes() == CONTENT[:76_800]


def test_a_server_without_ranges_starts_again(server, tmp_path):
    server.ways = ["whole"]
    (tmp_path / "a").write_bytes(CONTENT[:4000])
    fetch(server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT


@pytest.mark.parametrize("way", ["wrong range", "no range", "other size", "416"])
def test_a_server_with_a_wrong_range_is_asked_for_the_whole(server, tmp_path, way):
    server.ways = [way, "range"]
    (tmp_path / "a").write_bytes(CONTENT[:4000])
    fetch(server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert server.ranges == ["bytes=4000-", None]


def test_a_range_that_nobody_asked_for_is_refused(server, tmp_path):
    server.ways = ["206"]
    with pytest.raises(Unavailable, match="another range"):
        fetch(server, tmp_path / "a")


def test_a_partial_file_of_something_else_does_not_spoil_the_download(server, tmp_path):
    (tmp_path / "a").write_bytes(b"something else")
    fetch(server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert server.ranges == ["bytes=14-", None]


def test_a_complete_partial_file_is_not_asked_for_again(server, tmp_path):
    (tmp_path / "a").write_bytes(CONTENT)
    fetch(server, tmp_path / "a")
    assert server.ranges == []


@pytest.mark.parametrize("left", [bytes(len(CONTENT)), CONTENT + b"more"])
def test_a_partial_file_that_is_wrong_is_thrown_away(server, tmp_path, left):
    (tmp_path / "a").write_bytes(left)
    fetch(server, tmp_path / "a")
    assert server.ranges == [None]


def test_a_busy_server_is_asked_again(server, tmp_path):
    server.ways = ["503", "429", "range"]
    fetch(server, tmp_path / "a")
    assert len(server.ranges) == 3


def test_a_server_in_trouble_is_given_up_in_the_end(server, tmp_path):
    server.ways = ["500"]
    with pytest.raises(Unavailable, match=r"HTTP 500 .*\(3 attempts\)"):
        fetch(server, tmp_path / "a", attempts=3)
    assert len(server.ranges) == 3


@pytest.mark.parametrize("status", ["403", "404", "410"])
def test_an_absent_file_is_asked_for_once(server, tmp_path, status):
    server.ways = [status]
    with pytest.raises(Unavailable, match=f"HTTP {status}"):
        fetch(server, tmp_path / "a")
    assert len(server.ranges) == 1
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("other", f"SHA-256 [0-9a-f]{{12}}…, expected {DIGEST[:12]}…: not the pinned release"),
        ("long", "more than the 102,400 bytes"),
    ],
)
def test_another_file_is_refused_and_removed(server, tmp_path, way, message):
    server.ways = [way]
    with pytest.raises(Unavailable, match=message):
        fetch(server, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_truncated_file_is_not_taken_for_whole(server, tmp_path):
    server.ways = ["short"]
    with pytest.raises(Unavailable, match="ended after 1,000 of 102,400 bytes"):
        fetch(server, tmp_path / "a")


@pytest.mark.parametrize("ways", [["drip"], ["drip headers"], ["503", "drip"], ["cut", "drip"]])
def test_a_server_that_drips_is_given_up_as_a_whole(server, tmp_path, ways):
    server.ways = list(ways)
    with pytest.raises(Unavailable, match=r"given up after 0\.5 s, when [0-9,]+ of 102,400 bytes"):
        fetch(server, tmp_path / "a", deadline=0.5)
    kept = (tmp_path / "a").read_bytes() if (tmp_path / "a").exists() else b""
    assert CONTENT.startswith(kept)
    server.ways = ["range"]
    fetch(server, tmp_path / "a")  # goes on from there
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert server.ranges[-1] == (f"bytes={len(kept)}-" if kept else None)


def test_pauses_count_too(server, tmp_path):
    server.ways = ["503"]
    with pytest.raises(Unavailable, match=r"given up after 0\.2 s, when 0 of"):
        fetch(server, tmp_path / "a", wait=60.0, deadline=0.2)


def test_nobody_answers(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as unused:
        url = f"http://127.0.0.1:{unused.server_port}/file"
    with pytest.raises(Unavailable, match=r"refused.*\(2 attempts\)"):
        fetch(Server(url), tmp_path / "a", attempts=2)


@pytest.mark.parametrize("url", ["nonsense", "http://[::1/file"])
def test_no_address_at_all(tmp_path, url):
    with pytest.raises(Unavailable):
        fetch(Server(url), tmp_path / "a", attempts=1)


def test_without_a_digest_the_size_is_only_a_limit(server, tmp_path):
    server.ways = ["whole"]
    (tmp_path / "a").write_bytes(b"left over")
    fetch(server, tmp_path / "a", sha256=None, size=200_000)
    assert (tmp_path / "a").read_bytes() == CONTENT
    with pytest.raises(Unavailable, match="more than the 1,000 bytes"):
        fetch(server, tmp_path / "a", sha256=None, size=1_000)


def test_progress_is_drawn_on_standard_error(server, tmp_path, capsys):
    fetch(server, tmp_path / "a", progress=True)
    shown = capsys.readouterr()
    assert "100%" in shown.err
    assert "file" in shown.err
    assert shown.out == ""


def test_a_page_that_stands_in_the_way_is_named_and_not_asked_for_again(server, tmp_path):
    server.ways = ["page"]
    with pytest.raises(Unavailable, match=r"a web page \('Sign in'\), not the file"):
        fetch(server, tmp_path / "file")
    assert server.ranges == [None]
    assert not (tmp_path / "file").exists()
