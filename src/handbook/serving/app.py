"""The application of one worker: addresses, limits, and what each fault is answered with."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
import traceback
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handbook.core.errors import HandbookError
from handbook.core.terminal import say
from handbook.serving import strict_json
from handbook.serving.batches import Busy
from handbook.serving.formats import Unsupported, parse
from handbook.serving.worker import Unlogged, Worker

__all__ = ["application"]

_RETRY = {"retry-after": "1"}


def application(worker: Worker) -> ASGIApp:
    """Return the application of a worker."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(worker.batches.run()), asyncio.create_task(worker.watch())]
        yield
        for task in tasks:
            task.cancel()
        worker.close()

    pages = _Pages(worker)
    app = Starlette(
        routes=[
            Route("/invocations", pages.invocations, methods=["POST"]),
            Route("/ping", pages.ping),
            Route("/health", pages.health),
            Route("/version", pages.version),
            Route("/metrics", pages.metrics),
        ],
        exception_handlers={HTTPException: _http_error},
        lifespan=lifespan,
    )
    return _Counted(app, worker)


class _Pages:
    """What each address answers.

    Parameters
    ----------
    worker : Worker
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._settings = worker.settings

    async def invocations(self, request: Request) -> Response:
        """Answer rows."""
        seconds = self._settings.seconds
        try:
            async with asyncio.timeout(seconds):
                body = await self._body(request)
        except TimeoutError:
            return _error(408, f"the body did not arrive within {seconds:g} s", close=True)
        except _TooLarge as error:
            return _error(413, str(error))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        try:
            query = parse(body, request.headers.get("content-type", ""), request.query_params)
            async with asyncio.timeout(seconds):
                answer = await self._worker.batches.submit(query)
        except Unsupported as error:
            return _error(415, str(error))
        except HandbookError as error:
            return _error(400, str(error))
        except TimeoutError:
            return _error(504, f"no answer within {seconds:g} s; send fewer rows at once")
        except Busy:
            return _error(503, "too many rows wait; try again in a second", _RETRY)
        except Unlogged as error:
            return _error(503, str(error), _RETRY)
        except Exception:
            label = secrets.token_hex(4)
            say(f"defect {label}:\n{traceback.format_exc()}")
            return _error(500, f"a defect of the server; its log tells more under {label}")
        return _json(
            {
                "predictions": answer.predictions,
                "run": answer.request.run,
                "job_key": answer.request.job_key,
                "request": answer.request.id,
            }
        )

    async def _body(self, request: Request) -> bytes:
        most = self._settings.most_bytes
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            raise _TooLarge(int(length), most)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise _TooLarge(len(body), most)
        return bytes(body)

    async def ping(self, _: Request) -> Response:
        """Tell that the server is up, as MLflow's does."""
        return Response("\n", media_type="application/json")

    async def health(self, _: Request) -> Response:
        """Tell what answers, and what is wrong."""
        worker = self._worker
        worker.try_log()
        faults = [fault for fault in (worker.log_fault, worker.current.fault) if fault]
        refuses = bool(worker.log_fault) and not self._settings.unlogged
        chosen = worker.current.model.chosen
        content = {
            "status": "refuses" if refuses else "degraded" if faults else "ok",
            "faults": faults,
            "data": chosen.data,
            "run": chosen.run,
            "job_key": chosen.job_key,
            "chosen": chosen.how,
            "worker": os.getpid(),
        }
        return _json(content, 503 if refuses else 200)

    async def version(self, _: Request) -> Response:
        """Tell the version of the server and its model."""
        chosen = self._worker.current.model.chosen
        own = {"handbook": version("handbook"), "run": chosen.run, "job_key": chosen.job_key}
        return _json(own)

    async def metrics(self, _: Request) -> Response:
        """Tell the counts of all workers."""
        lines = self._worker.metrics()
        return PlainTextResponse(
            "".join(f"{line}\n" for line in lines),
            media_type="text/plain; version=0.0.4",
        )


class _TooLarge(Exception):
    def __init__(self, size: int, most: int) -> None:
        super().__init__(
            f"the body has {size:,} bytes or more; expected at most {most:,}: send fewer rows at "
            "once, or start the server with a larger --max-bytes"
        )


class _Counted:
    """An application whose answers are counted, but for those about itself."""

    def __init__(self, app: ASGIApp, worker: Worker) -> None:
        self._app = app
        self._worker = worker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ("/ping", "/health", "/version", "/metrics"):
            await self._app(scope, receive, send)
            return
        begin = time.perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, noted)
        self._worker.counters.answered(status, time.perf_counter() - begin)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _error(
        error.status_code,
        f"{error.detail}: rows go to POST /invocations; /health, /ping, /version and /metrics tell "
        "about the server",
        error.headers,
    )


def _error(
    status: int, message: str, headers: Mapping[str, str] | None = None, *, close: bool = False
) -> Response:
    content = {"error_code": HTTPStatus(status).name, "message": message}
    return _json(content, status, dict(headers or {}) | ({"connection": "close"} if close else {}))


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    text = strict_json.dumps(content)
    return Response(text, status, headers, media_type="application/json")
