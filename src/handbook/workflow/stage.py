"""The stage of `dvc.yaml` that is the whole workflow, held to what the catalogue makes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from handbook.catalogue import file, reading, strict_yaml
from handbook.catalogue.params import Params
from handbook.core.errors import HandbookError
from handbook.core.files import write_text
from handbook.data import raw
from handbook.workflow.manifest import MANIFEST
from handbook.workflow.metadata import STATE

__all__ = ["NAME", "Difference", "difference", "outputs", "write"]

#: Name of the stage.
NAME = "rebuild"

# Every score, in Git and not in the cache of DVC.
_METRICS = "results/metrics.json"
_LISTS = ("catalogue", "comparisons", "runs", "shown", "times", "tracked")
# Keys of the catalogue that decide whether jobs run, or what is done with results, and not what
# comes out.
_NO_PARAMS = {"trusted", "left_out", "promote"}


class Difference(NamedTuple):
    """What a stage and its catalogue do not agree on.

    Parameters
    ----------
    lacking, beyond : tuple of str
        Keys and outputs of the catalogue that the stage does not name, and those of the stage that
        the catalogue does not have.
    """

    lacking: tuple[str, ...]
    beyond: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in a line; empty where both agree."""
        parts = [("lacks", self.lacking), ("has of no use", self.beyond)]
        return "; ".join(f"{verb} {', '.join(names)}" for verb, names in parts if names)


def outputs(params: Params) -> list[str]:
    """Return what a rebuild makes, one line a data set so that each can be pulled alone."""
    releases = {name: params.release(name) for name in params.data_sets()}
    folders_of_raw = dict.fromkeys(
        raw.folder(name, release) for name, release in releases.items() if raw.pins(name, release)
    )
    made = {
        "data": params.data,
        "models": params.models,
        "judges": params.judges,
        "cv": any(params.folded(run) for run in params.runs()),
        "intervals": params.gauged(),
        "watch": params.rehearsed(),
        "backtests": params.backtests,
        "labs": params.labs,
        "claims": params.claims,
        "report": True,
        "diagnose": params.diagnosed(),
        "bias-variance": params.bias_variance,
        "seeds": params.reseeded(),
        "side-by-side": params.side_by_side,
        "sweeps": True,  # the list of those that have results
    }
    folders = [f"results/{name}" for name, has_some in made.items() if has_some]
    lists = [f"results/{name}.json" for name in _LISTS]
    return [*folders_of_raw, *folders, *lists, str(STATE / "metadata"), str(MANIFEST), _METRICS]


def difference(path: Path, catalogue: Path) -> Difference:
    """Hold the stage of a file to the catalogue beside it.

    Raises
    ------
    HandbookError
        One of the two cannot be read, or there is no such stage.
    """
    stage = _stage(path, YAML().load(path.read_text(encoding="utf-8")))
    own = [*_names(stage.get("params") or []), *_names(stage.get("outs") or [])]
    wanted = [*_keys(catalogue), *outputs(reading.read(catalogue))]
    lacking = tuple(name for name in wanted if name not in own)
    return Difference(lacking, tuple(name for name in own if name not in wanted))


def write(path: Path, catalogue: Path) -> None:
    """Let the stage of a file name what the catalogue beside it has and makes; all else stays.

    Raises
    ------
    HandbookError
        As :func:`difference`; the file is not changed.
    """
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    document = yaml.load(path.read_text(encoding="utf-8"))
    stage = _stage(path, document)
    stage["params"] = [*_keys(catalogue)[:-1], {file.OVERRIDES: None}]
    stage["outs"] = _updated(stage.get("outs") or CommentedSeq(), outputs(reading.read(catalogue)))
    stream = io.StringIO()
    yaml.dump(document, stream)
    write_text(path, stream.getvalue())


def _updated(outs: CommentedSeq, names: Sequence[str]) -> CommentedSeq:
    """Return a list of outputs that names these and no others; those that stay keep comments."""
    for position in reversed(range(len(outs))):
        if _names([outs[position]])[0] not in names:
            del outs[position]
    there = _names(outs)
    for position, name in enumerate(names):
        if name not in there:
            outs.insert(position, _kept(name))
    return outs


def _kept(name: str) -> CommentedMap:
    """Return an output that stays where a rebuild begins, since Snakemake goes on with it."""
    settings = CommentedMap({"cache": False} if name == _METRICS else {}) | {"persist": True}
    settings.fa.set_flow_style()
    return CommentedMap({name: settings})


def _keys(catalogue: Path) -> list[str]:
    keys = [key for key in strict_yaml.read(catalogue) if key not in _NO_PARAMS]
    return [*keys, file.OVERRIDES]


def _names(entries: Sequence[Any]) -> list[str]:
    return [next(iter(entry)) if isinstance(entry, dict) else str(entry) for entry in entries]


def _stage(path: Path, document: Any) -> Any:
    try:
        return document["stages"][NAME]
    except (KeyError, TypeError):
        raise HandbookError(
            f"{path}: has no stage {NAME!r}, as that of `handbook init` has"
        ) from None
