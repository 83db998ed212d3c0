"""Modules of one's own are imported, digested, versioned and copied like those of the package."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import lightgbm
import pytest

from handbook.core.errors import HandbookError
from handbook.workflow import own_modules, provenance

MODEL = """\
from handbook.models.network import NetworkClassifier
from models.parts import x
import lightgbm


class Own(NetworkClassifier):
    '''A class.'''
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder with modules of one's own, in the working directory."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "model.py").write_text(MODEL)
    (folder / "parts.py").write_text("x = 1\n")
    (folder / "other.py").write_text("x = 2\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.setenv("PYTHONPATH", "before")
    forget()
    yield folder
    forget()


def forget() -> None:
    provenance._graph.cache_clear()
    provenance.module_digest.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == own_modules.PACKAGE]:
        del sys.modules[name]


def digests() -> dict[str, str]:
    forget()
    return provenance.code_digests(
        *provenance.modules("training.train", "regression", "models.model.Own")
    )


def test_a_job_depends_on_those_that_its_model_imports_and_on_no_other(own: Path) -> None:
    before = digests()
    assert {"models.model", "models.parts", "handbook.models.network"} <= before.keys()
    assert "models.other" not in before
    for file, text, changes in (
        ("other.py", "x = 3\n", set()),
        ("model.py", MODEL.replace("A class", "The class"), set()),
        ("parts.py", "x = 4\n", {"models.parts"}),
        ("model.py", MODEL + "y = 1\n", {"models.model", "models.parts"}),
    ):
        (own / file).write_text(text)
        after = digests()
        assert {name for name in after if after[name] != before[name]} == changes


def test_the_libraries_that_they_import_have_versions(own: Path) -> None:
    versions = provenance.versions("models.model")
    assert versions["lightgbm"] == lightgbm.__version__
    assert {"torch", "numpy"} <= versions.keys()
    assert "models" not in versions


def test_one_that_is_not_there_is_named(own: Path) -> None:
    with pytest.raises(HandbookError, match=r"models\.gone: no such file in the folder models"):
        provenance.closure(["models.gone"])


def test_they_are_found_here_and_in_processes_to_come_after_all_that_is_installed(
    own: Path,
) -> None:
    (own / "numpy.py").write_text("raise RuntimeError")
    own_modules.let_import()
    assert importlib.import_module("models.parts").x == 1
    code = "import models.parts, numpy; print(models.parts.__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True, text=True)
    assert done.stdout.strip() == str(own / "parts.py"), done.stderr
    assert sys.path[-1] == str(own.parent)


def test_without_the_folder_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sys.path.copy()
    own_modules.let_import()
    assert sys.path == before
    assert own_modules.folder() is None


ENTER = """
import sys
from pathlib import Path
from handbook.workflow import snapshot
copy = snapshot.enter(Path(sys.argv[1]), Path(sys.argv[2]))
Path(sys.argv[2], "parts.py").write_text("x = 5")  # during the run
from handbook.workflow import own_modules
own_modules.let_import()
import models.parts
print(models.parts.x, own_modules.folder() == copy / "models")
"""


def test_a_run_works_on_a_copy_of_them(own: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", ENTER, str(tmp_path / ".snakemake" / "code"), str(own)]
    source = str(Path(provenance.__file__).parents[2])
    done = subprocess.run(command, env={"PYTHONPATH": source}, capture_output=True, text=True)
    assert done.stdout.split() == ["1", "True"], done.stderr
