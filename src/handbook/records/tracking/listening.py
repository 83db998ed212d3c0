"""`python -m handbook.records.tracking.listening` is uvicorn that says when it can be asked."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

__all__: list[str] = []


class _Server(uvicorn.Server):
    async def startup(self, *arguments: Any, **options: Any) -> None:
        """Listen, and print the address once that is so."""
        await super().startup(*arguments, **options)
        if self.started:
            line = f"MLflow: http://{self.config.host}:{self.config.port} (stop with Ctrl-C)"
            print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    # where its command looks for it
    vars(sys.modules["uvicorn.main"])["Server"] = _Server
    uvicorn.main()
