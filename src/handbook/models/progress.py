"""Progress of a training, for estimators without the trainer of networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, cast

__all__ = ["ProgressMixin"]

_Callback = Callable[[dict[str, float]], None]


class ProgressMixin:
    """Mixin of estimators that pass numbers to a callback while they are fitted."""

    _progress: _Callback | None = None

    def set_progress(self, progress: _Callback | None) -> Self:
        """Set a callback for the numbers of each epoch; None removes it.

        It is not a parameter: clones and saved models do not keep it.
        """
        self._progress = progress
        return self

    def __getstate__(self) -> dict[str, Any]:
        state = dict(cast(dict[str, Any], super().__getstate__()))
        state.pop("_progress", None)
        return state
