"""Brings the code, the parameters and the data of a recorded run together in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from handbook.core.columns import shortened
from handbook.core.errors import HandbookError
from handbook.data import registry
from handbook.records.compare.told import Told
from handbook.records.git import Git
from handbook.records.sources import Sources, path_of
from handbook.workflow import provenance

__all__ = ["catalogue_of", "mirror_for", "restore"]


def restore(told: Told, root: Path, folder: Path) -> list[str]:
    """Check the run's commit out into `folder` and make its code and parameters the recorded ones.

    Parameters
    ----------
    told : Told
        With a record and the commit it was made from.
    root : Path
        This project; nothing in it is changed.
    folder : Path
        Does not exist yet.

    Returns
    -------
    list of str
        What was found, for people: above all whether the code is the recorded one.

    Raises
    ------
    HandbookError
        The record names no commit, or one that this repository does not have.
    """
    git = Git.around(root)
    commit = told.context.get("commit")
    if git is None or not commit:
        raise HandbookError(
            f"{told.name}: its record names no commit, so its code is not known: it was made "
            "outside of a git repository; train it again inside of one"
        )
    if git.commit(commit) is None:
        raise HandbookError(
            f"{told.name}: it was made from commit {commit[:12]}, which this repository does not "
            "have; `git fetch --all` may bring it"
        )
    git.clone(folder, commit)
    said = [_code(told, root, folder)]
    params = folder / "params.yaml"
    whole = yaml.safe_load(params.read_text(encoding="utf-8"))
    mine = catalogue_of(told.record, whole, str(told.context.get("tier") or "standard"))
    params.write_text(yaml.safe_dump(mine, sort_keys=False), encoding="utf-8")
    return said


def _code(told: Told, root: Path, folder: Path) -> str:
    """Hold each module against the record, and bring those that differ from elsewhere."""
    commit, dirty = str(told.context["commit"])[:12], told.context.get("dirty")
    sources = Sources(root)
    found, lost = [], []
    for module, digest in told.record["code"].items():
        path = _file(folder, module)
        if path.exists() and provenance.code_digest(path.read_bytes()) == digest:
            continue
        source = sources.find(module, digest)
        if source is None:
            lost.append(path_of(module))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source)
            found.append(path_of(module))
    state = f"commit {commit}"
    if dirty:
        state += (
            ", with changes that were not committed then: of these the record knows the digests of "
            "the modules alone"
        )
    if not found and not lost:
        return f"code: {state}; every module that the run imports is as recorded"
    parts = [f"code: {state}"]
    if found:
        parts.append(f"brought from elsewhere in the history, as recorded: {shortened(found)}")
    if lost:
        parts.append(
            f"in no commit, so that the commit's own stands in, and results may differ by it: "
            f"{shortened(lost)}"
        )
    return "; ".join(parts)


def _file(folder: Path, module: str) -> Path:
    path = folder / "src" / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def catalogue_of(record: Mapping[str, Any], whole: Mapping[str, Any], tier: str) -> dict[str, Any]:
    """Return a catalogue that asks for one recorded run and nothing else.

    Parameters
    ----------
    record : mapping
        Content of ``run.json``.
    whole : mapping
        The catalogue of the run's commit: what the record does not say is taken from there.
    tier : str
        Which tier was asked for.

    Examples
    --------
    >>> record = {"model": "ridge", "data": "diabetes", "variant": "book", "task": "regression",
    ...     "seed": 7, "threads": 1, "estimator": "sklearn.linear_model.Ridge",
    ...     "params": {"alpha": 2}, "search": None, "data_variant": "bundled"}
    >>> whole = {"seed": 42, "models": {}, "data": {"diabetes": {"release": "bundled"}}}
    >>> catalogue_of(record, whole, "standard")["models"]["ridge"]["variants"]
    {'book': {'params': {'alpha': 2}}}
    """
    model, data = record["model"], record["data"]
    own = whole["models"].get(model, {})
    kept = ("params", "preprocess", "search", "threshold", "fit_rows")
    variant = {key: record[key] for key in kept if record.get(key) is not None}
    sample = record["data_variant"] == "sample"
    entry = dict(whole["data"][data])
    if not sample:
        entry["release"] = record["data_variant"]
    mine = {
        "seed": record["seed"],
        "tier": tier,
        "data_source": "sample" if sample else "real",
        "crossval": whole.get("crossval", {}),
        "data": {data: entry},
        "models": {
            model: {
                "title": own.get("title", model),
                "section": own.get("section", ""),
                "task": record["task"],
                "data": [data],
                "estimator": record["estimator"],
                "threads": record["threads"],
                "variants": {record["variant"]: variant},
            }
        },
        "labs": {},
    }
    judge = whole.get("judges", {}).get(data)
    if judge and record.get("judge"):
        mine["judges"] = {data: judge}
        mine["models"][model]["variants"][record["variant"]]["crossval"] = False
    return mine


def mirror_for(record: Mapping[str, Any], root: Path, commit: str, folder: Path) -> str | None:
    """Return where the raw files of a run are at hand, in the form of a mirror.

    They are those of the working tree, else DVC's of the run's commit. Whatever they are, they
    are used only if they have the pinned digests. None: where acquisition looks anyway.
    """
    source = registry.module(record["data"]).SOURCES.get(record["data_variant"])
    if source is None or not source.files:
        return None
    here = root.resolve() / "data" / "raw"
    if (here / source.folder).is_dir():
        return str(here)
    from handbook.records.pulled import ABSENT, Pulled  # DVC takes a second to import

    try:
        Pulled(root, commit).copy(f"data/raw/{source.folder}", folder / source.folder)
    except ABSENT:
        return None
    return str(folder)
