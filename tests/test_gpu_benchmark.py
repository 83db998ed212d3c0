"""`benchmarks/gpu.sh`: ready for a machine with a GPU, as far as one without can tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.project import ROOT

SCRIPT = ROOT / "benchmarks" / "gpu.sh"


@pytest.fixture(scope="module")
def parts() -> Iterator[Any]:
    """The module of the parts, imported as the script runs it."""
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        import gpu_part  # type: ignore[import-not-found]

        yield gpu_part
    finally:
        sys.path.remove(str(SCRIPT.parent))


NAMES = ["machine", "host", "dcgan", "formats", "gan", "cnn", "lstm", "repeats"]


@pytest.mark.parametrize("name", NAMES)
def test_each_part_runs_for_a_moment_on_a_processor(parts: Any, name: str) -> None:
    measures = json.loads(json.dumps(parts.PARTS[name](parts.Size(smoke=True))))
    assert measures
    assert "failed" not in json.dumps(measures)
    if name == "repeats":
        assert set(measures.values()) == {True}


def python(folder: Path, body: str) -> dict[str, str]:
    """Return an environment whose Python is a shell script, without a GPU: $2 is the part."""
    stub = folder / "python"
    stub.write_text(
        "#!/bin/sh\ncase $1 in -c) exit 1 ;; *gather*) exec "
        + sys.executable
        + ' "$@" ;; esac\n'
        + body
    )
    stub.chmod(0o755)
    return os.environ | {"PYTHON": str(stub)}


def test_a_part_that_crashes_or_fails_takes_no_other_with_it(tmp_path: Path) -> None:
    body = (
        'case $2 in formats) kill -SEGV $$ ;; gan) echo "no memory" >&2; exit 3 ;; esac\n'
        "echo '{\"pace\": 1}'\n"
    )
    out = tmp_path / "gpu.json"
    ended = subprocess.run(
        [SCRIPT, "--cpu-smoke", "--out", out],
        env=python(tmp_path, body), capture_output=True, text=True, check=False,
    )  # fmt: skip
    content = json.loads(out.read_text())
    assert ended.returncode == 1  # a smoke is a test
    assert content.pop("smoke") is True
    assert list(content) == NAMES
    assert content.pop("gan") == {"failed": "status 3", "why": "no memory"}
    assert content.pop("formats")["failed"] == "status 139"
    assert {json.dumps(part) for part in content.values()} == {'{"pace": 1}'}
    assert "gan: ended with 3: no memory" in ended.stderr


def test_without_a_gpu_it_says_so_and_ends_well(tmp_path: Path) -> None:
    env = python(tmp_path, "case $* in *--cpu-smoke*) echo '{\"pace\": 1}' ;; *) exit 9 ;; esac\n")
    ended = subprocess.run([SCRIPT], env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("gpu.sh: torch sees no GPU here; each part is tried")


def test_all_parts_together_take_at_most_five_minutes() -> None:
    (line,) = [line for line in SCRIPT.read_text().splitlines() if line.startswith("parts=")]
    limits = [int(entry.split(":")[1]) for entry in line.split("'")[1].split()]
    assert len(limits) == len(NAMES)
    assert sum(limits) <= 290
