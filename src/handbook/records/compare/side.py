"""What is compared: a state of the project with all its runs, or a single run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handbook.records.run import RunRecord

__all__ = ["Kind", "Side"]

Kind = Literal["workspace", "revision", "experiment", "run", "mlflow"]


@dataclass(frozen=True)
class Side:
    """One side of a comparison, with its runs by name.

    Parameters
    ----------
    label : str
        The name that the user gave.
    kind : str
    runs : mapping of str to RunRecord
        All runs of a revision, an experiment or the workspace, else one.
    commit : str or None
    note : str
        What is not known of its runs, and how to have it.
    """

    label: str
    kind: Kind
    runs: Mapping[str, RunRecord]
    commit: str | None = None
    note: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is a state of the whole project and no single run."""
        return self.kind in ("workspace", "revision", "experiment")

    @property
    def run(self) -> RunRecord:
        """The run, of a side that is a single one."""
        return next(iter(self.runs.values()))
