"""The content of ``validation.json``."""

from __future__ import annotations

from typing import Any, TypedDict

__all__ = ["Check", "Verdict"]


class Check(TypedDict):
    """The result of checking one expectation."""

    expectation: str
    column: str | None
    arguments: dict[str, Any]
    meaning: str
    success: bool
    observed: Any
    unexpected_count: int
    unexpected_rows: list[int]
    unexpected_values: list[Any]
    remedy: str


class Verdict(TypedDict):
    """The results of checking a data set against all its expectations."""

    data: str
    variant: str
    kind: str
    success: bool
    rows: int
    expectations: list[Check]
