"""The order of the packages, and the document that shows it: `make architecture` writes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "handbook"

# Packages from the top floor down: each may import what stands below it, and those on one floor do
# not see each other.
FLOORS: list[tuple[str, ...]] = [
    ("__main__",),
    ("cli",),
    ("commands",),
    ("report", "serving"),
    ("deployment",),
    ("records",),
    ("workflow",),
    ("sweeps",),
    ("catalogue",),
    ("claims", "explain", "labs", "monitoring"),
    ("training",),
    ("tasks",),
    ("data", "models"),
    ("nn", "optim"),
    ("core",),
]

_HEAD = """# Architecture

The package `handbook` reads as the pipeline runs. Each package may import what stands on a floor
below it and nothing else; packages on one floor do not see each other.
`tests/test_architecture.py` holds this order, and that this page shows it as it is
(`make architecture` writes it).
"""

_TAIL = """
Snakemake decides what runs, and calls `handbook` for every job. The Snakefile asks `catalogue` what
there is to do and `workflow` what each job depends on, and writes the checked catalogue into
`.snakemake/catalogues`. A job is told no more than the name of its run: the variable
`HANDBOOK_CATALOGUE` names that file, and `core.folders` says where the job's own files are. What a
job depends on travels as a specification (`training.spec`), whose digest tells whether a result
answers the catalogue as it stands.

A run has its folder to itself (`workflow.session`) and works on a copy of the package in
`.snakemake/code` (`workflow.snapshot`), so that the digests of code in its records are those of
what ran; `workflow.basis` names what was edited meanwhile. Before a run starts, `workflow.manifest`
compares results with the digests taken when they were made: `rule all` asks for every file that the
catalogue stands for, so what was lost, or was altered and set aside, is made again. A signal
reaches its jobs through `workflow.interrupts`; its end, whatever ended it, through
`workflow.lifeline`.

DVC versions what goes in and comes out as one stage. MLflow is a view of the records in `results/`
that can be deleted and made again.
"""


def sentence(name: str) -> str:
    """Return the first line of a package's docstring."""
    folder = SOURCE / name
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return (ast.get_docstring(ast.parse(path.read_bytes())) or "").splitlines()[0]


def document() -> str:
    """Return the content of ``docs/architecture.md``."""
    return "\n".join([_HEAD, *_picture(), "", *_table()]) + "\n" + _TAIL


def _packages() -> list[tuple[str, ...]]:
    return [floor for floor in FLOORS if all((SOURCE / name).is_dir() for name in floor)]


def _picture() -> Iterator[str]:
    yield "```mermaid"
    yield "graph TD"
    floors = _packages()
    for above, below in pairwise(floors):
        yield f"  {' & '.join(above)} --> {' & '.join(below)}"
    yield "```"


def _table() -> Iterator[str]:
    yield "| floor | package | what it is |"
    yield "|---|---|---|"
    floors = _packages()
    for number, floor in zip(range(len(floors), 0, -1), floors, strict=True):
        for name in floor:
            yield f"| {number} | `{name}` | {sentence(name)} |"


if __name__ == "__main__":
    print(document(), end="")
