"""`make setup` on a small checkout, whose packages come from an index on this machine."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import shutil
import signal
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.project import ROOT
from tests.workflow.small_checkout import (
    PACKAGES,
    SCRIPTS,
    Checkout,
    copied,
    lay,
    pin,
    served,
    wheel,
)

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(sys.platform != "linux", reason="builds of PyTorch differ by system"),
]
UV = shutil.which("uv")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Serve an index, and one of PyTorch's builds for the CPU."""
    folder = tmp_path_factory.mktemp("index")
    for name in PACKAGES:
        (folder / "simple" / name).mkdir(parents=True)
        wheel(folder / "simple" / name, name, "1.0")
    (folder / "cpu" / "torch").mkdir(parents=True)
    wheel(folder / "cpu" / "torch", "torch", "1.0+cpu")
    with served(folder) as address:
        yield folder, address


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, index: tuple[Path, str]) -> Path:
    """A checkout with an environment that holds pip alone."""
    root = tmp_path_factory.mktemp("begun") / "checkout"
    lay(root, index[0])
    venv.create(root / ".venv")
    pip = importlib.metadata.distribution("pip")
    (packages,) = root.glob(".venv/lib/python3.*/site-packages")
    for folder in ("pip", f"pip-{pip.version}.dist-info"):  # quicker than `ensurepip`
        shutil.copytree(str(pip.locate_file(folder)), packages / folder)
    return root


@pytest.fixture(scope="module")
def made(begun: Path, index: tuple[Path, str]) -> Path:
    """A checkout with its whole environment."""
    done = Checkout(copied(begun, begun.parent / "made"), index[1]).setup()
    assert done.returncode == 0, done.stderr
    return begun.parent / "made"


@pytest.fixture
def checkout(begun: Path, index: tuple[Path, str], tmp_path: Path) -> Checkout:
    return Checkout(copied(begun, tmp_path / "checkout"), index[1])


@pytest.fixture
def finished(made: Path, index: tuple[Path, str], tmp_path: Path) -> Checkout:
    return Checkout(copied(made, tmp_path / "checkout"), index[1])


@pytest.fixture
def closed() -> Iterator[str]:
    """Return an address at which nobody listens."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{port.getsockname()[1]}"


@pytest.mark.parametrize(
    "path",
    [
        "/usr/bin:/bin",
        pytest.param(
            f"/usr/bin:/bin:{Path(UV or '').parent}",
            marks=pytest.mark.skipif(UV is None, reason="uv is not on PATH"),
        ),
    ],
    ids=["pip", "uv"],
)
def test_it_installs_what_is_locked_and_then_has_nothing_to_do(
    index: tuple[Path, str], tmp_path: Path, path: str
) -> None:
    lay(tmp_path / "checkout", index[0])
    checkout = Checkout(tmp_path / "checkout", index[1])
    checkout.variables["PATH"] = path
    first = checkout.setup()
    assert first.returncode == 0, first.stderr
    assert "MB to download" in first.stdout
    project = {"project-1.0", "setuptools-1.0", "small-1.0"}
    assert checkout.installed() == project | {"torch-1.0+cpu"}
    assert checkout.setup().stdout == "setup: nothing to do, .venv is what the lock says\n"
    assert checkout.setup("--quiet").stdout == ""
    assert checkout.setup("--torch=cuda").returncode == 0
    assert checkout.installed() == project | {"torch-1.0", "nvidia_all-1.0"}
    assert "nothing to do" in checkout.setup().stdout


def test_out_of_reach_of_pytorchs_own_index_the_other_build_is_taken(
    checkout: Checkout, closed: str
) -> None:
    done = checkout.setup(HANDBOOK_TORCH_INDEX=closed)
    assert done.returncode == 0, done.stderr
    assert f"no connection to {closed}\n" in done.stdout
    assert {"torch-1.0", "nvidia_all-1.0"} <= checkout.installed()
    assert "nothing to do" in checkout.setup(HANDBOOK_TORCH_INDEX=closed).stdout


def test_a_changed_lock_is_installed(finished: Checkout, index: tuple[Path, str]) -> None:
    lock = finished.root / "requirements.lock"
    wheel(index[0] / "simple" / "small", "small", "3.0")
    lock.write_text(lock.read_text().replace(pin(index[0], "small"), pin(index[0], "small", "3.0")))
    assert "bringing .venv to what the lock says" in finished.setup().stdout
    assert "small-3.0" in finished.installed()


def test_without_a_network_one_line_says_so(checkout: Checkout, closed: str) -> None:
    assert "no connection to the package index" in checkout.refusal(PIP_INDEX_URL=closed)


def test_a_proxy_that_is_not_there_or_refuses_is_named(
    checkout: Checkout, index: tuple[Path, str], closed: str
) -> None:
    for proxy in (closed, index[1]):
        line = checkout.refusal(PIP_INDEX_URL="https://127.0.0.2/simple", HTTPS_PROXY=proxy)
        assert "the proxy lets nothing through; mend HTTPS_PROXY" in line


def test_a_file_that_was_not_locked_is_refused(checkout: Checkout) -> None:
    lock = checkout.root / "requirements.lock"
    lock.write_text(lock.read_text().replace("sha256:", "sha256:0")[:-2] + "\n")
    assert "serves another file than was locked" in checkout.refusal()


def test_a_version_that_the_index_lacks_is_said(checkout: Checkout) -> None:
    lock = checkout.root / "requirements.lock"
    lock.write_text(lock.read_text().replace("small==1.0", "small==4.0"))
    assert "the package index has no such version" in checkout.refusal()


OLD = "import sys; sys.version_info = (3, 10, 4, 'final', 0)"
BARE = """
import importlib.machinery as machinery
search = machinery.PathFinder.find_spec
machinery.PathFinder.find_spec = classmethod(
    lambda cls, name, *rest: None if name == "ensurepip" else search(name, *rest)
)
"""


@pytest.mark.parametrize(
    ("python", "expected"),
    [(OLD, "Python 3.11 to 3.14 is needed, "), (BARE, "has no module ensurepip: on Debian")],
    ids=["too old", "without ensurepip"],
)
def test_a_python_that_will_not_do_is_refused(
    checkout: Checkout, tmp_path: Path, python: str, expected: str
) -> None:
    shutil.rmtree(checkout.root / ".venv")
    (tmp_path / "sitecustomize.py").write_text(python)
    assert expected in checkout.refusal(PYTHONPATH=str(tmp_path))


@pytest.mark.parametrize("script", SCRIPTS)
def test_any_python_can_read_the_script(script: str) -> None:
    ast.parse((ROOT / "workflow" / script).read_text(), feature_version=(3, 6))


def test_an_environment_of_another_python_or_place_is_refused(finished: Checkout) -> None:
    again = "delete it (rm -r .venv), then `make setup` again"
    environment = finished.root / ".venv"
    settings = environment / "pyvenv.cfg"
    text = settings.read_text()
    here = "{}.{}".format(*sys.version_info)
    other = "3.12" if here != "3.12" else "3.13"
    for version, expected in (
        ("3.9.2", ".venv was made with Python 3.9, Python 3.11 to 3.14 is needed"),
        (f"{other}.1", f"the Python that .venv was made with, {other}, is gone"),
    ):
        settings.write_text(text.replace(sys.version.split()[0], version))
        line = finished.refusal()
        assert expected in line
        assert again in line
    settings.write_text(text)
    assert finished.setup("--this-python").returncode == 0
    moved = Checkout(finished.root.with_name("moved"), "")
    finished.root.rename(moved.root)
    line = moved.refusal()
    assert f".venv was made as {environment}" in line
    assert again in line
    moved.root.rename(finished.root)
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to("/gone/python3")
    assert "the Python that .venv was made with is gone" in finished.refusal()


def test_killed_in_the_middle_it_goes_on(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(300)
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen(
            checkout.command(),
            cwd=checkout.root,
            env=checkout.variables | {"PIP_INDEX_URL": address},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        ) as running:
            connection, _ = silent.accept()
            os.killpg(running.pid, signal.SIGKILL)
            connection.close()
    for path in checkout.root.glob(".venv/lib/python3.*/site-packages/pip*"):
        shutil.rmtree(path)  # as though it had been killed even earlier
    done = checkout.setup()
    assert done.returncode == 0, done.stderr
    assert "torch-1.0+cpu" in checkout.installed()


# On small file systems that nobody else sees: first too small from the start, then in the middle.
FULL = """
mount -t tmpfs -o size=2m tmpfs "$1/.venv" && "$2" workflow/install.py
umount "$1/.venv" && mount -t tmpfs -o size=100m tmpfs "$1/.venv"
cp -a "$1/made/." "$1/.venv" && mount -o remount,size="$(($(du -sm "$1/.venv" | cut -f1) + 2))m" \
    "$1/.venv" && "$2" workflow/install.py
"""


@pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0,
    reason="this machine lets nobody mount a small file system",
)
def test_a_full_disk_is_said(finished: Checkout, index: tuple[Path, str]) -> None:
    wheel(index[0] / "simple" / "small", "small", "2.0", os.urandom(8_000_000))
    lock = finished.root / "requirements.lock"
    lock.write_text(lock.read_text().replace(pin(index[0], "small"), pin(index[0], "small", "2.0")))
    (finished.root / ".venv").rename(finished.root / "made")
    (finished.root / ".venv").mkdir()
    done = subprocess.run(
        [*("unshare", "-rm", "sh", "-c", FULL, "sh"), str(finished.root), finished.command()[0]],
        cwd=finished.root,
        env=finished.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    beforehand, meanwhile = done.stderr.splitlines()
    assert "setup: the disk has 2 MB free, .venv takes " in beforehand
    assert "setup: the disk is full; make room, then again" in meanwhile


def make(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", **variables}
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_make_names_a_python_that_is_not_there() -> None:
    done = make("setup", "PYTHON=python-of-nobody")
    assert done.returncode == 2
    assert "setup: no python-of-nobody on PATH; install Python 3.11 to 3.14" in done.stderr


def test_an_environment_of_ones_own_is_left_alone() -> None:
    done = make("setup", HANDBOOK_ENVIRONMENT=sys.prefix)
    assert done.returncode == 0
    assert "Nothing to be done" in done.stdout
