"""JSON that every reader takes: what is no finite number is null."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

__all__ = ["dumps"]


def dumps(content: Any) -> str:
    """Return plain data as JSON of one line.

    Python's own would write ``NaN`` and ``Infinity``, which are no JSON (RFC 8259, section 6).

    Examples
    --------
    >>> dumps({"p:yes": [0.25, float("nan")]})
    '{"p:yes": [0.25, null]}'
    """
    try:
        return json.dumps(content, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(content), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
