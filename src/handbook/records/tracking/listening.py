"""`python -m handbook.records.tracking.listening` is uvicorn that says when it can be asked.

Beside MLflow's own pages it shows the report, so that the two can link to each other: a browser
follows no link from a server's page to a file.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import uvicorn

from handbook.core.terminal import say
from handbook.records.tracking import beside, server

__all__: list[str] = []


class _Server(uvicorn.Server):
    async def startup(self, *arguments: Any, **options: Any) -> None:
        """Listen, and print the address once that is so."""
        await super().startup(*arguments, **options)
        if self.started:
            address = f"http://{self.config.host}:{self.config.port}/#/experiments?{server.VIEW}"
            say(f"MLflow: {address} (stop with Ctrl-C)")


if __name__ == "__main__":
    from mlflow.server.fastapi_app import app

    beside.add(app, Path(os.environ[server.RESULTS]), os.environ[server.STORE])
    # where its command looks for it
    vars(sys.modules["uvicorn.main"])["Server"] = _Server
    uvicorn.main()
