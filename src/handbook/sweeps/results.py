"""Which sweeps have results, and whether these are of now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from handbook.core.files import digest, read_json, sha256

__all__ = ["found", "sweep_key"]


def sweep_key(spec: Mapping[str, Any], made_by: str) -> str:
    """Return a digest of what a sweep was asked for and of the code that did it."""
    return digest({"spec": dict(spec), "made_by": made_by})


def found(
    folder: Path, declared: Mapping[str, tuple[Mapping[str, Any], Callable[[], str]]]
) -> dict[str, dict[str, str]]:
    """Return the digest of each sweep's record, and what may have changed since.

    Parameters
    ----------
    folder : Path
        Of all sweeps.
    declared : mapping of str to (mapping, callable)
        Spec of each sweep of the catalogue, and what returns the digest of its code.

    Returns
    -------
    dict of str to dict
        ``record``, and ``why`` it is out of date: empty where it is not, or where the sweep was
        given on the command line and nothing is declared that it could be held against.
    """
    told = {}
    for path in sorted(folder.glob("*/sweep.json")):
        if not (path.parent / "index.html").is_file():
            continue  # it is being made, or its drawing failed
        name, why = path.parent.name, ""
        if name in declared:
            record, (spec, made_by) = read_json(path), declared[name]
            if record["spec"] != spec:
                why = "params.yaml asks for something else by now"
            elif record["key"] != sweep_key(spec, made_by()):
                why = "code or versions have changed since"
        told[name] = {"record": sha256(path)[:16], "why": why}
    return told
