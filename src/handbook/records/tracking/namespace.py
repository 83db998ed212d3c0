"""What is ours in a store that has other users: by name and by tag, and nothing else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from handbook.core.errors import HandbookError

__all__ = ["OURS", "VARIABLE", "Namespace"]

#: Environment variable: what stands before the names of experiments and registered models.
VARIABLE = "HANDBOOK_MLFLOW_NAMESPACE"
_USUAL = "handbook"

#: The tag of our experiments and registered models.
OURS = {"project": "handbook"}


@dataclass(frozen=True)
class Namespace:
    """Names of experiments and registered models.

    Parameters
    ----------
    prefix : str
        Empty in a store of one's own, whose experiments have the names of data sets.

    Examples
    --------
    >>> team = Namespace("handbook")
    >>> team.experiment("iris"), team.model("iris")
    ('handbook/iris', 'handbook.iris')
    >>> team.name_of("handbook.iris"), team.name_of("iris")
    ('iris', None)
    """

    prefix: str = ""

    @classmethod
    def of(cls, shared: bool, given: Mapping[str, str] = os.environ) -> Self:
        """Return the namespace of a store: what its variable says, else the usual one."""
        prefix = given.get(VARIABLE) or (_USUAL if shared else "")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", prefix):
            raise HandbookError(
                f"{VARIABLE}={prefix!r}: letters, digits, '-' and '_' alone can begin the names of "
                f"experiments and registered models; name another, such as {_USUAL}"
            )
        return cls(prefix)

    def experiment(self, data: str) -> str:
        """Return the name of a data set's experiment."""
        return f"{self.prefix}/{data}" if self.prefix else data

    def model(self, name: str) -> str:
        """Return the name of a registered model; MLflow allows no stroke in one."""
        return f"{self.prefix}.{name}" if self.prefix else name

    def name_of(self, registered: str) -> str | None:
        """Return what :meth:`model` made a name of, None for one of others."""
        if not self.prefix:
            return registered
        start = self.model("")
        return registered.removeprefix(start) if registered.startswith(start) else None

    def has_model(self, registered: Any) -> bool:
        """Tell whether a registered model is ours, by its name and its tag."""
        return self.name_of(registered.name) is not None and (
            OURS.items() <= registered.tags.items()
        )
