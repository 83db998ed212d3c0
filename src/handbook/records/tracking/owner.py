"""Who is logging a run, and until when nobody else may take it for one that was interrupted."""

from __future__ import annotations

import platform
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from handbook.core.files import digest

__all__ = ["LEASE_S", "Lease", "is_abandoned"]

_OWNER, _UNTIL = "tracking.owner", "tracking.until"

#: For how long a run that is being logged is left alone by others, in seconds.
LEASE_S = 600.0


class Lease:
    """Marks runs that are being logged with their owner, and renews that while it lasts.

    Who owns a run is a folder of a machine: one process at a time tracks there.

    Parameters
    ----------
    client : MlflowClient
    folder : Path
    """

    def __init__(self, client: MlflowClient, folder: Path) -> None:
        self.client = client
        machine = {"name": platform.node(), "address": uuid.getnode()}
        self.owner = digest(machine | {"folder": str(folder.resolve())})[:16]
        self._held: set[str] = set()
        self._ended = threading.Event()

    def tags(self) -> dict[str, str]:
        """Return what marks a run that is begun now."""
        return {_OWNER: self.owner, _UNTIL: _until()}

    def has(self, tags: Mapping[str, str]) -> bool:
        """Tell whether a run is of this owner."""
        return tags.get(_OWNER) == self.owner

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew the runs that are being logged, until the end of the context."""
        renewal = threading.Thread(target=self._renew, daemon=True)
        renewal.start()
        try:
            yield
        finally:
            self._ended.set()
            renewal.join()

    @contextmanager
    def of(self, run_id: str) -> Iterator[None]:
        """Hold a run, until the end of the context."""
        self._held.add(run_id)
        try:
            yield
        finally:
            self._held.discard(run_id)

    def _renew(self) -> None:
        while not self._ended.wait(LEASE_S / 3):
            for run_id in list(self._held):
                with suppress(MlflowException):  # who logs it sees the same, and says so
                    self.client.set_tag(run_id, _UNTIL, _until())


def is_abandoned(tags: Mapping[str, str], lease: Lease, shared: bool) -> bool:
    """Tell whether nobody is logging a run that is RUNNING.

    Parameters
    ----------
    tags : mapping of str to str
        Of the run.
    lease : Lease
    shared : bool
        Whether other processes may be logging: where not, nobody is.
    """
    if not shared or lease.has(tags):
        return True
    return float(tags.get(_UNTIL, 0.0)) < time.time()


def _until() -> str:
    return f"{time.time() + LEASE_S:.0f}"
