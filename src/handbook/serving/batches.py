"""Requests that wait while others are answered, answered together.

A prediction for one row of a table takes nearly as long as one for a hundred: the time goes into
the table and not into the rows. Nobody waits for company: whoever comes to an idle model is
answered at once, and those who come meanwhile are the next batch.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence

from handbook.serving.formats import Query
from handbook.serving.model import Answer

__all__ = ["Batches", "Busy"]

#: Rows that are answered together; a single request may have more.
_TOGETHER = 1024


class Busy(Exception):
    """More waits than can be answered in time."""


class Batches:
    """A queue in front of a model.

    Parameters
    ----------
    answer : callable
        Takes requests, and returns what each gets; it runs in a thread.
    most : int
        Rows that may wait.
    """

    def __init__(
        self, answer: Callable[[Sequence[Query]], Sequence[Answer | Exception]], most: int
    ) -> None:
        self._answer = answer
        self._most = most
        self._queue: deque[tuple[Query, asyncio.Future[Answer]]] = deque()
        self._arrived = asyncio.Event()
        #: Rows that wait.
        self.waiting = 0
        #: When the prediction that is at work began, by the monotonic clock; None between two.
        self.since: float | None = None

    async def submit(self, query: Query) -> Answer:
        """Wait for the answer to a request.

        Raises
        ------
        Busy
            Too many rows wait already.
        """
        if self._queue and self.waiting + len(query) > self._most:
            raise Busy
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((query, future))
        self.waiting += len(query)
        self._arrived.set()
        return await future

    async def run(self) -> None:
        """Answer batch after batch, until cancelled."""
        while True:
            await self._arrived.wait()
            batch = self._take()
            if not batch:
                self._arrived.clear()
                continue
            outcomes: Sequence[Answer | Exception]
            self.since = time.monotonic()
            try:
                outcomes = await asyncio.to_thread(self._answer, [query for query, _ in batch])
            except Exception as error:
                outcomes = [error] * len(batch)
            self.since = None
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if future.cancelled():  # whoever asked has given up
                    continue
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)

    def _take(self) -> list[tuple[Query, asyncio.Future[Answer]]]:
        batch: list[tuple[Query, asyncio.Future[Answer]]] = []
        rows = 0
        while self._queue and (not batch or rows + len(self._queue[0][0]) <= _TOGETHER):
            query, future = self._queue.popleft()
            self.waiting -= len(query)
            if not future.cancelled():
                batch.append((query, future))
                rows += len(query)
        return batch
