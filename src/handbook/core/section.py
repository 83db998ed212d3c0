"""Typed, frozen records of settings, with errors for unknown keys and wrong types."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Section"]


class Section(BaseModel):
    """Settings whose names and types are fixed; text is never taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
