"""The source behind a digest, and which functions differ."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.records.compared_runs import Repository

from handbook.records.sources import Sources, changed_functions
from handbook.workflow import provenance

FIRST = "def fit(x):\n    return x + 1\n\n\ndef score(x):\n    return x\n"
SECOND = FIRST.replace("x + 1", "x + 2")
MODULE = "handbook.models.thing"
PATH = "src/handbook/models/thing.py"


def digest(source: str) -> str:
    return provenance.code_digest(source.encode())


@pytest.mark.parametrize(("module", "path"), [(MODULE, PATH), ("models.thing", "models/thing.py")])
def test_a_module_is_found_by_its_digest_in_any_commit(
    repository: Repository, module: str, path: str
) -> None:
    repository.commit({path: FIRST})
    repository.commit({path: SECOND})
    repository.write(path, SECOND.replace("x + 2", "x + 3"))
    sources = Sources(repository.root)
    assert sources.find(module, digest(FIRST)) == FIRST.encode()
    assert sources.find(module, digest(SECOND)) == SECOND.encode()
    # What is not committed is found, too, and what never was is not.
    assert b"x + 3" in (sources.find(module, digest(SECOND.replace("2", "3"))) or b"")
    assert sources.find(module, digest("x = 1")) is None
    assert sources.functions(module, (digest(FIRST), digest(SECOND))) == ["fit"]
    assert sources.functions(module, (digest(FIRST), digest("x = 1"))) == []


def test_a_module_on_another_branch_or_once_a_package_is_found(repository: Repository) -> None:
    repository.commit({"src/handbook/models/thing/__init__.py": FIRST})
    repository.git("checkout", "-q", "-b", "other")
    repository.git("rm", "-q", "-r", "src")
    repository.commit({PATH: SECOND})
    repository.git("checkout", "-q", "main")
    sources = Sources(repository.root)
    assert sources.find(MODULE, digest(SECOND)) == SECOND.encode()
    assert sources.find(MODULE, digest(FIRST)) == FIRST.encode()


def test_outside_of_a_repository_there_is_the_working_tree(tmp_path: Path) -> None:
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_text(FIRST)
    assert Sources(tmp_path).find(MODULE, digest(FIRST)) == FIRST.encode()
    assert Sources(tmp_path).find(MODULE, digest(SECOND)) is None


def test_the_diff_is_that_of_git(repository: Repository) -> None:
    repository.commit({PATH: FIRST})
    repository.commit({PATH: SECOND})
    ours = Sources(repository.root).diff(MODULE, (digest(FIRST), digest(SECOND)))
    theirs = repository.git("diff", "--unified=1", "HEAD~1", "HEAD")

    def changed(text: str) -> list[str]:
        return [
            line
            for line in text.splitlines()
            if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
        ]

    assert changed(ours) == changed(theirs) == ["-    return x + 1", "+    return x + 2"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("class A:\n def f(s): 1\n def g(s): 1", "class A:\n def f(s): 2\n def g(s): 1", ["A.f"]),
        ("x = 1\ndef f(): return 1", "x = 2\ndef f(): return 1", ["module level"]),
        ("def f(): return 1", "def f():\n  '''Says.'''\n  return 1  # one", []),
        ("def f(): return 1", "async def f(): return 1", ["f"]),
        ("def f(): return 1", "@cache\ndef f(): return 1", ["f"]),
        ("class A:\n x = 1", "class A:\n x = 2", ["module level"]),
        ("def f(): return 1", "def g(): return 1", ["f", "g"]),
        ("def f():\n def g(): return 1", "def f():\n def g(): return 2", ["f"]),
    ],
)  # fmt: skip
def test_functions_that_differ_are_named(before: str, after: str, expected: list[str]) -> None:
    assert changed_functions(before.encode(), after.encode()) == expected
