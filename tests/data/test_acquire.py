"""Where a raw file comes from, in which order, and what is said when nowhere has it."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import types
import zipfile

import pytest

from handbook.core.errors import HandbookError
from handbook.data import registry
from handbook.data.acquire import acquire, find
from handbook.data.source import RawFile, Source

CONTENT = b"raw data\n" * 1000
PIN = {"size": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}


@pytest.fixture
def toy(monkeypatch):
    """Make `toy` the only data set; call the fixture to say where its file is published."""

    def publish(**where):
        file = RawFile("toy.csv", **PIN, **where)
        source = Source(
            "Toy", "toy-folder", (file,), "none", "https://example.org", "nobody", notes="A."
        )
        module = types.SimpleNamespace(SOURCES={"first": source})
        monkeypatch.setattr(registry, "module", lambda name: module)

    publish()
    return publish


@pytest.fixture
def get(tmp_path):
    def call(**options):
        output = tmp_path / "raw" / "toy.csv"
        options = {"repo": tmp_path, "wait": 0.0, "attempts": 2} | options
        return acquire("toy", "first", "toy.csv", output, **options), output

    return call


def placed(folder, content=CONTENT):
    path = folder / "toy-folder" / "toy.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return folder


def test_a_mirror_may_be_a_folder(toy, get, tmp_path):
    folder = placed(tmp_path / "mirror")
    origin, output = get(mirror=str(folder))
    assert origin == f"mirror {folder}/toy-folder/toy.csv"
    assert output.read_bytes() == CONTENT
    assert [path.name for path in output.parent.iterdir()] == ["toy.csv"]


def test_a_mirror_may_be_an_address(toy, get, website):
    site, url = website
    placed(site)
    origin, output = get(mirror=url + "/")
    assert origin == f"mirror {url}/toy-folder/toy.csv"
    assert output.read_bytes() == CONTENT


def test_public_addresses_are_tried_in_their_order(toy, get, website):
    site, url = website
    (site / "b.csv").write_bytes(CONTENT)
    toy(urls=(f"{url}/a.csv", f"{url}/b.csv"))
    origin, output = get()
    assert origin.startswith(f"{url}/b.csv (before it: mirror: HANDBOOK_MIRROR is not set; ")
    assert origin.endswith(f"{url}/a.csv: HTTP 404 File not found)")
    assert output.read_bytes() == CONTENT


def test_a_mirror_comes_before_the_public_address(toy, get, website, tmp_path):
    site, url = website
    (site / "a.csv").write_bytes(CONTENT)
    toy(urls=(f"{url}/a.csv",))
    origin, _ = get(mirror=str(placed(tmp_path / "mirror")))
    assert origin.startswith("mirror")


@pytest.mark.parametrize("content", [b"x" * len(CONTENT), CONTENT[:-1], CONTENT + b"x"])
def test_a_mirror_with_another_file_is_passed_over(toy, get, website, tmp_path, content):
    site, url = website
    (site / "a.csv").write_bytes(CONTENT)
    toy(urls=(f"{url}/a.csv",))
    origin, output = get(mirror=str(placed(tmp_path / "mirror", content)))
    assert origin.startswith(f"{url}/a.csv (before it: mirror ")
    assert output.read_bytes() == CONTENT


def zipped(path, **members):
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("_", "."), data)


def test_a_file_may_lie_in_a_published_archive(toy, get, website):
    site, url = website
    zipped(site / "all.zip", toy_csv=CONTENT, readme_txt=b"hello")
    toy(archive=f"{url}/all.zip")
    origin, output = get()
    assert origin.startswith(f"{url}/all.zip (toy.csv in it)")
    assert output.read_bytes() == CONTENT
    assert [path.name for path in output.parent.iterdir()] == ["toy.csv"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"other_csv": CONTENT}, "holds no 'toy.csv'"),
        ({"toy_csv": CONTENT + b"x"}, "more than the 9,000 allowed"),
        ({"toy_csv": b"x" * len(CONTENT)}, "not the pinned release"),
    ],
)
def test_a_published_archive_may_hold_something_else(toy, get, website, members, reason):
    site, url = website
    zipped(site / "all.zip", **members)
    toy(archive=f"{url}/all.zip")
    with pytest.raises(HandbookError, match=reason):
        get()


def test_a_right_file_is_left_alone(toy, get, tmp_path):
    path = tmp_path / "raw" / "toy.csv"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    before = path.stat()
    origin, _ = get()
    assert origin == "already there"
    assert path.stat() == before


def test_a_wrong_file_is_replaced_and_this_is_said(toy, get, tmp_path, capsys):
    path = tmp_path / "raw" / "toy.csv"
    path.parent.mkdir()
    path.write_bytes(b"wrong")
    _, output = get(mirror=str(placed(tmp_path / "mirror")))
    assert output.read_bytes() == CONTENT
    assert "5 bytes, expected 9,000; it is replaced" in capsys.readouterr().err


def test_a_wrong_file_stays_where_nothing_replaces_it(toy, get, tmp_path):
    path = tmp_path / "raw" / "toy.csv"
    path.parent.mkdir()
    path.write_bytes(b"of somebody")
    with pytest.raises(HandbookError, match="could not be acquired"):
        get()
    assert path.read_bytes() == b"of somebody"


def test_without_any_source_the_message_lists_reasons_and_ways_out(toy, get, tmp_path, website):
    _, url = website
    toy(urls=(f"{url}/a.csv", f"{url}/b.csv"))
    with pytest.raises(HandbookError) as stop:
        get(mirror=str(tmp_path / "nowhere"))
    message = str(stop.value)
    for line in (
        "toy: toy.csv (9,000 bytes) could not be acquired",
        f"1. mirror {tmp_path}/nowhere/toy-folder/toy.csv: No such file or directory",
        "2. DVC remote: not configured: no DVC repository here",
        f"3. {url}/a.csv: HTTP 404",
        f"4. {url}/b.csv: HTTP 404",
        "set HANDBOOK_MIRROR to a folder or address that holds toy-folder/toy.csv",
        f"place the file by hand at {tmp_path}/raw/toy.csv (SHA-256 {PIN['sha256']})",
        "data_source: sample",
    ):
        assert line in message
    assert not (tmp_path / "raw" / "toy.csv").exists()


def test_a_file_that_nobody_publishes_says_so(toy, get):
    with pytest.raises(HandbookError) as stop:
        get()
    message = str(stop.value)
    assert "1. mirror: HANDBOOK_MIRROR is not set" in message
    assert "3. public addresses: none serves exactly these bytes" in message
    assert message.endswith("- A.")  # the notes tell where something like it is found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("bank-marketing", "bank-full", "bank.csv"),
            r"no raw file 'bank.csv'; did you mean 'bank.zip'\?",
        ),
        (("bank-marketing", "full", "bank.zip"), "no release 'full'; did you mean 'bank-full'"),
        (("iris", "bundled", "iris.csv"), "iris: has no raw files, it comes with scikit-learn"),
        (("bank", "bank-full", "bank.zip"), "no data set 'bank'"),
    ],
)
def test_an_unknown_file_is_refused(arguments, message):
    with pytest.raises(HandbookError, match=message):
        find(*arguments)


def test_a_file_is_found_in_its_release():
    source, pin = find("bank-marketing", "bank-full", "bank.zip")
    assert source is registry.module("bank-marketing").SOURCES["bank-full"]
    assert pin.size == 579_043


def dvc(folder, *arguments):
    subprocess.run(
        [sys.executable, "-m", "dvc", *arguments, "-q"],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A DVC repository whose tracked folder is in a local remote and no longer in the workspace."""
    base = tmp_path_factory.mktemp("dvc")
    repo = base / "repo"
    raw = repo / "data" / "raw" / "toy-folder"
    raw.mkdir(parents=True)
    (raw / "toy.csv").write_bytes(CONTENT)
    (repo / "dvc.yaml").write_text(
        "stages:\n  rebuild:\n    cmd: 'true'\n    outs:\n"
        "      - data/raw/toy-folder: {persist: true}\n"
    )
    dvc(repo, "init", "--no-scm")
    dvc(repo, "remote", "add", "-d", "local", str(base / "remote"))
    dvc(repo, "repro")
    dvc(repo, "push")
    for path in (raw / "toy.csv", *(repo / ".dvc" / "cache").rglob("*")):
        if path.is_file():
            path.chmod(0o644)
            path.unlink()
    return repo


@pytest.mark.services
def test_the_dvc_remote_gives_a_file_of_a_tracked_folder(toy, get, repository):
    origin, output = get(repo=repository)
    assert origin.startswith("DVC remote")
    assert output.read_bytes() == CONTENT


@pytest.mark.services
def test_the_dvc_remote_is_read_while_a_stage_runs(repository):
    """Two jobs read at once, from within a stage that holds DVC's lock."""
    code = (
        "import sys, types; from pathlib import Path; from handbook.data import registry, acquire;"
        "from handbook.data.source import RawFile, Source;"
        f"file = RawFile('toy.csv', {PIN['size']}, {PIN['sha256']!r});"
        "source = Source('Toy', 'toy-folder', (file,), '', '', '');"
        "registry.module = lambda name: types.SimpleNamespace(SOURCES={'first': source});"
        "acquire.acquire('toy', 'first', 'toy.csv', Path(sys.argv[1]))"
    )
    (repository / "job.py").write_text(code)
    job = f"{sys.executable} job.py"
    (repository / "dvc.yaml").write_text(
        f"stages:\n  rebuild:\n    cmd: {job} out/a & {job} out/b; wait; cat out/a out/b > both\n"
        "    outs:\n      - both\n      - data/raw/toy-folder: {persist: true}\n"
    )
    dvc(repository, "repro")
    assert (repository / "both").read_bytes() == CONTENT * 2


@pytest.mark.services
@pytest.mark.parametrize(
    ("lock", "reason"),
    [(True, "neither its cache nor a remote has the file"), (False, "dvc.lock does not list")],
)
def test_a_dvc_repository_without_the_file_is_not_configured(toy, get, tmp_path, lock, reason):
    dvc(tmp_path, "init", "--no-scm")
    if lock:
        placed(tmp_path / "data" / "raw")
        (tmp_path / "dvc.yaml").write_text(
            "stages:\n  rebuild:\n    cmd: 'true'\n    outs:\n"
            "      - data/raw/toy-folder: {persist: true}\n"
        )
        dvc(tmp_path, "repro")
        for path in (tmp_path / ".dvc" / "cache").rglob("*"):
            if path.is_file():
                path.chmod(0o644)
                path.unlink()
        (tmp_path / "data" / "raw" / "toy-folder" / "toy.csv").unlink()
    with pytest.raises(HandbookError, match=reason):
        get()


@pytest.mark.data
def test_the_mirror_of_real_data_gives_a_pinned_file(mirror, tmp_path):
    output = tmp_path / "bank.zip"
    acquire("bank-marketing", "bank-full", "bank.zip", output, mirror=str(mirror), repo=tmp_path)
    assert zipfile.ZipFile(io.BytesIO(output.read_bytes())).testzip() is None
