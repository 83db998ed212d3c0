"""Warm jobs are faster, never different, and nothing of them outlives the workflow."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.catalogue.catalogues import NOTHING
from tests.project import Project
from tests.test_architecture import importers
from tests.workflow.warm_copy import BIN, PARENT, PROBE, Copy

from handbook.commands import processes
from handbook.data import dataset
from handbook.workflow.warm import client, start
from handbook.workflow.warm.client import VARIABLE

ABLE = hasattr(socket, "send_fds") and hasattr(os, "fork")
pytestmark = pytest.mark.skipif(not ABLE, reason="no warm jobs here")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy whose server imports no library, and whose labs are probes."""
    made = Copy(tmp_path_factory.mktemp("warm"))
    Project(made.root).edit(
        "src/handbook/workflow/warm/server.py", "importlib.import_module(name)", "pass"
    )
    (made.root / "src/handbook/labs/registry.py").write_text(PROBE)
    return made


@pytest.fixture(scope="module")
def server(copy: Copy) -> Iterator[tuple[int, str]]:
    """Process and address of a server for the copy."""
    with copy.server() as running:
        yield running


def test_a_job_finds_what_it_would_find_by_itself(copy: Copy, server: tuple[int, str]) -> None:
    process, address = server
    code = """
os.umask(mask := os.umask(0))
environment = {name: value for name, value in os.environ.items() if name != "HANDBOOK_WARM"}
threads = len(__import__("threading").enumerate())
print(json.dumps([os.getcwd(), environment, mask, sys.argv[1:3], sys.path, sys.stdin.read(),
    sys.flags.hash_randomization, hash("a"), threads, signal.getsignal(signal.SIGTERM) == 0]))
print("to errors", file=sys.stderr)
print(os.getppid())
"""
    command = copy.probe(code)
    before = os.umask(0o027)
    try:
        cold = copy.run(*command, said="in", ODD="\udcff")
        warm = copy.run(*command, said="in", ODD="\udcff", **{VARIABLE: address})
    finally:
        os.umask(before)
    assert cold[0] == warm[0] == 0
    assert cold[2] == warm[2] == "to errors\n"
    (alone, parent), (found, forked_from) = cold[1].splitlines(), warm[1].splitlines()
    assert alone == found
    assert json.loads(found)[1]["ODD"] == "\udcff"
    assert [int(parent), int(forked_from)] == [os.getpid(), process]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("", 0),
        ("sys.exit(3)", 3),
        ("raise RuntimeError('a defect')", 1),
        ("os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
    ],
)
def test_the_status_is_the_jobs(
    copy: Copy, server: tuple[int, str], code: str, status: int
) -> None:
    done = copy.run(*copy.probe(PARENT + code), **{VARIABLE: server[1]})
    assert done[:2] == (status, f"parent {server[0]}\n")
    assert ("a defect" in done[2]) == ("a defect" in code)


@pytest.mark.parametrize("name", ["errors", "added"])
def test_an_edit_during_a_run_is_not_missed(copy: Copy, server: tuple[int, str], name: str) -> None:
    module = copy.root / f"src/handbook/core/{name}.py"
    before = module.read_text() if module.exists() else ""
    command = copy.probe(f"from handbook.core.{name} import word; print(word)")
    for word in ("one", "another"):
        module.write_text(f"{before}\nword = {word!r}\n")
        assert copy.run(*command, **{VARIABLE: server[1]})[1] == word + "\n"


@pytest.mark.parametrize(
    ("threads", "changes"),
    [
        (2, {}),
        (1, {"PYTHONHASHSEED": "1"}),
        (1, {VARIABLE: "/nowhere/socket"}),
        (1, {VARIABLE: "/" + "long/" * 50}),
    ],
)
def test_a_job_that_a_fork_cannot_do_does_itself(
    copy: Copy, server: tuple[int, str], threads: int, changes: dict[str, str]
) -> None:
    command = copy.probe(PARENT, threads)
    done = copy.run(*command, **{VARIABLE: server[1]} | changes)
    assert done == (0, f"parent {os.getpid()}\n", "")


@contextmanager
def false_server() -> Iterator[tuple[socket.socket, str]]:
    """A socket that this test answers."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/socket")
        listener.listen()
        yield listener, f"{folder}/socket"


def test_a_server_that_ends_before_the_job_begins_is_none(copy: Copy) -> None:
    with (
        false_server() as (listener, address),
        copy.start(*copy.probe(PARENT), **{VARIABLE: address}) as client,
    ):
        listener.accept()[0].close()
        assert client.communicate() == (f"parent {os.getpid()}\n", "")


def test_a_server_that_ends_after_that_is_reported(copy: Copy) -> None:
    with (
        false_server() as (listener, address),
        subprocess.Popen(
            [sys.executable, "-c", "import signal; signal.pause()"], process_group=0
        ) as work,
        copy.start(*copy.probe(PARENT), **{VARIABLE: address}) as client,
    ):
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as said:
            _, received, *_ = socket.recv_fds(connection, 1, 4)
            assert json.loads(said.readline())["arguments"][0] == "lab"
            connection.sendall(b"ready %d\n" % work.pid)
            assert said.readline() == b"go\n"
        for one in received:
            os.close(one)
        output, errors = client.communicate()
        assert (client.returncode, output) == (1, "")
        assert "the warm server ended during this job; run it again" in errors
        assert work.wait() == -signal.SIGKILL


def test_work_ends_with_a_killed_server(copy: Copy) -> None:
    forever = copy.probe(PARENT + "while True: signal.pause()")
    with (
        tempfile.TemporaryDirectory() as folder,
        copy.start("handbook", "warm", "--socket", address := f"{folder}/socket") as server,
    ):
        assert server.stdout is not None
        server.stdout.readline()
        jobs = [copy.start(*forever, **{VARIABLE: address}) for _ in range(2)]
        for job in jobs:
            assert job.stdout is not None
            assert job.stdout.readline() == f"parent {server.pid}\n"
        server.kill()
        for job in jobs:
            with job:
                # Output ends once nobody can write any more.
                assert "the warm server ended" in job.communicate()[1]
            assert job.returncode == 1


def test_the_work_ends_with_its_client(copy: Copy, server: tuple[int, str]) -> None:
    code = PARENT + "os.fork()\nwhile True: signal.pause()"
    with copy.start(*copy.probe(code), **{VARIABLE: server[1]}) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == f"parent {server[0]}\n"
        client.kill()
        assert client.stdout.read() == ""  # only once nobody can write any more
    # The server goes on.
    assert copy.run(*copy.probe(PARENT), **{VARIABLE: server[1]})[1] == f"parent {server[0]}\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_reach_the_work(
    copy: Copy, server: tuple[int, str], number: signal.Signals
) -> None:
    code = (
        # not `signal.pause`: a signal that comes just before it would be slept through
        "import time\ntry:\n    print('on', flush=True)\n"
        "    while True:\n        time.sleep(0.05)\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n    raise\n"
    )
    with copy.start(*copy.probe(code), **{VARIABLE: server[1]}) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == "on\n"
        client.send_signal(number)
        said = client.stdout.read()
    assert client.returncode == 128 + number
    assert said == ("interrupted\n" if number == signal.SIGINT else "")


def test_nobody_else_can_ask(server: tuple[int, str]) -> None:
    address = Path(server[1])
    assert stat.S_IMODE(address.stat().st_mode) == 0o600


STARTER = """
import os, subprocess, sys
from handbook.workflow.warm.start import start
start(99)
address = os.environ["HANDBOOK_WARM"]
while not os.path.exists(address): os.sched_yield()
job = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
print(address, job.stdout.readline(), sep="\\n", end="", flush=True)
input()
"""


@pytest.mark.parametrize("ending", ["killed", "ended"])
def test_the_server_ends_with_its_starter_and_the_work_with_it(copy: Copy, ending: str) -> None:
    code = PARENT + "sys.stdout.flush()\nwhile True: signal.pause()"
    with copy.start(sys.executable, "-c", STARTER, *_console(copy.probe(code))) as starter:
        assert starter.stdout is not None
        assert starter.stderr is not None
        address = Path(starter.stdout.readline().strip())
        assert stat.S_IMODE(address.parent.stat().st_mode) == 0o700
        server = int(starter.stdout.readline().removeprefix("parent "))
        if ending == "killed":
            starter.kill()
            # Server, client and work have inherited it: its end is the end of all.
            starter.stderr.read()
        else:
            starter.communicate("\n")
            assert starter.returncode == 0
            with pytest.raises(ProcessLookupError):
                os.kill(server, 0)
    assert not address.parent.exists()


def test_two_runs_do_not_meet(copy: Copy, server: tuple[int, str]) -> None:
    with copy.server() as other:
        for process, address in (server, other):
            done = copy.run(*copy.probe(PARENT), **{VARIABLE: address})
            assert done[1] == f"parent {process}\n"


def _console(command: list[str]) -> list[str]:
    return [str(BIN / command[0]), *command[1:]]


def test_few_jobs_start_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "left over")
    monkeypatch.setattr(subprocess, "Popen", None)
    start.start(3)
    assert VARIABLE not in os.environ


def test_no_result_depends_on_how_its_job_started() -> None:
    # An edit here would otherwise make everything again.
    package = "handbook.workflow.warm"
    found = {name: importers(f"{package}.{name}") for name in ("client", "fork", "server", "start")}
    strangers = {name for names in found.values() for name in names if package not in name}
    assert found["client"]
    assert strangers == {
        "handbook.cli",
        "handbook.commands.line",
        "handbook.commands.processes",
        "handbook.records.failures",
    }


@pytest.fixture
def halves(tmp_path: Path) -> list[Path]:
    """Forty rows to learn from and forty to look at."""
    rng = np.random.default_rng(1)
    paths = [tmp_path / f"{half}.arrow" for half in ("train", "test")]
    for path in paths:
        X = pd.DataFrame({"x": rng.normal(size=40), "c": pd.Categorical(["a", "b"] * 20)})
        y = (X["x"] + rng.normal(size=40) > 0).astype(int).to_numpy()
        data = dataset.Dataset("made", "sample", "table", X, y=y, target="y", classes=("no", "yes"))
        dataset.write(path, data)
    return paths


@pytest.mark.slow
def test_warm_and_cold_give_the_same_bytes(
    halves: list[Path], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = Copy(tmp_path_factory.mktemp("whole"))
    # Every job imports this module; it says where.
    said = "import os, sys\nprint('parent', os.getppid(), file=sys.stderr)\n"
    Project(copy.root).append("src/handbook/core/files.py", said)

    name = "logistic-regression/iris/book"
    variant = {"params": {}, "preprocess": {}}
    model = {"title": "t", "section": "s", "task": "classification", "data": ["iris"]}
    model |= {"estimator": "sklearn.linear_model.LogisticRegression", "variants": {"book": variant}}
    catalogue = NOTHING | {"seed": 7, "crossval": {"folds": 4}}
    catalogue |= {"data": {"iris": {"release": "bundled"}}}
    catalogue |= {"models": {"logistic-regression": model}}

    def prepared(folder: Path) -> Path:
        rows = folder / "results" / "data" / "iris"
        rows.mkdir(parents=True)
        for path in halves:
            shutil.copy(path, rows)
        (folder / "catalogue.json").write_text(json.dumps(catalogue))
        return folder

    jobs = [[verb, name, "--catalogue", "catalogue.json"] for verb in ("train", "crossval", "draw")]
    cold, warm = prepared(tmp_path / "cold"), prepared(tmp_path / "warm")
    for job in jobs:
        status, _, errors = copy.run("handbook", *job, folder=str(cold))
        assert status == 0, errors
    with copy.server() as (process, address):
        threads = Path(f"/proc/{process}/task")
        # What jobs fork from has never had a second thread.
        assert not threads.exists() or len(list(threads.iterdir())) == 1
        for job in jobs:
            status, _, errors = copy.run("handbook", *job, folder=str(warm), **{VARIABLE: address})
            assert status == 0, errors
            assert f"parent {process}\n" in errors
    files = {path.relative_to(cold) for path in cold.rglob("*") if path.is_file()}
    assert {path.relative_to(warm) for path in warm.rglob("*") if path.is_file()} == files
    assert {"model.skops", "roc.svg", "book.json"} <= {path.name for path in files}
    for path in files:
        if path.name != "context.json":
            assert (warm / path).read_bytes() == (cold / path).read_bytes(), path


@pytest.mark.slow
@pytest.mark.services
def test_the_workflow_starts_a_server_where_jobs_run(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project")
    stub = "def missing(runs):\n    return 0\n\ndef start(jobs):\n    print('started for', jobs)\n"
    (project.root / "src/handbook/workflow/warm/start.py").write_text(stub)
    lab = ("--cores", "1", "results/labs/corr2d/result.json")

    def started(*arguments: str) -> bool:
        done = project.run("snakemake", *arguments, *lab)
        assert done.returncode == 0, done.stderr
        return "started for 1\n" in done.stdout + done.stderr

    assert not started("--dry-run")
    assert started()
    assert not started()  # nothing to do
    assert not started("--touch", "--force")


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("draw lenet/mnist/book --log a", True),
        ("draw lenet/mnist/book --threads 1", True),
        ("draw lenet/mnist/book --threads 2", False),
        ("train lenet/mnist/book", False),  # the catalogue says how many threads
        ("train lenet/mnist/book --threads 1", True),
        ("check", False),
        ("", False),
    ],
)
def test_most_jobs_are_handed_over_before_their_command_line_is_read(
    words: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / client.JOBS).write_text("draw\ntrain --threads\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "socket"))
    monkeypatch.setattr(client, "hand_over", lambda arguments: 0)
    assert client.at_once(words.split()) == (0 if taken else None)


def test_a_job_that_is_handed_over_imports_no_command() -> None:
    code = "import sys, handbook.cli; print({'argparse', 'handbook.commands'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_what_a_server_imports_for_its_jobs_is_there() -> None:
    for name in processes.OF_JOBS:
        assert importlib.util.find_spec(name) is not None, name
