"""Progress of a training, passed to a callback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self, cast

__all__ = ["ProgressMixin"]

_Callback = Callable[[dict[str, float]], None]


class ProgressMixin:
    """Mixin of estimators that pass numbers to a callback while they are fitted."""

    #: Attributes that are neither parameters nor learned: clones and saved models lack them.
    _transient: ClassVar[tuple[str, ...]] = ("_progress",)

    def set_progress(self, progress: _Callback | None) -> Self:
        """Set a callback for the numbers of each epoch; None removes it.

        It is not a parameter: clones and saved models do not keep it.
        """
        self._progress: _Callback | None = progress
        return self

    def __getstate__(self) -> dict[str, Any]:
        state = cast(dict[str, Any], super().__getstate__())
        return {name: value for name, value in state.items() if name not in self._transient}
