"""Digests see what changes a result, and only that."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from handbook.core.errors import HandbookError
from handbook.workflow import provenance


def digest_of(tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Digest of a module with this source."""
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "workflow" / "provenance.py"))
    (tmp_path / "thing.py").write_text(source)
    return provenance.module_digest.__wrapped__("handbook.thing")


CODE = 'def f(x):\n    """Double."""\n    return 2 * x\n'


@pytest.mark.parametrize(
    "same",
    [
        "# a comment\n" + CODE,
        CODE.replace("Double.", "Twice as much."),
        CODE.replace('    """Double."""\n', ""),
        CODE.replace("2 * x", "(2\n        * x)"),
        '"""About."""\n' + CODE.replace("f(x)", "f( x )"),
    ],
)
def test_comments_docstrings_and_layout_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: str
) -> None:
    assert digest_of(tmp_path, CODE, monkeypatch) == digest_of(tmp_path, same, monkeypatch)


@pytest.mark.parametrize("other", ["3 * x", "2 * x + 0", "x * 2", "'2 * x'", "None", "2.0 * x"])
def test_code_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str) -> None:
    changed = CODE.replace("2 * x", other)
    assert digest_of(tmp_path, CODE, monkeypatch) != digest_of(tmp_path, changed, monkeypatch)


def test_a_text_that_is_no_docstring_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = digest_of(tmp_path, "NAME = 'a'\n", monkeypatch)
    assert one != digest_of(tmp_path, "NAME = 'b'\n", monkeypatch)


def test_a_closure_follows_imports() -> None:
    reached = provenance.closure(["handbook.training.crossval"])
    assert {
        "handbook.training.crossval",
        "handbook.data.dataset",
        "handbook.training.build",
    } <= set(reached)
    assert "handbook.models.lenet" not in reached
    assert "handbook.training.train" not in reached


def test_an_explanation_reaches_only_what_its_displays_need() -> None:
    reached = provenance.closure(provenance.modules("explain.explain", "regression"))
    assert "handbook.explain.run" in reached
    assert not {"handbook.tasks.generation", "handbook.explain.samples"} & set(reached)


def test_an_unknown_module_is_named() -> None:
    with pytest.raises(HandbookError, match=r"handbook\.nothing: no such module"):
        provenance.closure(["handbook.nothing"])


def test_versions_are_of_what_is_reached() -> None:
    import sklearn
    import torch

    plain = provenance.versions("handbook.training.crossval")
    assert plain["scikit-learn"] == sklearn.__version__
    # scikit-learn's solvers run in scipy, which no module on this way imports.
    assert {"scipy", "joblib"} <= set(provenance.versions("sklearn.linear_model"))
    assert "torch" not in plain
    deep = provenance.versions("handbook.training.crossval", "handbook.models.lenet")
    assert deep["torch"] == torch.__version__.split("+")[0]


def test_a_foreign_estimator_counts_with_its_version() -> None:
    found = provenance.versions(
        *provenance.modules("training.train", "regression", "hypothesis.Model")
    )
    assert "hypothesis" in found
    with pytest.raises(HandbookError, match="nowhere: not installed"):
        provenance.versions("nowhere.models")


def test_what_is_remembered_spares_parsing_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = tmp_path / "memo.json"
    provenance.recall(memo)
    before = provenance.code_digests("handbook.training.train")
    provenance._parsed.clear()
    provenance.module_digest.cache_clear()
    monkeypatch.setattr("ast.parse", None)
    provenance.recall(memo)
    assert provenance.code_digests("handbook.training.train") == before
    memo.write_text('{"method": "another", "parsed": {}}')
    provenance._parsed.clear()
    provenance.module_digest.cache_clear()
    with pytest.raises(TypeError):
        provenance.recall(memo)


def test_every_library_is_either_versioned_or_known_not_to_matter() -> None:
    graph = provenance._graph()
    own = [name for name in graph.modules if name.split(".")[0] == "handbook"]
    reached = {
        found.split(".")[0]
        for name in own
        for found in graph.find_modules_directly_imported_by(name)
    }
    # They carry bytes, read settings or find imports, and take no part in any number.
    carriers = {
        "dvc",
        "grimp",
        "httpx",
        "markupsafe",
        "psutil",
        "pydantic",
        "pydantic_core",
        "requests",
        "tenacity",
        "tqdm",
        "yaml",
    }
    carriers |= {"ruamel"}
    carriers |= {"sqlalchemy", "starlette", "uvicorn", "dvc_data"}  # as mlflow and dvc bring them
    # An extra, which is not always installed: `precision` and `devices` stand in a run's settings.
    extras = {"lightning_fabric"}
    third_party = reached - set(sys.stdlib_module_names) - {"handbook"}
    assert third_party - carriers - extras == set(provenance._LIBRARIES)
