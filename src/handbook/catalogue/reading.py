"""Reads `params.yaml`, complains of what is wrong in it, and describes it as a schema.

`overrides.yaml` beside it replaces values of it: DVC, which does not keep the layout of a file
that it changes, may write there (``dvc exp run -S overrides.yaml:+seed=1``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from handbook.catalogue import checks, devices, file, strict_yaml
from handbook.catalogue.params import EMPTY, Params
from handbook.core.errors import HandbookError, nearest
from handbook.core.files import digest, read_json, write_json
from handbook.data import registry
from handbook.data.declared.data_set import DeclaredDataSet

__all__ = [
    "complain",
    "filled",
    "load",
    "merged",
    "parse",
    "read",
    "read_with",
    "schema",
    "write",
]

# Declared data sets of the catalogues that this process has read.
_declared: dict[str, registry.DataModule] = {}
# Forms that a parameter of a sweep can have; they stand in the place of a fault.
_FORMS = ("list[any]", "Choice")


def load(config: Mapping[str, Any]) -> Params:
    """Check what was read from `params.yaml` and return it typed, with its devices settled.

    Raises
    ------
    HandbookError
        Lists every fault with its place and, for a misspelt name, the nearest valid one.
    """
    params = _typed(config)
    complain(list(checks.faults(params)))
    return devices.settle(params)


def _typed(config: Mapping[str, Any]) -> Params:
    try:
        params = Params.model_validate(dict(config))
    except ValidationError as error:
        complain([_fault(wrong) for wrong in error.errors() if not _is_mapping(wrong)])
        raise
    _register(params)
    return params


def _register(params: Params) -> None:
    """Let the data sets that a catalogue declares be found by their names, the latest of a name.

    Those of another catalogue that this process has read stay: two may be at work together.
    """
    _declared.update(
        {
            name: DeclaredDataSet(name, data.release, data.declared)
            for name, data in params.data.items()
            if data.declared is not None
        }
    )
    registry.declare(_declared)


def complain(faults: Sequence[str]) -> None:
    """Raise one error that lists all faults of the catalogue, where there are some."""
    if faults:
        lines = "\n".join(f"  {fault}" for fault in dict.fromkeys(faults))
        count = len(dict.fromkeys(faults))
        raise HandbookError(f"params.yaml: {count} to mend before any job can run\n{lines}")


def schema() -> dict[str, Any]:
    """Return the JSON schema of `params.yaml`."""
    return Params.model_json_schema()


def _is_mapping(error: Any) -> bool:
    """Whether a value that may be a list is a mapping: then its faults as a mapping matter."""
    return error["loc"][-1:] == _FORMS[:1] and isinstance(error["input"], dict)


def _fault(error: Any) -> str:
    keys = [key for key in error["loc"] if key not in _FORMS]
    where = ".".join(map(str, keys))
    if error["type"] == "extra_forbidden":
        *parents, name = keys
        return f"{where}: unknown key; {nearest(str(name), _keys_at(parents))}"
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        choices = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return f"{where}: {error['input']!r} is not known; {nearest(error['input'], choices)}"
    if error["type"] == "missing":
        if len(keys) > 1:
            return f"{where}: missing; it is required"
        return (
            f"{where}: the section is missing, so that the file may have been cut; where it is "
            f"meant, write {where}: {'null' if EMPTY.get(where, {}) is None else '{}'}, or let a "
            "line of three dots end the file, which YAML allows: then sections may be missing"
        )
    return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}; it is {error['input']!r}"


def _keys_at(parents: list[Any]) -> list[str]:
    """Keys that the typed config knows at a place, found by walking its schema."""
    whole = schema()
    node = whole
    for part in parents:
        node = _resolve(whole, node)
        node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
    return list(_resolve(whole, node).get("properties", {}))


def _resolve(whole: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    for choice in [node, *node.get("anyOf", [])]:
        if "$ref" in choice:
            definition: dict[str, Any] = whole["$defs"][choice["$ref"].rsplit("/", 1)[1]]
            return definition
    return node


def read(path: Path) -> Params:
    """Read a catalogue from a file: YAML, which is checked, or JSON that `write` left checked.

    Beside YAML, `overrides.yaml` is read as well.

    Raises
    ------
    HandbookError
        The file cannot be read, or lists every fault in it.
    """
    if path.suffix == ".json":
        return _typed(read_json(path, made_by="make rebuild"))
    return read_with(path, {})


def read_with(path: Path, overrides: Mapping[str, Any]) -> Params:
    """Read a catalogue of which `overrides.yaml` and a command line replace parts.

    Parameters
    ----------
    path : Path
    overrides : mapping
        What replaces values of the file, or adds to its mappings.

    Raises
    ------
    HandbookError
        As :func:`read`.
    """
    content = filled(strict_yaml.read(path), path.read_text(encoding="utf-8"))
    beside = path.with_name(file.OVERRIDES)
    if beside.is_file():
        content = merged(content, strict_yaml.read(beside))
    return load(merged(content, overrides))


def parse(text: str) -> Params:
    """Check the text of a catalogue, such as one that is about to be written.

    Raises
    ------
    HandbookError
        As :func:`load`.
    """
    return load(filled(yaml.safe_load(text), text))


def filled(content: dict[str, Any], text: str) -> dict[str, Any]:
    """Add the sections that a catalogue leaves out, where its text shows that it was not cut."""
    return EMPTY | content if strict_yaml.is_ended(text) else content


def merged(below: Any, above: Any) -> Any:
    """Return a value with another above it: of two mappings, the entries of both.

    Examples
    --------
    >>> merged({"a": {"b": 1, "c": [2]}}, {"a": {"c": [3]}, "d": 4})
    {'a': {'b': 1, 'c': [3]}, 'd': 4}
    """
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    both = below.keys() & above.keys()
    return {**below, **above, **{key: merged(below[key], above[key]) for key in both}}


def write(params: Params, folder: Path) -> Path:
    """Write a checked catalogue into `folder`, under its own digest, and return its path.

    Jobs read it there: however many runs it has, no argument of a command grows with it, and two
    workflows in one folder never read each other's.
    """
    content = params.model_dump(mode="json")
    path = folder / f"{digest(content)[:16]}.json"
    if path.exists():
        path.touch()  # its last use: old ones are removed
    else:
        write_json(path, content)
    return path
