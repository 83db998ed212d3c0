"""Machines without a shared folder: results go to a server by SSH, and another machine goes on."""

from __future__ import annotations

import os
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import psutil
import pytest

from handbook.core.errors import HandbookError
from handbook.report.verify import differences
from handbook.workflow.carrying import fetch, send
from tests.project import ROOT, Project
from tests.services import nodes
from tests.services.figures import Row, record
from tests.services.remotes import ssh, ssh_settings
from tests.services.server import HOST, program, serving, wait
from tests.services.versions import NOTHING_TO_DO

pytestmark = pytest.mark.services
EPOCH_NS = 1_700_000_000_123_456_789


@dataclass(frozen=True)
class Login:
    """How ssh reaches the server: its port, the client's key and the file of known hosts."""

    port: int
    key: Path
    hosts: Path

    def command(self) -> str:
        """Return what rsync takes as its remote shell."""
        options = (
            f"-F none -o BatchMode=yes -o IdentitiesOnly=yes -o UserKnownHostsFile={self.hosts}"
        )
        return f"ssh -p {self.port} -i {self.key} {options}"


@pytest.fixture
def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Login]:
    """A server that ssh knows, and that knows this client."""
    folder = tmp_path / "ssh"
    with ssh(folder) as remote:
        port = urlsplit(remote.url).port
        assert port is not None
        (folder / "known").write_text(f"[{HOST}]:{port} {(folder / 'host-key.pub').read_text()}")
        login = Login(port, Path(remote.settings["keyfile"]), folder / "known")
        monkeypatch.setenv("RSYNC_RSH", login.command())
        yield login


def folder_with_results(root: Path, **results: bytes) -> Path:
    """Make a folder with results, each with a record, beside files that are not carried."""
    files = {"params.yaml": b"own", "src/module.py": b"own", ".snakemake/code/copy.py": b"own"}
    for name, content in results.items():
        path = f"results/{name}.bin"
        record = urlsafe_b64encode(path.encode()).decode()
        files |= {path: content, f".snakemake/metadata/{record}": b"{}", f"logs/{name}.log": b"-"}
    files |= {".snakemake/manifest.jsonl": b"{}\n", "data/raw/iris/iris.csv": b"5.1,3.5"}
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
        os.utime(root / name, ns=(EPOCH_NS, EPOCH_NS + len(content)))
    return root


def carried(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and time of each file that is carried, as the requirement lists them."""
    names = ("results", "logs", "data/raw", ".snakemake/metadata", ".snakemake/manifest.jsonl")
    paths = [path for name in names for path in [root / name, *(root / name).rglob("*")]]
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in paths
        if path.is_file()
    }


@pytest.mark.quick
def test_results_travel_by_a_server_with_records_and_times_to_the_nanosecond(login, tmp_path):
    sender = folder_with_results(tmp_path / "one", first=b"1", second=b"22")
    store, other = f"{HOST}:{tmp_path}/deep/store", tmp_path / "other"
    other.mkdir()
    (other / "params.yaml").write_text("of the other machine")
    assert send(sender, store).endswith("store: 8 files, 19 bytes")
    fetch(other, store)
    assert carried(other) == carried(sender) != {}
    assert (other / "params.yaml").read_text() == "of the other machine"
    assert not (tmp_path / "deep/store/src").exists()
    assert send(sender, store).endswith(": 0 files, 0 bytes")


@pytest.mark.quick
def test_what_the_other_machine_has_no_longer_is_set_aside(login, tmp_path):
    store = f"{HOST}:{tmp_path}/store"
    sender = folder_with_results(tmp_path / "one", first=b"1")
    other = folder_with_results(tmp_path / "other", first=b"old one", second=b"22")
    send(sender, store)
    fetch(other, store)
    assert carried(other) == carried(sender)
    replaced = other / ".snakemake/replaced"
    assert (replaced / "results/first.bin").read_bytes() == b"old one"
    assert (replaced / "results/second.bin").read_bytes() == b"22"
    assert (other / "src/module.py").read_bytes() == b"own"


@pytest.mark.quick
def test_a_server_that_cannot_be_reached_is_said_with_what_to_do(login, tmp_path, monkeypatch):
    sender = folder_with_results(tmp_path / "one", first=b"1")
    store = f"{HOST}:{tmp_path}/store"
    monkeypatch.setenv("RSYNC_RSH", replace(login, hosts=tmp_path / "nothing").command())
    with pytest.raises(HandbookError, match=r"Host key verification failed.*ssh-keyscan"):
        send(sender, store)
    monkeypatch.setenv("RSYNC_RSH", replace(login, key=tmp_path / "ssh/host-key").command())
    with pytest.raises(HandbookError, match=r"Permission denied \(publickey\).*ssh-copy-id"):
        send(sender, store)
    with pytest.raises(HandbookError, match=r"fetching from .*nowhere.*No such file"):
        fetch(sender, str(tmp_path / "nowhere"))
    assert len(carried(sender)) == 5
    assert not (tmp_path / "store").exists()


@pytest.mark.quick
def test_a_server_that_ends_in_the_middle_leaves_whole_files_and_the_rest_follows(login, tmp_path):
    sender = folder_with_results(tmp_path / "one", first=b"1", large=os.urandom(1 << 20) * 200)
    store = tmp_path / "store"

    def cut() -> None:
        wait("the large file is on its way", lambda: any(store.glob("results/.large*")))
        for process in psutil.process_iter(["cmdline"]):
            if f"{store}/" in (process.info["cmdline"] or []) and process.is_running():
                process.kill()

    sending = subprocess.Popen(
        ["handbook", "send", f"{HOST}:{store}", "--folder", str(sender)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        cut()
        _, errors = sending.communicate(timeout=60)
    finally:
        sending.kill()
        sending.wait()
    assert sending.returncode == 1
    assert "what has arrived is whole, and the same command goes on" in errors
    assert not (store / "results/large.bin").exists()
    send(sender, f"{HOST}:{store}")
    assert carried(store) == carried(sender)


@pytest.mark.quick
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
def test_a_full_disk_is_said_and_leaves_no_part_of_a_file(login, tmp_path):
    sender = folder_with_results(tmp_path / "one", first=b"1", large=os.urandom(4 << 20))
    store = tmp_path / "store"
    store.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(store)], check=True)
    try:
        with pytest.raises(HandbookError, match=r"No space left on device.*room there"):
            send(sender, f"{HOST}:{store}")
        arrived = {path for path in store.rglob("*") if path.is_file()}
        assert not [path for path in arrived if "large" in path.name and path.suffix == ".bin"]
    finally:
        # the server's part may be at its end a moment later
        subprocess.run(["umount", "--lazy", str(store)], check=True)


def small(root: Path) -> Project:
    """Make a project with one model and one lab, so that a second and a third one are quick."""
    project = Project.create(root)
    params = project.params()
    for section, name in (
        ("data", "diabetes"),
        ("models", "decision-tree-regressor"),
        ("labs", "corr2d"),
    ):
        params[section] = {name: params[section][name]}
    params |= {"claims": {}, "sweeps": {}, "bias_variance": None}
    project.write_params(params)
    return project


@pytest.mark.slow
def test_another_machine_has_nothing_to_do_or_goes_on(login, tmp_path):
    """No machine sees the folder of another; all see the server."""
    whole, begun, other, third = (small(tmp_path / str(number)) for number in range(4))
    local = perf_counter()
    assert whole.snakemake().returncode == 0
    local = perf_counter() - local

    carrying = perf_counter()
    sent = send(whole.root, f"{HOST}:{tmp_path}/whole")
    fetch(other.root, f"{HOST}:{tmp_path}/whole")
    carrying = perf_counter() - carrying
    done = other.snakemake()
    assert done.returncode == 0, done.stderr
    assert NOTHING_TO_DO in done.stdout + done.stderr
    assert "results are what was recorded" in other.succeed("handbook", "audit")

    accepted = "results/data/diabetes/accepted.json"
    assert begun.snakemake("--", accepted).returncode == 0
    send(begun.root, f"{HOST}:{tmp_path}/begun")
    fetch(third.root, f"{HOST}:{tmp_path}/begun")
    assert (third.root / accepted).exists()
    assert third.snakemake().returncode == 0
    assert "Preparing diabetes" not in logged(third)
    for path in whole.root.glob("results/models/**/predictions.arrow"):
        name = path.relative_to(whole.root)
        assert (third.root / name).read_bytes() == path.read_bytes(), name
    record(
        "storage",
        Row(
            engine=f"rsync {version('rsync')} over OpenSSH",
            ran=f"what a run made, to a server and to a third folder ({sent.rpartition(': ')[2]})",
            seconds=local + carrying,
            local_seconds=local,
            faults=("server away in the middle", "disk full", "wrong key", "unknown host"),
            result="nothing to do there; what was begun is gone on with, to the same bytes",
        ),
    )


@pytest.mark.slow
def test_a_whole_demo_is_gone_on_with_where_no_folder_is_shared(tmp_path: Path) -> None:
    """Two machines with an address and a tree each, neither of which sees the other's tree."""
    trees = tuple(tmp_path / name for name in ("first", "second"))
    for tree in trees:
        tree.mkdir()
    address = f"{nodes.ADDRESSES[1]}:{trees[1]}/store"
    demo = ["snakemake", "--workflow-profile", "workflow/profiles/demo"]
    with nodes.two_nodes() as machines, ExitStack() as stack:
        first, second = (
            Machine(node, tree, hidden)
            for node, tree, hidden in zip(machines, trees, reversed(trees), strict=True)
        )
        login = served(stack, tmp_path / "ssh", second)
        seconds = perf_counter()
        first.succeed(*demo, "--directory", str(trees[0] / "demo"), cwd=ROOT)
        local = perf_counter() - seconds
        (trees[1] / "demo").mkdir()
        seconds = perf_counter()
        sent = first.succeed("handbook", "send", address, cwd=trees[0] / "demo", RSYNC_RSH=login)
        second.succeed("handbook", "fetch", address, cwd=trees[1] / "demo", RSYNC_RSH=login)
        carrying = perf_counter() - seconds
        assert NOTHING_TO_DO in second.succeed(
            *demo, "--directory", str(trees[1] / "demo"), cwd=ROOT
        )
        assert "results are what was recorded" in second.succeed(
            "handbook", "audit", str(trees[1] / "demo"), cwd=ROOT
        )
    assert not list(differences(*(tree / "demo/results" for tree in trees)))
    record(
        "storage-demo",
        Row(
            engine=f"rsync {version('rsync')} over OpenSSH, two network namespaces",
            ran=f"the whole demo, sent to another machine ({sent.strip().rpartition(': ')[2]})",
            seconds=local + carrying,
            local_seconds=local,
            result="every byte the same; nothing to do there",
        ),
    )


@dataclass(frozen=True)
class Machine:
    """A node with a tree of its own, from where that of another is not seen."""

    node: nodes.Node
    tree: Path
    hidden: Path

    def inside(self, *command: str) -> list[str]:
        """Return a command as it runs there."""
        hide = f'mount -t tmpfs none {self.hidden} && exec "$@"'
        return self.node.inside("sh", "-c", hide, "sh", *command)

    def succeed(self, *command: str, cwd: Path, **variables: str) -> str:
        """Run a command there, and return what it printed."""
        done = subprocess.run(
            self.inside(*command), cwd=cwd, env=os.environ | variables,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


def served(stack: ExitStack, folder: Path, machine: Machine) -> str:
    """Serve a machine's tree over SSH on port 22 of its address; return rsync's remote shell."""
    host = nodes.ADDRESSES[1]
    settings = ssh_settings(folder, host, 22)
    command = machine.inside(program("sshd"), "-D", "-e", "-f", str(settings))
    stack.enter_context(serving(command, folder / "log", lambda: listening(folder / "log")))
    (folder / "known").write_text(f"{host} {(folder / 'host-key.pub').read_text()}")
    return Login(22, folder / "client-key", folder / "known").command()


def listening(log: Path) -> bool:
    """Tell whether sshd says that it listens."""
    return "Server listening" in log.read_text()


def logged(project: Project) -> str:
    """Return all that Snakemake wrote into its logs."""
    return "".join(path.read_text() for path in project.root.glob(".snakemake/log/*.log"))


def version(name: str) -> str:
    """Return the version that a program says."""
    done = subprocess.run([program(name), "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[2]
