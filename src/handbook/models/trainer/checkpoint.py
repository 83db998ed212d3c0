"""The state of a training on disk, as safetensors: nothing in the file can be executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from handbook.core.errors import HandbookError

__all__ = ["Checkpoint"]

_TENSOR = "tensor:"


class Checkpoint:
    """A file that a training leaves while it runs, and goes on from after it was killed.

    Parameters
    ----------
    path : Path
    key : str
        What the training depends on, as one word: a file of another key is passed over.
    """

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self.key = key

    def save(self, state: Mapping[str, Any]) -> None:
        """Write nested dicts and lists of tensors and plain values; the file is whole or not there.

        Parameters
        ----------
        state : mapping
            Keys are text or whole numbers.
        """
        tensors: dict[str, Tensor] = {}
        told = json.dumps(_flat(state, "", tensors))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(self.path.name + ".partial")
        safetensors.torch.save_file(tensors, partial, {"key": self.key, "state": told})
        partial.replace(self.path)

    def load(self) -> dict[str, Any] | None:
        """Return what was saved under the same key, None where there is no such file.

        Raises
        ------
        HandbookError
            The file is damaged.
        """
        if not self.path.exists():
            return None
        try:
            with safe_open(self.path, framework="pt") as file:
                about = file.metadata() or {}
                if about.get("key") != self.key:
                    return None
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                found: dict[str, Any] = _whole(json.loads(about["state"]), tensors)
                return found
        except (SafetensorError, KeyError, ValueError) as error:
            raise HandbookError(
                f"{self.path}: not a whole checkpoint ({error}); delete it, and the training "
                "starts anew"
            ) from error

    def remove(self) -> None:
        """Delete the file: the training has ended."""
        self.path.unlink(missing_ok=True)


def _flat(value: Any, place: str, tensors: dict[str, Tensor]) -> Any:
    """Return `value` as JSON can say it; its tensors go to `tensors`, by their place."""
    if isinstance(value, Tensor):
        # safetensors refuses views into shared memory
        tensors[place] = value.detach().cpu().clone().contiguous()
        return _TENSOR + place
    if isinstance(value, Mapping):
        # JSON knows no whole numbers as keys, and optimizers number their parameters
        return {
            "items": [
                [key, _flat(inner, f"{place}/{key}", tensors)] for key, inner in value.items()
            ]
        }
    if isinstance(value, list | tuple):
        return [_flat(inner, f"{place}/{at}", tensors) for at, inner in enumerate(value)]
    return value


def _whole(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    if isinstance(value, dict):
        return {key: _whole(inner, tensors) for key, inner in value["items"]}
    if isinstance(value, list):
        return [_whole(inner, tensors) for inner in value]
    if isinstance(value, str) and value.startswith(_TENSOR):
        return tensors[value.removeprefix(_TENSOR)]
    return value
