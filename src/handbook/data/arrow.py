"""Arrow files of results: a table, and what this project says about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["KEY", "read"]

KEY = b"handbook"
"""Entry of the metadata that holds this project's own description, as JSON."""


def read(path: Path) -> tuple[Any, dict[str, Any]]:
    """Return the table in a file and its description, empty where there is none.

    Every value is checked to lie within the file: a reader of columns would follow a damaged
    offset anywhere.
    """
    from pyarrow import feather

    table = feather.read_table(path, memory_map=False)
    table.validate(full=True)
    return table, json.loads((table.schema.metadata or {}).get(KEY, b"{}"))
