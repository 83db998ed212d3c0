"""A store that is damaged, locked or on a full disk: one line, nothing lost, and on it goes."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.records.tracking.conftest import Tracked

from handbook.core.errors import HandbookError
from handbook.records.tracking import faults
from handbook.records.tracking.lookup import look_up

pytestmark = pytest.mark.services


def garbage(path: Path) -> None:
    path.write_bytes(b"no database at all " * 1000)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def pages_overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[2 * 4096 : 20 * 4096] = b"\xff" * 18 * 4096
    path.write_bytes(content)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").touch()


@pytest.mark.parametrize("damage", [garbage, half, pages_overwritten, a_folder])
def test_a_damaged_database_is_named_with_the_remedy(
    made: Tracked, damage: Callable[[Path], None]
) -> None:
    made.run("ant")
    damage(made.database)
    for use in (made.track, lambda: look_up(made.uri, "0123")):
        with pytest.raises(HandbookError) as caught:
            use()
        message = str(caught.value)
        assert message.startswith(f"{made.database}: MLflow's database cannot be used (")
        assert "delete it and run the same command again" in message
        assert "\n" not in message


def test_an_empty_database_is_none(made: Tracked) -> None:
    made.run("ant")
    made.database.write_bytes(b"")
    made.track()
    assert [run.info.status for run in made.runs()] == ["FINISHED"]


def test_a_journal_of_a_deleted_database_does_not_reach_the_next(made: Tracked) -> None:
    made.run("ant")
    journal = made.database.with_name("mlflow.db-journal")
    with closing(sqlite3.connect(made.database, isolation_level=None)) as killed:
        killed.execute("PRAGMA cache_size = 1")
        killed.execute("BEGIN")
        killed.execute("UPDATE alembic_version SET version_num = 'elder'")
        killed.execute("CREATE TABLE more AS SELECT hex(randomblob(100000)) AS text")
        left = journal.read_bytes()
        killed.execute("ROLLBACK")
    assert len(left) > 512
    made.database.unlink()
    journal.write_bytes(left)
    made.track()
    assert [run.info.status for run in made.runs()] == ["FINISHED"]


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_who_locks_the_database_is_named(made: Tracked, monkeypatch: pytest.MonkeyPatch) -> None:
    made.run("ant")
    monkeypatch.setattr(faults, "_PATIENCE", 0.1)
    command = [sys.executable, "-c", HOLDER, str(made.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(HandbookError, match=rf"mlflow\.db: locked by process {holder.pid} "):
            made.track()
        assert holder.stdin is not None
        holder.stdin.close()
    made.track()
    assert [run.info.status for run in made.runs()] == ["FINISHED"]


# On a small file system of its own, which grows, and which nobody else sees.
GROWING = """
set -e
small="$1"
shift
mount -t tmpfs -o size=600k tmpfs "$small"
for size in 900k 1100k 60m; do
    mount -o remount,size="$size" "$small"
    "$@"
done
cp "$small/mlflow.db" "$small/../after.db"
"""
TRACK = """
import json, sys
from pathlib import Path
from handbook.core.errors import HandbookError
from handbook.records.tracking.tracker import track

root, small = Path(sys.argv[1]), Path(sys.argv[2])
try:
    track(
        root / "results", json.loads(sys.argv[3]), logs=root / "logs",
        store_uri=f"sqlite:///{small}/mlflow.db", artifacts=small / "mlartifacts",
        output=root / "tracked.json",
    )
except HandbookError as error:
    print("error:", error)
"""


@pytest.mark.slow
@pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0,
    reason="this machine lets nobody mount a small file system",
)
def test_a_full_disk_loses_nothing_and_with_room_it_goes_on(made: Tracked) -> None:
    made.run("ant")
    made.run("bee")
    small = made.root / "small"
    small.mkdir()
    done = subprocess.run(
        [
            *("unshare", "-rm", "sh", "-c", GROWING, "sh", str(small)),
            *(sys.executable, "-c", TRACK, str(made.root), str(small), json.dumps(made.catalogue)),
        ],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    errors = [line for line in done.stdout.splitlines() if line.startswith("error: ")]
    assert len(errors) == 2
    for error in errors:
        assert error.startswith(f"error: {small}/ml")
        assert "cannot be written" in error
        assert "nothing is lost" in error
    shutil.copy(made.root / "after.db", made.database)
    assert [run.info.status for run in made.runs()] == ["FINISHED", "FINISHED"]
    assert len(made.versions()) == 2
