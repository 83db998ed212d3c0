"""Restores the code, the parameters and the data of a recorded run in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from handbook.catalogue.checks import untrusted
from handbook.catalogue.file import OVERRIDES
from handbook.catalogue.params import EMPTY
from handbook.catalogue.reading import filled
from handbook.core.columns import shortened
from handbook.core.errors import HandbookError
from handbook.data import registry
from handbook.data.declared.data_set import DeclaredDataSet
from handbook.data.declared.declaration import Declaration
from handbook.data.raw import SAMPLE
from handbook.records.git import Git
from handbook.records.run import RunFile, RunRecord
from handbook.records.sources import Sources, path_of
from handbook.training.spec import RunSpec
from handbook.workflow import own_modules, provenance, rules

__all__ = ["catalogue_of", "mirror_for", "restore"]


def restore(recorded: RunRecord, root: Path, folder: Path) -> str:
    """Check the run's commit out into `folder` and make its code and parameters the recorded ones.

    Parameters
    ----------
    recorded : RunRecord
        Its context holds the commit that it was made from.
    root : Path
        This project; nothing in it is changed.
    folder : Path
        Does not exist yet.

    Returns
    -------
    str
        Whether the code is the recorded one, as a sentence.

    Raises
    ------
    HandbookError
        The record names no commit, or one that this repository does not have.
    """
    git = Git.around(root)
    commit = recorded.context.get("commit")
    if git is None or not commit:
        raise HandbookError(
            f"{recorded.name}: its record names no commit, so its code is not known: it was made "
            "outside of a git repository; train it again inside of one"
        )
    if git.commit(commit) is None:
        raise HandbookError(
            f"{recorded.name}: it was made from commit {commit[:12]}, which this repository does "
            "not have; `git fetch --all` may bring it"
        )
    git.clone(folder, commit)
    if not (folder / "src" / "handbook").is_dir():  # of a project that uses the installed package
        rules.copy_package(folder / "src")
    code = _code(recorded, root, folder)
    params = folder / "params.yaml"
    text = params.read_text(encoding="utf-8")
    whole = filled(yaml.safe_load(text), text)
    mine = catalogue_of(recorded.run, whole, str(recorded.context.get("tier") or "standard"))
    params.write_text(yaml.safe_dump(mine, sort_keys=False), encoding="utf-8")
    (folder / OVERRIDES).unlink(missing_ok=True)  # the record says all
    return code


def _code(recorded: RunRecord, root: Path, folder: Path) -> str:
    """Replace modules by the recorded ones where git has them; describe the result."""
    commit, dirty = str(recorded.context["commit"])[:12], recorded.context.get("dirty")
    sources = Sources(root)
    replaced, lost = [], []
    for module, digest in recorded.run["code"].items():
        path = _file(folder, module)
        if path.exists() and provenance.code_digest(path.read_bytes()) == digest:
            continue
        source = sources.find(module, digest)
        if source is None:
            lost.append(path_of(module))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source)
            replaced.append(path_of(module))
    state = f"commit {commit}"
    if dirty:
        state += (
            ", with changes that were not committed then, of which the record holds the modules' "
            "digests alone"
        )
    if not replaced and not lost:
        return f"code: {state}; every module that the run imports is as recorded"
    parts = [f"code: {state}"]
    if replaced:
        parts.append(f"recorded version taken from another commit: {shortened(replaced)}")
    if lost:
        parts.append(
            "recorded version in no commit, this commit's own is used and results may differ: "
            f"{shortened(lost)}"
        )
    return "; ".join(parts)


def _file(folder: Path, module: str) -> Path:
    own = module.split(".")[0] == own_modules.PACKAGE
    path = (folder if own else folder / "src") / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def catalogue_of(record: RunFile, whole: Mapping[str, Any], tier: str) -> dict[str, Any]:
    """Return a catalogue that asks for one recorded run and nothing else.

    Parameters
    ----------
    record : RunFile
    whole : mapping
        The catalogue of the run's commit: what is not in the record is taken from there.
    tier : str
        Which tier was asked for.

    Raises
    ------
    HandbookError
        The record names a class that the catalogue of its commit does not trust.

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
    # Checked here, because the commit's own code may be older than this check.
    own = whole["models"].get(model, {})
    trusted = [*whole.get("trusted", []), *own.get("trusted", [])]
    named = {
        "estimator": {"class": record["estimator"]},
        "params": record["params"],
        "search": record.get("search"),
    }
    for refused in untrusted(f"{model}/{data}/{record['variant']}", named, trusted):
        raise HandbookError(f"the record of {refused}")
    entries = ("model", "data", "variant", "task", "estimator", "threads", "seed")
    settings = {key: record.get(key) for key in RunSpec.recorded() if key not in entries}
    variant = {key: value for key, value in settings.items() if value is not None}
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
    # What else the catalogue of that commit has, empty: code of that time may know no more.
    mine |= {key: empty for key, empty in EMPTY.items() if key in whole}
    mine |= {"trusted": trusted} if trusted else {}
    if "device" in whole:
        # that of the run, whatever this machine has; the judge's is the catalogue's
        mine["device"] = whole["device"]
        own_device = str(record["params"].get("device", "cpu")).partition(":")[0]
        mine["models"][model]["device"] = own_device
    judge = whole.get("judges", {}).get(data)
    if judge and record.get("judge"):
        mine["judges"] = {data: judge}
        mine["models"][model]["variants"][record["variant"]]["crossval"] = False
    return mine


def mirror_for(
    record: RunFile,
    root: Path,
    commit: str,
    folder: Path,
    declared: Mapping[str, Any] | None = None,
) -> str | None:
    """Return a folder that holds the raw files of a run as a mirror does.

    It is that of the working tree, else one that DVC fills from the run's commit; None where
    neither has them. Only files with the pinned digests are ever used. `declared` is what the
    catalogue of that commit says of a data set without a module.
    """
    data, release = record["data"], record["data_variant"]
    module = (
        DeclaredDataSet(data, release, Declaration.model_validate(declared))
        if declared and release != SAMPLE
        else registry.module(data)
    )
    source = module.SOURCES.get(release)
    if source is None or not source.files:
        return None
    here = root.resolve() / "data" / "raw"
    if (here / source.folder).is_dir():
        return str(here)
    from handbook.records.dvc_files import ABSENT, CommitFiles  # DVC takes a second to import

    try:
        CommitFiles(root, commit).copy(f"data/raw/{source.folder}", folder / source.folder)
    except ABSENT:
        return None
    return str(folder)
