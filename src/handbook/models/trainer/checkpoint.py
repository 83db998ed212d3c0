"""The state of a training on disk, in torch's own format, read without running any code of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from handbook.core.errors import HandbookError
from handbook.core.files import written_whole

__all__ = ["Checkpoint"]


class Checkpoint:
    """A file with the state of a training after its last whole epoch.

    Parameters
    ----------
    path : Path
    key : str
        Identifies the training; files of another key are ignored.
    """

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self.key = key

    def save(self, state: Mapping[str, Any]) -> None:
        """Write dicts, lists, tensors and plain values; the file is whole or not there."""
        with written_whole(self.path) as partial:
            torch.save({"key": self.key, "state": state}, partial)

    def load(self) -> dict[str, Any] | None:
        """Return the state saved under the same key, with tensors on the CPU; None without one.

        Raises
        ------
        HandbookError
            The file is damaged, or holds objects other than tensors and plain values.
        """
        if not self.path.exists():
            return None
        try:
            with self.path.open("rb") as file:  # torch would go by the ending of a path
                saved = torch.load(file, map_location="cpu", weights_only=True)
            state: dict[str, Any] = saved["state"]
            return state if saved["key"] == self.key else None
        except Exception as error:  # a damaged file raises errors of some ten types
            raise HandbookError(
                f"{self.path}: not a whole checkpoint ({type(error).__name__}); delete it, and "
                "the training starts anew"
            ) from error
