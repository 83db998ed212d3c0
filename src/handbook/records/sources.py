"""The source behind a recorded digest of code, and which functions differ between two."""

from __future__ import annotations

import ast
import difflib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

from handbook.records.git import Git
from handbook.workflow import own_modules, provenance

__all__ = ["Sources", "changed_functions", "path_of"]


class Sources:
    """Finds modules of this package, and one's own, by the digest that a record gives of them.

    The source is looked for in the working tree and in all of git's history: a digest is of the
    code itself, whichever commit a run was made from, and with whatever uncommitted changes.

    Parameters
    ----------
    root : Path
        Top of the project.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._sources: dict[str, dict[str, bytes]] = defaultdict(dict)
        self._searched: set[str] = set()

    @cached_property
    def _git(self) -> Git | None:
        return Git.around(self.root)

    def find(self, module: str, digest: str) -> bytes | None:
        """Return the source of a module, None where no commit and no file has this digest."""
        sources = self._sources[module]
        if digest not in sources and module not in self._searched:
            for source in self._candidates(module):
                sources.setdefault(_digest(source), source)
                if digest in sources:
                    break
            else:
                self._searched.add(module)
        return sources.get(digest)

    def functions(self, module: str, digests: tuple[str, str]) -> list[str]:
        """Name the functions that differ between two digests; empty where a source is not found."""
        before, after = (self.find(module, digest) for digest in digests)
        return [] if before is None or after is None else changed_functions(before, after)

    def diff(self, module: str, digests: tuple[str, str]) -> str:
        """Return a unified diff between two digests; empty where a source is not found."""
        before, after = (self.find(module, digest) for digest in digests)
        if before is None or after is None:
            return ""
        path = path_of(module)
        old, new = (source.decode().splitlines(keepends=True) for source in (before, after))
        return "".join(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=1))

    def _candidates(self, module: str) -> Iterator[bytes]:
        own = module.split(".")[0] == own_modules.PACKAGE
        stem = f"{'' if own else 'src/'}{module.replace('.', '/')}"
        paths = [f"{stem}.py", f"{stem}/__init__.py"]
        yield from (path.read_bytes() for path in map(self.root.joinpath, paths) if path.exists())
        if self._git is not None:
            yield from self._git.versions(paths)


def path_of(module: str) -> str:
    """Return where a module lies below ``src``, for people.

    Examples
    --------
    >>> path_of("handbook.models.rbf.classifier"), path_of("handbook.tasks")
    ('handbook/models/rbf/classifier.py', 'handbook/tasks/__init__.py')
    """
    path = module.replace(".", "/")
    package = Path(provenance.__file__).parents[2] / path
    return f"{path}/__init__.py" if package.is_dir() else f"{path}.py"


def _digest(source: bytes) -> str:
    """Return the digest of a module's code, empty where it is no Python of today."""
    try:
        return provenance.code_digest(source)
    except (SyntaxError, ValueError):
        return ""


@cache
def changed_functions(before: bytes, after: bytes) -> list[str]:
    r"""Name the functions and methods whose code differs; ``module level`` for the rest.

    Comments, docstrings and layout do not count, as in the digests.

    Examples
    --------
    >>> changed_functions(b"def f(): return 1", b"def f(): return 2")
    ['f']
    >>> changed_functions(b"x = 1", b"x = 2\ndef g(): pass")
    ['g', 'module level']
    """
    old, new = _parts(before), _parts(after)
    differing = [name for name in {**new, **old} if old.get(name) != new.get(name)]
    return sorted(differing, key=lambda name: (name == _REST, name))


_REST = "module level"


def _parts(source: bytes) -> dict[str, str]:
    """Return a digest for each function and method, and one for all that is in none."""
    tree = ast.parse(source)
    parts: dict[str, str] = {}

    def take(body: list[ast.stmt], prefix: str) -> list[ast.stmt]:
        rest: list[ast.stmt] = []
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                # Overloads and properties share a name: their digests are joined.
                name = f"{prefix}{node.name}"
                parts[name] = parts.get(name, "") + _node_digest(node)
            elif isinstance(node, ast.ClassDef):
                node.body = take(node.body, f"{prefix}{node.name}.") or [ast.Pass()]
                rest.append(node)
            else:
                rest.append(node)
        return rest

    tree.body = take(tree.body, "")
    return parts | {_REST: _node_digest(tree)}


def _node_digest(node: ast.AST) -> str:
    return provenance.code_digest(ast.unparse(node).encode())
