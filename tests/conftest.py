"""What tests share."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from tests.project import Project, once

# Before anything imports NumPy or torch. Two tests run at a time: where each had a thread for every
# core, and threads that wait kept their core busy, both took several times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# What a shell starts in the background ignores an interrupt, and so would all that tests start:
# tests of interrupts would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # `nohup`
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# The same examples on each run: a test passes or fails by what changed alone. A failure is shown as
# it was found: to look for a shorter one can take an hour. `--hypothesis-profile=search` draws new
# examples. A loaded machine is no defect.
settings.register_profile(
    "handbook",
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("handbook")


@pytest.fixture(autouse=True)
def same_draws() -> None:
    """Start each test from the same state of torch's generator, whichever tests ran before it.

    Workers share tests out as they come free: without this, a test's input depended on the machine.
    """
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


@pytest.fixture(autouse=True)
def no_store_of_another_test() -> Iterator[None]:
    """Forget the store that MLflow was told of: it leaves its address to every process to come."""
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    yield
    os.environ.pop("MLFLOW_TRACKING_URI", None)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose whole graph has run once; never changed, only copied."""

    def build(folder: Path) -> None:
        done = Project.create(folder / "project").snakemake()
        assert done.returncode == 0, done.stderr

    return Project(once(tmp_path_factory, "built", build) / "project")


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project, to be changed."""
    return built.copy(tmp_path / "project")


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder with the real raw files; tests that ask for it carry the marker `data`."""
    named = os.environ.get("HANDBOOK_MIRROR")
    folder = Path(named) if named else Path(__file__).parents[1] / "../shared/data"
    if not folder.is_dir():
        pytest.skip("no real data: set HANDBOOK_MIRROR to a folder of raw files")
    return folder


@pytest.fixture(scope="session")
def book_text(mirror: Path) -> list[str]:
    """Lines of the book's text, which lies beside the mirror and is no part of this project."""
    path = mirror.parent / "book.txt"
    if not path.is_file():
        pytest.skip(
            "THE BOOK'S TEXT IS NOT BESIDE THE MIRROR: whether what is said of it stands there "
            "was not looked at"
        )
    return path.read_text(encoding="utf-8").split("\n")
