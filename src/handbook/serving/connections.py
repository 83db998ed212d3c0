"""Connections that end when nothing, or too little, comes: uvicorn itself waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["limited"]


def limited(seconds: float) -> type[H11Protocol]:
    """Return uvicorn's protocol with a limit on the time until the head of a request is whole.

    From there on the application limits what it waits for. The limit also ends a client that goes
    on sending a body after it was refused.
    """

    class Limited(H11Protocol):
        _timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._watch()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            self._rest()
            super().connection_lost(exc)

        def _watch(self) -> None:
            """Measure the time as long as no request is at work."""
            if self.cycle is not None and not self.cycle.response_complete:
                self._rest()
            elif self._timer is None and not self.transport.is_closing():
                self._timer = self.loop.call_later(seconds, self._end)

        def _rest(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _end(self) -> None:
            self._timer = None
            if self.cycle is None or self.cycle.response_complete:
                self.transport.abort()

    return Limited
