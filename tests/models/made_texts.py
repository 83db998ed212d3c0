"""A short text and tiny models of it."""

from __future__ import annotations

from typing import Any

import pytest

from handbook.models.text import CharacterModel

TEXT = "The pale king sees the crown.\n    A silent owl follows my throne.\n" * 12
STREAM: dict[str, Any] = {
    "scheme": "stream", "hidden": 12, "layers": 1, "dropout": 0.1, "epochs": 3, "batch_size": 6,
    "learning_rate": 0.02, "embedding": 5, "chunk": 20, "clip": 1.0, "random_state": 0,
}  # fmt: skip
WINDOWS: dict[str, Any] = {
    "scheme": "windows", "hidden": 6, "layers": 2, "window": 10, "epochs": 2, "share": 0.3,
    "random_state": 0,
}  # fmt: skip
SCHEMES = [
    pytest.param(STREAM, id="stream"),
    pytest.param(STREAM | {"members": 2}, id="committee"),
    pytest.param(WINDOWS, id="windows"),
]


def quick(settings: dict[str, Any], **more: Any) -> CharacterModel:
    return CharacterModel(**settings | more)
