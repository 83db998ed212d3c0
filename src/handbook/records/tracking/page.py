"""`python -m handbook.records.tracking.page` is `mlflow server` in one process.

MLflow starts its web server as a child. Where the parent is killed, that would go on, unseen and
with the port: here the parent becomes its child, which says where the page is once it is there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from mlflow import cli, server

_ANNOUNCED = "handbook.records.tracking.listening"


def _become(command: Sequence[str], *, extra_env: Mapping[str, str], **options: Any) -> NoReturn:
    announced = [_ANNOUNCED if part == "uvicorn" else part for part in command]
    os.execvpe(command[0], announced, os.environ | extra_env)


if __name__ == "__main__":
    server._exec_cmd = _become
    cli.cli(["server", *sys.argv[1:]])
