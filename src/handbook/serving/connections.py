"""Connections that end when a client is too slow: uvicorn itself waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["limited"]


def limited(head_s: float, answer_s: float) -> type[H11Protocol]:
    """Return uvicorn's protocol with limits on the time of a client.

    Parameters
    ----------
    head_s : float
        Until the head of a request is whole; the application limits what it waits for from there
        on. It also ends a client that goes on sending a body after it was refused.
    answer_s : float
        In which nothing of an answer is read.
    """

    class Limited(H11Protocol):
        _head: asyncio.TimerHandle | None = None
        _answer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._watch()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._watch()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._expect(self.transport.get_write_buffer_size())

        def resume_writing(self) -> None:
            super().resume_writing()
            _cancel(self._answer)

        def connection_lost(self, exc: Exception | None) -> None:
            _cancel(self._head)
            _cancel(self._answer)
            super().connection_lost(exc)

        def _expect(self, size: int) -> None:
            """Leave the client unless less than a size waits to be sent after a while."""

            def look() -> None:
                left = self.transport.get_write_buffer_size()
                if left < size:
                    self._expect(left)
                else:
                    self.transport.abort()

            self._answer = self.loop.call_later(answer_s, look)

        def _watch(self) -> None:
            """Measure the time as long as no request is at work."""
            if self._works():
                _cancel(self._head)
                self._head = None
            elif self._head is None and not self.transport.is_closing():
                self._head = self.loop.call_later(head_s, self._end)

        def _end(self) -> None:
            self._head = None
            if not self._works():
                self.transport.abort()

        def _works(self) -> bool:
            return self.cycle is not None and not self.cycle.response_complete

    return Limited


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
