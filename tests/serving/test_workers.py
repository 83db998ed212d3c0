"""The socket of a server."""

from __future__ import annotations

import socket

from handbook.serving.settings import Settings
from handbook.serving.workers import _listener


def test_answers_are_sent_at_once() -> None:
    """Of a socket without its protocol, asyncio leaves the system's delay on: 40 ms an answer."""
    with _listener(Settings("bank", port=0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP
