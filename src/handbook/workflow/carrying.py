"""Results on another machine that shares no folder with this one: sent and fetched by rsync.

What travels is what a run goes on from: results with the records of what made them, the digests of
what they hold, raw data, logs and the states of trainings that were interrupted. Each file arrives
whole or not at all, with its time, which the records name.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from handbook.core.errors import HandbookError
from handbook.workflow.manifest import MANIFEST
from handbook.workflow.metadata import STATE

__all__ = ["fetch", "require_local", "send"]

#: What was replaced by what arrived, below the folder where it did.
REPLACED = STATE / "replaced"

# Records come first, since rsync goes by the alphabet: where the rest is missing, a run makes it,
# and a result that arrived without its record would bar the way.
_CARRIED = (
    *(STATE / name for name in ("incomplete", "metadata")),
    *(MANIFEST, Path("data/raw"), Path("logs"), Path("results")),
)
# Seconds without a byte after which the other side counts as gone.
_SILENCE_S = 60

_BROKEN, _SSH = 12, 255
_UNSAID = {11: "a file could not be written there, as at `No space left on device`"}
# What SSH says where it does not come through, which rsync may take for a stream that broke.
_REFUSED = re.compile(r"verification failed|Permission denied|resolve hostname|refused")
_REMEDIES = {
    11: "free some room there",
    _BROKEN: "see to the connection, to the room there, and that rsync is installed there too",
    23: "see to the folder named above",
    30: "see to the connection",
    _SSH: "see to the address, to the key (ssh-copy-id) and to the host's key (ssh-keyscan)",
}


def require_local(provider: str | None) -> None:
    """Raise an error where Snakemake is told to keep results in a storage provider.

    Parameters
    ----------
    provider : str or None
        Snakemake's setting ``default-storage-provider``.
    """
    if provider is not None:
        raise HandbookError(
            f"--default-storage-provider {provider}: results lie in this folder, where jobs read "
            "them and each run compares them with their records, which no provider carries; run "
            "without it, and `handbook send` and `handbook fetch` take results and records to "
            "another machine (docs/scale.md)"
        )


def send(workdir: Path, address: str) -> str:
    """Make another folder hold the results of this one; return what was done.

    Parameters
    ----------
    workdir : Path
        The folder that the workflow runs in.
    address : str
        ``host:folder`` as ssh takes it, or a folder of this machine.

    Raises
    ------
    HandbookError
        rsync is missing or could not do it. What arrived is whole.
    """
    return _carry(f"{workdir}/", _folder(address), f"sending to {address}")


def fetch(workdir: Path, address: str) -> str:
    """Make this folder hold the results of another one; return what was done.

    Parameters as those of :func:`send`.
    """
    return _carry(_folder(address), f"{workdir}/", f"fetching from {address}")


def _folder(address: str) -> str:
    return address if address.endswith("/") else f"{address}/"


def _carry(source: str, target: str, doing: str) -> str:
    if shutil.which("rsync") is None:
        raise HandbookError("rsync is not installed: apt-get install rsync, here and there")
    command = [
        *("rsync", "--archive", "--mkpath", "--stats", "--timeout", str(_SILENCE_S)),
        # a file that the source has no longer would be a result without a record
        *("--delete-delay", "--backup", f"--backup-dir={REPLACED}"),
        *_filters(),
        *(source, target),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        # What the other side says last may be lost with the connection.
        reason = " ".join(done.stderr.split())[:400] or _UNSAID.get(done.returncode, "")
        refused = done.returncode == _BROKEN and _REFUSED.search(done.stderr)
        status = _SSH if refused else done.returncode
        remedy = _REMEDIES.get(status, "mend that")
        raise HandbookError(
            f"{doing}: {reason}: {remedy}; what has arrived is whole, and the same command goes on"
        )
    return f"{doing}: {_figures(done.stdout)}"


def _filters() -> list[str]:
    """Return the options that let pass what is carried, and nothing else."""
    folders = {parent for path in _CARRIED for parent in path.parents if parent != Path()}
    return [
        *(f"--include=/{folder}/" for folder in sorted(folders)),
        *(f"--include=/{path}" for path in _CARRIED),
        *(f"--include=/{path}/**" for path in _CARRIED),
        "--exclude=*",
    ]


def _figures(statistics: str) -> str:
    """Return the counts that rsync ends with, in words."""
    values = dict(line.partition(": ")[::2] for line in statistics.splitlines())
    files = values["Number of regular files transferred"]
    return f"{files} files, {values['Total transferred file size']}"
