"""Clients that are too slow are left."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from tests.services.server import HOST
from uvicorn.server import ServerState

from handbook.serving.connections import limited

REQUEST = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"


async def large(scope: Any, receive: Any, send: Any) -> None:
    """Answer with more than the system's buffers hold."""
    headers = [(b"content-length", b"50000000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b" " * 50_000_000})


async def ended(sent: bytes, read: bool) -> tuple[int, int]:
    """Send, and read or not; return how much came and how many connections the server has then."""
    config = uvicorn.Config(large, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    protocol = limited(0.3, 0.3)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(config, state, {}), HOST, 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), limit=1000)
    writer.write(sent)
    size = 0
    if read:
        while chunk := await reader.read(1_000_000):
            size += len(chunk)
    else:
        async with asyncio.timeout(10):
            while state.connections or not state.total_requests:
                await asyncio.sleep(0.05)
    left = len(state.connections)
    writer.transport.abort()
    server.close()
    return size, left


def test_who_does_not_read_an_answer_is_left() -> None:
    assert asyncio.run(ended(REQUEST, read=False)) == (0, 0)


def test_who_reads_gets_all_of_it() -> None:
    request = REQUEST[:-2] + b"connection: close\r\n\r\n"
    size, _ = asyncio.run(ended(request, read=True))
    assert size > 50_000_000


def test_a_head_that_never_ends_is_left() -> None:
    assert asyncio.run(ended(REQUEST[:-2], read=True)) == (0, 0)
