"""The subcommands of `handbook`, a module a kind of caller.

Each module has a function ``add(command)`` that adds its subcommands; each subcommand is a function
that parses, calls and reports. Heavy libraries are imported inside it, so that a job pays for its
own imports only.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

__all__ = ["Arguments", "Command", "Say", "bring_in", "mlflow_store", "read_catalogue", "takes"]

Arguments = argparse.Namespace
Say = Callable[[str], None]


class Command(Protocol):
    """Adds the subcommand that is named as its function is, and returns its parser."""

    def __call__(
        self, call: Callable[[Arguments, Say], None], about: str, *, warm: bool = False
    ) -> argparse.ArgumentParser:
        """Add one; `warm`: it imports so much that it forks from a server that has it all."""


def takes(added: argparse.ArgumentParser, **kinds: Any) -> None:
    """Add options that must be given; a list's only item is the kind of each of any number.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> takes(parser, spec=int, figures=[str])
    >>> given = parser.parse_args(["--spec", "1"])
    >>> given.spec, given.figures
    (1, [])
    """
    for name, kind in kinds.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(kind, list):
            added.add_argument(option, type=kind[0], nargs="*", default=[])
        else:
            added.add_argument(option, type=kind, required=True)


def read_catalogue(path: Path) -> Any:
    """Read what the last run of the pipeline showed of `params.yaml`."""
    from handbook.core.files import read_json

    return read_json(path, made_by="make rebuild")


def bring_in(
    say: Say, *, catalogue: Path, results: Path, logs: Path, output: Path, failed_only: bool = False
) -> str:
    """Track runs and sweeps in the store that MLflow's own variable names; return its address."""
    from handbook.records.tracking.sweeps import track_sweeps
    from handbook.records.tracking.tracker import track

    store, artifacts = mlflow_store()
    track(
        results,
        read_catalogue(catalogue),
        logs=logs,
        store_uri=store,
        artifacts=artifacts,
        output=output,
        failed_only=failed_only,
        say=say,
    )
    if not failed_only:
        found = sorted((results / "sweeps").glob("*/sweep.json"))
        track_sweeps(found, store_uri=store, artifacts=artifacts, say=say)
    return store


def mlflow_store() -> tuple[str, Path]:
    """Return MLflow's store, which its own variable may name, and the folder for its files."""
    store = os.environ.get("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    if not store.startswith("sqlite:///"):
        return store, Path("mlartifacts")
    # Figures and models lie beside the store, wherever it is.
    return store, Path(store.removeprefix("sqlite:///")).parent / "mlartifacts"
