"""Our own code beside a result: the text of functions and classes, taken from their files."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from handbook.labs.registry import module_name
from handbook.workflow import own_modules

__all__ = ["Listing", "digest", "loading", "of_estimator", "of_lab"]

_PACKAGE = "handbook"
_SOURCE = "src/"
_ROOT = Path(__file__).parents[3]  # the folder that holds the package
# What stands before a library's estimator is ours, for all of them alike.
_BEFORE = "handbook.training.preprocess.pipeline"

_METHODS = {
    "language": 'model.generate(200, "The ")',
    "generation": "model.sample(16)",
}

_LOADING = """\
from pathlib import Path

from handbook.data.dataset import read
from handbook.training.saving import load

model = load(Path("results/models/{run}/model.skops"){trusted})
{rows}{call}
"""
_ROWS = 'rows = read(Path("results/data/{data}/test.arrow")).X\n'


class Listing(NamedTuple):
    """Functions and classes of one module, as they are written there.

    Parameters
    ----------
    path : str
        Of the module, from the root of the repository.
    name : str
        What the listing is about.
    text : str
    ours : bool
        Whether it is the thing itself; else what this project puts before a library's estimator.
    """

    path: str
    name: str
    text: str
    ours: bool = True


def of_lab(lab: str) -> Listing | None:
    """Return what computes a worked example, and the functions of its module that it uses.

    None where there is no such module: the results are of another version of this project.

    Examples
    --------
    >>> of_lab("ridge-toy").path, of_lab("no-such-lab")
    ('src/handbook/labs/examples/ridge_toy.py', None)
    """
    return _listing(module_name(lab), "compute")


def of_estimator(path: str) -> Listing | None:
    """Return a class of ours or of one's own; of a library's, what this project puts before it.

    None where there is no such class.

    Parameters
    ----------
    path : str
        Import path of the class.

    Examples
    --------
    >>> of_estimator("handbook.models.gan.DCGAN").path
    'src/handbook/models/gan/dcgan.py'
    >>> of_estimator("sklearn.linear_model.Ridge").ours
    False
    """
    module, _, name = path.rpartition(".")
    if module.split(".")[0] not in (_PACKAGE, own_modules.PACKAGE):
        before = _listing(*_BEFORE.rsplit(".", 1))
        return before and before._replace(ours=False)
    return _listing(*_defined(module, name))


def loading(run: str, task: str, trusted: Iterable[str] = ()) -> str:
    """Return the lines that load a run's model and let it answer.

    Parameters
    ----------
    run : str
        Model, data set and variant as one path.
    task : str
    trusted : iterable of str
        What its file may hold, see :func:`handbook.training.saving.load`.

    Examples
    --------
    >>> print(loading("gan/mnist/book", "generation").splitlines()[-1])
    model.sample(16)
    """
    rows = "" if task in _METHODS else _ROWS.format(data=run.split("/")[1])
    allowed = f", trusted={list(trusted)!r}" if trusted else ""
    call = _METHODS.get(task, "model.predict(rows)")
    return _LOADING.format(run=run, rows=rows, call=call, trusted=allowed)


def digest(labs: Iterable[str], estimators: Iterable[str]) -> str:
    """Return 16 hexadecimal digits of all listings of labs and of estimators: the report has them.

    Examples
    --------
    >>> digest(["ridge-toy"], []) == digest(["ridge-toy"], ["handbook.models.gan.DCGAN"])
    False
    """
    listings = [*map(of_lab, labs), *map(of_estimator, estimators)]
    return hashlib.sha256(json.dumps(listings).encode()).hexdigest()[:16]


@cache
def _listing(module: str, name: str) -> Listing | None:
    file = _file(module)
    source = file.read_text(encoding="utf-8") if file.is_file() else ""
    lines = source.splitlines()
    statements = ast.parse(source).body
    used = _used(statements, name)
    if not used:
        return None
    parts = [
        "\n".join(lines[_first(statement) - 1 : statement.end_lineno])
        for statement in statements
        if used & set(_names(statement))
    ]
    own = module.split(".")[0] == own_modules.PACKAGE
    path = f"{'' if own else _SOURCE}{file.relative_to(_root(module)).as_posix()}"
    return Listing(path, name, "\n\n\n".join(parts) + "\n")


def _used(statements: Iterable[ast.stmt], name: str) -> set[str]:
    """Return the names of a module that the one named `name` uses, itself among them."""
    by_name = {own: statement for statement in statements for own in _names(statement)}
    used, open_names = set[str](), {name} & by_name.keys()
    while open_names:
        current = open_names.pop()
        used.add(current)
        inside = {node.id for node in ast.walk(by_name[current]) if isinstance(node, ast.Name)}
        open_names |= (inside & by_name.keys()) - used
    return used


def _names(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of a module defines; imports define none."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    for target in targets:
        yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _first(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = []
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        decorators = statement.decorator_list
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _defined(module: str, name: str) -> tuple[str, str]:
    """Follow the imports of packages to the module that defines a class."""
    file = _file(module)
    for statement in ast.parse(file.read_bytes()).body if file.is_file() else []:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            for alias in statement.names:
                if (alias.asname or alias.name) == name:
                    return _defined(statement.module, alias.name)
    return module, name


def _root(module: str) -> Path:
    """Return the folder that holds the package of a module."""
    own = own_modules.folder()
    return own.parent if own and module.split(".")[0] == own_modules.PACKAGE else _ROOT


def _file(module: str) -> Path:
    path = _root(module).joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
