"""What a job's result depends on besides its inputs: imported code and library versions.

Snakemake compares a rule's `params` with those of the last run. Each rule therefore carries the
digests of the modules that its entry points import, transitively, so that an edit reruns exactly
the jobs that it reaches. Digests are of the parsed code without docstrings: a comment, a docstring
or a new layout reruns nothing.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import grimp

from handbook.core.errors import HandbookError
from handbook.core.files import read_json
from handbook.workflow import own_modules
from handbook.workflow.memo import write_memo

__all__ = [
    "children",
    "closure",
    "code_digest",
    "code_digests",
    "exists",
    "is_ours",
    "module_digest",
    "modules",
    "recall",
    "versions",
]

_PACKAGE = "handbook"
# What is imported, and under which name it is installed and therefore has a version.
_LIBRARIES = {
    "PIL": "pillow",
    "grandalf": "grandalf",
    "great_expectations": "great-expectations",
    "jinja2": "jinja2",
    "matplotlib": "matplotlib",
    "mlflow": "mlflow",
    "numpy": "numpy",
    "optuna": "optuna",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "scipy": "scipy",
    "safetensors": "safetensors",
    "skops": "skops",
    "sklearn": "scikit-learn",
    "sympy": "sympy",
    "threadpoolctl": "threadpoolctl",
    "torch": "torch",
}
# Libraries that do the arithmetic of another without being imported here.
_BENEATH = {"scikit-learn": ("joblib", "scipy", "threadpoolctl")}


@cache
def _graph() -> Any:
    # Reading imports instead of importing: 0.05 s, and torch stays out.
    own_modules.let_import()
    return grimp.build_graph(
        *_packages(),
        include_external_packages=True,
        exclude_type_checking_imports=True,
        cache_dir=None,
    )


def _packages() -> list[str]:
    """Return the packages whose code results depend on: this one, and modules of one's own."""
    own = own_modules.folder()
    return [_PACKAGE, own_modules.PACKAGE] if own and own_modules.files(own) else [_PACKAGE]


def is_ours(module: str) -> bool:
    """Tell whether a module is of this package, or one of one's own."""
    return module.split(".")[0] in (_PACKAGE, own_modules.PACKAGE)


def exists(module: str) -> bool:
    """Tell whether there is such a module, of this package or of one's own, not importing it."""
    return module in _graph().modules


def children(package: str) -> list[str]:
    """Return the names of the modules that a package of ours holds."""
    return sorted(name.rpartition(".")[2] for name in _graph().find_children(package))


def closure(modules: Iterable[str]) -> list[str]:
    """Return `modules` and all that they import, transitively, of code that is ours, sorted.

    Ours are this package and modules of one's own.

    Raises
    ------
    HandbookError
        Names a module that does not exist.
    """
    graph = _graph()
    reached: set[str] = set()
    for module in modules:
        if not is_ours(module):
            continue
        if module not in graph.modules:
            raise HandbookError(f"{module}: {_missing(module)}")
        reached |= {module} | graph.find_upstream_modules(module)
    return sorted(filter(is_ours, reached))


def _missing(module: str) -> str:
    if module.split(".")[0] == _PACKAGE:
        return f"no such module in the package {_PACKAGE}"
    return f"no such file in the folder {own_modules.PACKAGE} beside params.yaml"


# Digest of a file's bytes -> digest of its code.
_parsed: dict[str, str] = {}


def recall(memo: Path) -> None:
    """Digest all modules, with the help of what `memo` remembers of earlier processes.

    A file whose bytes are known is not parsed again, which saves 0.3 s of each start. What
    another version of this module remembered does not count.
    """
    method = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    try:
        memory = read_json(memo)
        before = memory["parsed"] if memory["method"] == method else {}
    except (OSError, HandbookError, KeyError, TypeError):
        before = {}
    _parsed.update(before)
    for package in _packages():
        for module in {package, *_graph().find_descendants(package)} & _graph().modules:
            module_digest(module)
    if _parsed != before:
        write_memo(memo, json.dumps({"method": method, "parsed": _parsed}))


@cache
def module_digest(module: str) -> str:
    """Return 16 hexadecimal digits of a module's code, blind to comments and docstrings."""
    package, *below = module.split(".")
    root = Path(__file__).parents[1] if package == _PACKAGE else own_modules.folder() or Path()
    path = root.joinpath(*below)
    file = path.with_suffix(".py")
    if not file.exists():  # a folder beside a module may have its name
        file = path / "__init__.py"
    # a folder of one's own modules need not have one
    source = file.read_bytes() if file.exists() or package == _PACKAGE else b""
    digest = hashlib.sha256(source).hexdigest()
    if digest not in _parsed:
        _parsed[digest] = code_digest(source, str(file))
    return _parsed[digest]


def code_digest(source: bytes, name: str = "<unknown>") -> str:
    """Return 16 hexadecimal digits of a module's source, blind to comments and docstrings.

    Examples
    --------
    >>> code_digest(b"x = 1") == code_digest(b"x  =  1  # one")
    True
    """
    return _digest(ast.parse(source, filename=name))


def _digest(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return hashlib.sha256(_shape(tree).encode()).hexdigest()[:16]


def _shape(node: Any) -> str:
    """Write a syntax tree as text, the same in every version of Python.

    `ast.dump` will not do: 3.12 added empty fields and 3.13 leaves empty ones out.
    """
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
        inside = ",".join(f"{name}={_shape(value)}" for name, value in sorted(fields))
        # The value None is a field that must not be passed over.
        none = isinstance(node, ast.Constant) and node.value is None
        return f"{type(node).__name__}({'None' if none else inside})"
    if isinstance(node, list):
        return f"[{','.join(map(_shape, node))}]"
    return repr(node)


def code_digests(*modules: str) -> dict[str, str]:
    """Return a digest for each module that `modules` reach, themselves included."""
    return {name: module_digest(name) for name in closure(modules)}


def modules(entry: str, task: str, *estimators: str) -> list[str]:
    """Return the modules where a job's work on models begins, their estimators' among them."""
    begin = ("handbook.workflow.environment", f"handbook.{entry}", f"handbook.tasks.{task}")
    return [*begin, *(estimator.rpartition(".")[0] for estimator in estimators)]


def versions(*modules: str) -> dict[str, str]:
    """Return the installed version of each library that `modules` of this package reach.

    A module of a library may be named too: `sklearn.svm` stands for scikit-learn.
    """
    graph = _graph()
    named = {name.split(".")[0] for name in modules if not is_ours(name)}
    for module in closure(modules):
        imported = graph.find_modules_directly_imported_by(module)
        tops = {name.split(".")[0] for name in imported if not is_ours(name)}
        if module.split(".")[0] == _PACKAGE:
            tops &= _LIBRARIES.keys()  # the others change no result
        named |= tops - sys.stdlib_module_names
    libraries = {_LIBRARIES.get(name) or _distribution(name) for name in named}
    for library, beneath in _BENEATH.items():
        if library in libraries:
            libraries |= set(beneath)
    return {name: _installed(name) for name in sorted(libraries)}


def _distribution(package: str) -> str:
    """Return the name under which a foreign estimator's package is installed."""
    distributions = importlib.metadata.packages_distributions().get(package)
    if not distributions:
        raise HandbookError(f"{package}: not installed; add it with pip, then run `make lock`")
    return distributions[0]


@cache
def _installed(library: str) -> str:
    # The local part (+cpu) names a build of the same release: it differs between machines.
    return importlib.metadata.version(library).split("+")[0]
