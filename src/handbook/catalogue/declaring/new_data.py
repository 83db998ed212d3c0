"""Put a data set of one's own into the catalogue: look, decide, try, and only then write."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handbook.catalogue import names, reading
from handbook.catalogue.declaring import pictures, placing, tables, texts
from handbook.catalogue.declaring.files import data_set_name, file_name, kind_of
from handbook.catalogue.declaring.proposal import Options, Proposal
from handbook.catalogue.insertion import with_entries
from handbook.catalogue.params import Params
from handbook.core.errors import HandbookError, nearest
from handbook.data import raw, registry
from handbook.data.declared.data_set import DeclaredDataSet
from handbook.data.declared.declaration import Declaration

__all__ = ["NewData", "add"]

#: Models that are usual for a task, by the kind of the rows; those of the catalogue are taken.
_USUAL = {
    ("table", "classification"): (
        *("logistic-regression", "knn-classifier", "decision-tree-classifier"),
        "random-forest-classifier",
    ),
    ("table", "regression"): (
        *("ridge", "knn-regressor", "decision-tree-regressor", "random-forest-regressor"),
    ),
    ("table", "outliers"): ("isolation-forest", "local-outlier-factor"),
    ("images", "classification"): ("lenet", "cnn"),
    ("text", "language"): ("char-ngram",),
}
_HANDFUL = 4


@dataclass(frozen=True)
class NewData:
    """A data set to put into the catalogue.

    Parameters
    ----------
    paths : sequence of Path
        A file, several of one text or of IDX, or a folder of images.
    options : Options
    name, title, release : str
        Empty to take them from the name of the file.
    models : sequence of str
        Models that are to learn from it; none for the usual ones of its task.
    test_size : float
    about : mapping of str to str
        Licence, homepage, citation and notes, where there are some.
    replace : bool
        Whether it may stand for a data set of that name that was put there before.
    """

    paths: Sequence[Path]
    options: Options
    name: str = ""
    title: str = ""
    release: str = "v1"
    models: Sequence[str] = ()
    test_size: float = 0.2
    about: Mapping[str, str] | None = None
    replace: bool = False


def add(new: NewData, path: Path) -> Iterator[str]:
    """Look at a data set, pin its files below ``data/raw`` and write its entry.

    Parameters
    ----------
    new : NewData
    path : Path
        The catalogue; ``data/raw`` lies beside it.

    Yields
    ------
    str
        What was decided, and what to do next.

    Raises
    ------
    HandbookError
        It cannot be used as it is, or the catalogue would not be valid; nothing is changed.
    """
    reading.read(path)  # names what is wrong with it already
    before = reading.parse(path.read_text(encoding="utf-8"))
    root = path.parent
    name = new.name or data_set_name(new.paths[0])
    _check_name(name, before, new, root)
    for file in new.paths:
        if not file.exists():
            raise HandbookError(f"{file}: there is no such file")
    (root / raw.FOLDER).mkdir(parents=True, exist_ok=True)
    # beside its last folder, so that a rename puts it there whole
    with tempfile.TemporaryDirectory(dir=root / raw.FOLDER, prefix=f".{name}-") as staged:
        proposal = _proposed(new, Path(staged))
        declared = _declaration(new, name, proposal, Path(staged))
        task = declared.tasks[0] if new.options.task != "outliers" else "outliers"
        models = _models(before, declared.kind, task, new)
        _try(name, new, declared, Path(staged))
        text = _edited(path, before, name, new, declared, models)
        placing.put(Path(staged), root / raw.FOLDER / name, path, text)
    yield from proposal.decisions
    yield from _written(name, declared, models, task, path)


def _check_name(name: str, before: Params, new: NewData, root: Path) -> None:
    """Refuse a name that is taken, or that cannot be one of a folder."""
    if faults := list(names.faults("--name", [name])):
        raise HandbookError(faults[0])
    if new.release == raw.SAMPLE:
        raise HandbookError(f"--release: {raw.SAMPLE!r} is that of generated data; name another")
    if name in registry.names():
        raise HandbookError(f"{name!r} is a data set of this project; give another --name")
    entry = before.data.get(name)
    if entry is not None and not new.replace:
        raise HandbookError(
            f"params.yaml: data.{name} is there already; --replace puts this file and its schema "
            "in the place of the other, --name gives it another name"
        )
    if entry is None and (root / raw.FOLDER / name).exists():
        raise HandbookError(
            f"{root / raw.FOLDER / name}: is there already, and no data set of this name; remove "
            "it, or give another --name"
        )


def _proposed(new: NewData, staged: Path) -> Proposal:
    """Look at the files by what they are, once they lie where they can be read."""
    first = new.paths[0]
    if first.is_dir():
        packed = staged / f"{data_set_name(first)}.zip"
        pictures.pack(first, packed)
        return pictures.zip_file(packed, packed.name, new.options)
    copies = []
    for path in new.paths:
        copies.append(staged / file_name(path))
        shutil.copyfile(path, copies[-1])
    kind = kind_of(first, table=bool(new.options.target))
    if kind in ("table", "zip", "npz") and len(copies) > 1:
        raise HandbookError(
            f"{first}: one file at a time; several are read of texts and of IDX alone"
        )
    try:
        if kind == "table":
            return tables.propose(copies[0], copies[0].name, new.options)
        if kind == "zip":
            return pictures.zip_file(copies[0], copies[0].name, new.options)
        if kind == "npz":
            return pictures.npz_file(copies[0], copies[0].name, new.options)
        if kind == "idx":
            return pictures.idx_files(copies, [path.name for path in copies], new.options)
        return texts.propose({path.name: path for path in copies}, new.options)
    except HandbookError as error:  # which names the copy
        message = str(error)
        for copy, path in zip(copies, new.paths, strict=True):
            message = message.replace(str(copy), str(path))
        raise HandbookError(message) from None


def _declaration(new: NewData, name: str, proposal: Proposal, staged: Path) -> Declaration:
    """Return what the catalogue says of the data set, its files pinned."""
    files = []
    for file in proposal.files:
        with (staged / file).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        files.append({"name": file, "size": (staged / file).stat().st_size, "sha256": digest})
    title = new.title or name.replace("-", " ").capitalize()
    about = {key: text for key, text in (new.about or {}).items() if text}
    return Declaration.model_validate({"title": title, "files": files, **about, **proposal.content})


def _try(name: str, new: NewData, declared: Declaration, staged: Path) -> None:
    """Load, split and check the rows as the workflow will, and draw a sample.

    Raises
    ------
    HandbookError
        Something does not hold, which would stop the workflow later.
    """
    from handbook.data.prepare import prepare
    from handbook.data.validate import validate

    own = DeclaredDataSet(name, new.release, declared)
    registry.declare({name: own})
    for release, rows in ((new.release, own.load(staged, new.release)), ("sample", own.sample(0))):
        train, test, _ = prepare(rows, 0, new.test_size)
        failed = [
            f"{entry['meaning']} ({entry['observed']})"
            for entry in validate(name, release, train, test)["expectations"]
            if not entry["success"]
        ]
        if failed:
            raise HandbookError(
                f"{name}: what was proposed does not hold of the {release} rows: "
                f"{'; '.join(failed)}"
            )


def _models(before: Params, kind: str, task: str, new: NewData) -> list[str]:
    """Return the models that are to learn from the data set: those asked for, or the usual ones."""
    fitting = [
        key
        for key, model in before.models.items()
        if model.task == task and kind in {registry.module(data).KIND for data in model.data}
    ]
    for model in new.models:
        if model not in before.models:
            raise HandbookError(f"--models {model}: {nearest(model, before.models)}")
        if model not in fitting:
            raise HandbookError(
                f"--models {model}: does {before.models[model].task}, and this is for {task} on "
                f"{kind}: {', '.join(fitting) or 'no model does that'}"
            )
    usual = _USUAL.get((kind, task), ())
    all_there = bool(usual) and set(usual) <= set(fitting)
    return list(new.models) or (list(usual) if all_there else fitting[:_HANDFUL])


def _edited(
    path: Path,
    before: Params,
    name: str,
    new: NewData,
    declared: Declaration,
    models: Sequence[str],
) -> str:
    """Return the text of the catalogue with the data set, checked as every command will."""
    entry: dict[str, Any] = {"release": new.release, "test_size": new.test_size}
    if name in before.data:
        old = before.data[name].model_dump(exclude_defaults=True, exclude={"declared"})
        entry = old | entry
    entry["declared"] = declared.model_dump(mode="json", exclude_defaults=True)
    entries: dict[tuple[str, ...], dict[str, Any]] = {("data",): {name: entry}}
    for model in models:
        data = before.models[model].data
        if name not in data:
            entries["models", model] = {"data": [*data, name]}
    edited = with_entries(path.read_text(encoding="utf-8"), entries, depth=3)
    reading.parse(edited)
    return edited


def _written(
    name: str, declared: Declaration, models: Sequence[str], task: str, path: Path
) -> Iterator[str]:
    """Say what stands where now, and what to do next."""
    sizes = ", ".join(f"{file.name} ({file.size:,} bytes)" for file in declared.files)
    yield f"{path.parent / raw.FOLDER / name}: {sizes}, pinned by SHA-256"
    if not models:
        yield f"{path}: data.{name}; no model of the catalogue does {task} on such rows"
        return
    yield f"{path}: data.{name}, and {name} among the data of {', '.join(models)}"
    yield f"next: handbook run {name}"
