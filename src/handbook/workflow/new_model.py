"""A model from anywhere put into `params.yaml`, after it was seen that it can be kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from handbook import tasks
from handbook.catalogue import file, names, reading
from handbook.catalogue.insertion import with_entries
from handbook.catalogue.params import Params, Run
from handbook.catalogue.specs import run_spec
from handbook.core.errors import HandbookError, nearest
from handbook.core.files import write_text
from handbook.data import registry
from handbook.training.classes import load_class, refusal
from handbook.workflow import own_modules, trials

__all__ = ["NewModel", "add"]

_VARIANT = "default"
# Levels of an entry that are written below their keys: the model, its variants, each of them.
_DEPTH = 3
#: By package, what its models need besides to be quiet, to write no files of their own, and to take
#: one core, which is what a job of the workflow has.
_USUAL: dict[str, dict[str, Any]] = {
    "catboost": {"thread_count": 1, "allow_writing_files": False, "verbose": False},
    "lightgbm": {"n_jobs": 1, "verbose": -1},
    "xgboost": {"n_jobs": 1},
}


@dataclass(frozen=True)
class NewModel:
    """What is to be put into the catalogue.

    Parameters
    ----------
    estimator : str
        Import path of a class, or a file of Python that has one.
    data : tuple of str
        Data sets of the catalogue.
    name, title, task : str
        Of the entry; empty for what follows from the class.
    params : mapping
        Constructor arguments.
    """

    estimator: str
    data: tuple[str, ...]
    name: str = ""
    title: str = ""
    task: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def add(new: NewModel, root: Path) -> Iterator[str]:
    """Put a model into `params.yaml`, and its file, where it is one, into the folder `models`.

    Parameters
    ----------
    new : NewModel
    root : Path
        Folder of the project.

    Yields
    ------
    str
        What is decided and done, in order: what is trusted before any of its code runs.

    Raises
    ------
    HandbookError
        It does not fit, or could not be kept once it is trained; nothing is changed.
    """
    path = root / file.usual()
    params = reading.read(path)
    for data in new.data:
        params.data_set(data)  # refuses one that is not there
    placed = None
    try:
        if new.estimator.endswith(".py"):
            placed = _placed(Path(new.estimator), root)
            module = f"{own_modules.PACKAGE}.{Path(new.estimator).stem}"
            if placed is not None:
                yield f"{placed.relative_to(root)}: a copy of {new.estimator}; edit it there"
            yield f"trusted: {module}: its code runs, also where saved models are read"
            own_modules.let_import()
            estimator = _only_class(module)
        else:
            estimator, module = new.estimator, new.estimator.split(".")[0]
            if refusal(estimator) is not None:
                yield f"trusted: {module}: its code runs, also where saved models are read"
        yield from _enter(new, path, params, estimator, module)
    except BaseException:
        if placed is not None:
            placed.unlink(missing_ok=True)
        raise
    if placed is not None:
        _depend(root / "dvc.yaml")


def _placed(source: Path, root: Path) -> Path | None:
    """Copy a file into the folder of one's own modules; None where it lies there already."""
    if not source.is_file():
        raise HandbookError(f"{source}: no such file; give one with a class of an estimator")
    if not source.stem.isidentifier():
        better = re.sub(r"\W", "_", source.stem)
        raise HandbookError(f"{source}: not a name that Python can import; call it {better}.py")
    target = root / own_modules.PACKAGE / source.name
    if target.exists():
        if target.read_bytes() == source.read_bytes():
            return None
        raise HandbookError(
            f"{target}: is there and differs from {source}; edit it there, or give the new file "
            "another name"
        )
    write_text(target, source.read_text(encoding="utf-8"))
    return target


def _only_class(module: str) -> str:
    """Return the import path of the one estimator that a module of one's own defines."""
    import importlib

    try:
        members = vars(importlib.import_module(module))
    except Exception as error:
        raise HandbookError(
            f"{module}: does not import ({type(error).__name__}: {error}); mend the file first"
        ) from error
    public = [
        name
        for name, member in members.items()
        if getattr(member, "__module__", None) == module
        and not name.startswith("_")
        and hasattr(member, "fit")
        and hasattr(member, "get_params")
    ]
    if len(public) != 1:
        has = f"has {', '.join(public)}" if public else "has no class with fit and get_params"
        raise HandbookError(f"{module}: {has}; name one as {module}.<class>")
    return f"{module}.{public[0]}"


def _enter(new: NewModel, path: Path, params: Params, estimator: str, module: str) -> Iterator[str]:
    """Write the entry, once it is known to work."""
    trusted = [module] if refusal(estimator, params.trusted) is not None else []
    estimator_class = load_class(estimator, [*params.trusted, *trusted])
    name = new.name or _hyphenated(estimator_class.__name__)
    if name in params.models:
        raise HandbookError(f"models.{name}: is there already; give --name another")
    reading.complain(list(names.faults("--name", [name])))
    given = {**_USUAL.get(module, {}), **new.params}
    entry: dict[str, Any] = {
        "title": new.title or estimator_class.__name__,
        "task": _task(new, _made(estimator_class, estimator, given, [*params.trusted, *trusted])),
        "data": list(new.data),
        "estimator": estimator,
    }
    entry |= {"trusted": trusted} if trusted else {}
    entry["variants"] = {_VARIANT: {"params": given} if given else {}}

    text = path.read_text(encoding="utf-8")
    edited = with_entries(text, {("models",): {name: entry}}, depth=_DEPTH)
    whole = reading.parse(edited)
    _complain_of(whole, name)
    refused = _tried(whole, name)
    if refused:
        yield f"trusted: {', '.join(refused)}: its saved file holds such objects"
        entry["trusted"] = [*trusted, *refused]
        edited = with_entries(text, {("models",): {name: entry}}, depth=_DEPTH)
    write_text(path, edited)
    yield (
        f"{path.name}: models.{name}: {estimator} for {entry['task']} on {', '.join(new.data)}; a "
        "fit of few generated rows was saved, read back and predicts the same"
    )
    yield f"`handbook run {name}` trains it, measures it and makes its page"


def _made(
    estimator_class: type[Any], path: str, given: Mapping[str, Any], trusted: Sequence[str]
) -> Any:
    from handbook.training.build import faults

    try:
        return estimator_class(**given)
    except (TypeError, ValueError) as error:
        # names the parameter that may be meant
        reading.complain(list(faults(path, tasks.NAMES[0], "table", given, trusted)))
        raise HandbookError(f"{path} cannot be made with these parameters: {error}") from error


def _task(new: NewModel, estimator: Any) -> str:
    """Return the task that a model and all of its data sets serve."""
    from sklearn.utils import get_tags

    kind = get_tags(estimator).estimator_type
    able = [task for task in tasks.NAMES if tasks.ESTIMATOR_TYPES[task] == kind]
    common = [
        task for task in able if all(task in registry.module(data).TASKS for data in new.data)
    ]
    if new.task and new.task not in common:
        raise HandbookError(f"--task {new.task}: {nearest(new.task, common or able)}")
    if not common:
        serve = "; ".join(f"{data} serves {', '.join(registry.module(data).TASKS)}"
                          for data in new.data)  # fmt: skip
        raise HandbookError(
            f"{type(estimator).__name__} is a {kind or 'model of no kind'}, for "
            f"{', '.join(able) or 'no task here'}; {serve}: name other data"
        )
    return new.task or common[0]


def _complain_of(params: Params, name: str) -> None:
    """Raise an error that lists what is wrong with the settings of a new model."""
    from handbook.training.build import faults

    model = params.models[name]
    reading.complain(
        [
            fault
            for data in model.data
            for fault in faults(
                model.estimator,
                model.task,
                registry.module(data).KIND,
                model.variants[_VARIANT].params,
                params.trusts(model),
            )
        ]
    )


def _tried(params: Params, name: str) -> tuple[str, ...]:
    """Return types in the saved file of a new model that nothing trusts yet."""
    specs = [run_spec(params, Run(name, data, _VARIANT)) for data in params.models[name].data]
    outcomes = trials.tried(specs)
    reading.complain([outcome.error for outcome in outcomes if outcome.error])
    return tuple(dict.fromkeys(each for outcome in outcomes for each in outcome.refused))


def _hyphenated(name: str) -> str:
    """Return a class's name as the catalogue writes names.

    Examples
    --------
    >>> [_hyphenated(name) for name in ("LGBMClassifier", "TwoLayers", "SVR")]
    ['lgbm-classifier', 'two-layers', 'svr']
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def _depend(dvc: Path) -> None:
    """Let DVC's stage depend on the folder of one's own modules."""
    head = "    deps:\n"
    text = dvc.read_text(encoding="utf-8") if dvc.is_file() else ""
    stages = (yaml.safe_load(text) or {}).get("stages", {})
    named = [name for stage in stages.values() for name in stage.get("deps", [])]
    if own_modules.PACKAGE not in named and head in text:
        write_text(dvc, text.replace(head, f"{head}      - {own_modules.PACKAGE}\n", 1))
