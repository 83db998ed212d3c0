"""One process that answers: its model, its queue and its part of the log."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from handbook.core.terminal import say
from handbook.serving.batches import Batches
from handbook.serving.current import Current
from handbook.serving.formats import Query
from handbook.serving.metrics import Counters
from handbook.serving.model import Answer
from handbook.serving.requests import Log
from handbook.serving.settings import Settings

__all__ = ["Unlogged", "Worker"]

_LOOK_S = 0.5  # between looks at what is deployed
_STUCK = 2  # times the limit on an answer, until a prediction is given up with its process


class Unlogged(Exception):
    """A request has an answer, which cannot be written into the log."""


class Worker:
    """What a worker process holds.

    Parameters
    ----------
    settings : Settings
    current : Current
    counters : Counters
    """

    def __init__(self, settings: Settings, current: Current, counters: Counters) -> None:
        self.settings = settings
        self.current = current
        self.counters = counters
        self.batches = Batches(self._answer, settings.most_rows)
        self._log = Log(settings.log_folder, settings.server) if settings.log else None
        #: Why the log could not be written the last time; empty where it could.
        self.log_fault = ""

    def _answer(self, queries: Sequence[Query]) -> Sequence[Answer | Exception]:
        """Answer a batch, and write it into the log before anybody gets an answer."""
        outcomes: list[Answer | Exception] = self.current.model.answer(queries)
        answers = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
        self.counters.add("batches")
        self._write(answers)
        if self.log_fault and not self.settings.unlogged:
            unlogged = Unlogged(self.log_fault)
            return [unlogged if isinstance(own, Answer) else own for own in outcomes]
        self.counters.add("rows", sum(len(answer.predictions) for answer in answers))
        return outcomes

    def _write(self, answers: Sequence[Answer]) -> None:
        if self._log is None or not answers:
            return
        try:
            self._log.write([answer.request for answer in answers])
            self.log_fault = ""
        except OSError as error:
            self._fail(error)
            if self.settings.unlogged:
                self.counters.add("unlogged", len(answers))

    def _fail(self, error: OSError) -> None:
        self.counters.add("log_failures")
        folder = self.settings.log_folder
        before, self.log_fault = self.log_fault, (
            f"{folder}: the log of requests cannot be written ({error.strerror}), and no request "
            "is answered that is not kept: make room there, and answers come again; --unlogged "
            "answers all the same, --no-log keeps none"
        )  # fmt: skip
        if not before:
            say(f"error: {self.log_fault}")

    def try_log(self) -> None:
        """Find out whether a log that could not be written can be by now."""
        if self._log is not None and self.log_fault:
            try:
                self._log.check()
                self.log_fault = ""
            except OSError as error:
                self._fail(error)

    def metrics(self) -> Iterator[str]:
        """Yield the counts of all workers, and the state of this one, as Prometheus reads them."""
        yield from self.counters.lines()
        chosen = self.current.model.chosen
        labels = f'data="{chosen.data}",run="{chosen.run}",job_key="{chosen.job_key}"'
        yield "# HELP handbook_model_info The model of the worker that was asked."
        yield "# TYPE handbook_model_info gauge"
        yield f"handbook_model_info{{{labels}}} 1"
        yield "# HELP handbook_log_free_bytes Room for the log of requests."
        yield "# TYPE handbook_log_free_bytes gauge"
        with suppress(OSError):
            yield f"handbook_log_free_bytes {shutil.disk_usage(self.settings.folder).free}"

    async def watch(self) -> None:
        """Take what is deployed, and end with the process that began this one, or when stuck."""
        parent = os.getppid()
        while True:
            await asyncio.sleep(_LOOK_S)
            if os.getppid() != parent:
                signal.raise_signal(signal.SIGTERM)
                return
            since = self.batches.since
            if since is not None and time.monotonic() - since > _STUCK * self.settings.seconds:
                # Whoever waited for it was told long ago, and nobody else is answered meanwhile.
                say("error: a prediction does not end")
                os._exit(1)
            if self.current.changed():
                await asyncio.to_thread(self.follow)

    def follow(self) -> None:
        """Take what is deployed; where that fails, say so and go on."""
        try:
            if self.current.follow():
                self.counters.add("swaps")
                chosen = self.current.model.chosen
                say(f"{chosen.run} answers now ({chosen.how})")
        except Exception as error:
            self.counters.add("swap_failures")
            own = self.current.model.chosen.run
            say(f"error: {own} goes on: {error}")

    def close(self) -> None:
        """Close the log."""
        if self._log is not None:
            self._log.close()
