"""A server for jobs of one kind imports what they do, and who comes meanwhile waits."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from tests.workflow.test_warm import ABLE
from tests.workflow.warm_copy import PARENT, PROBE, Copy

from handbook.workflow.warm.client import VARIABLE

pytestmark = pytest.mark.skipif(not ABLE, reason="no warm jobs here")


@pytest.fixture
def made(tmp_path: Path) -> Copy:
    """A copy whose labs are probes."""
    copy = Copy(tmp_path)
    (copy.root / "src/handbook/labs/registry.py").write_text(PROBE)
    return copy


def test_it_imports_what_they_do(made: Copy) -> None:
    code = PARENT + "print({'json.tool', 'numpy', 'pandas'} & {*sys.modules})\n"
    with made.server("json.tool") as (process, address):
        output = made.run(*made.probe(code), **{VARIABLE: address})[1]
    assert output == f"parent {process}\n{{'json.tool'}}\n"


@pytest.mark.parametrize("killed", [False, True])
def test_who_comes_before_it_is_ready_waits_unless_it_dies(made: Copy, killed: bool) -> None:
    (made.root / "src/slow.py").write_text("import time\nprint('slow', flush=True)\ntime.sleep(3)")
    with (
        tempfile.TemporaryDirectory() as folder,
        made.start("handbook", "warm", "--socket", address := f"{folder}/socket", "slow") as server,
    ):
        assert server.stdout is not None
        assert server.stdout.readline() == "slow\n"
        with made.start(*made.probe(PARENT), **{VARIABLE: address}) as job:
            if killed:
                server.kill()
            output, errors = job.communicate()
        assert (output, errors) == (f"parent {os.getpid() if killed else server.pid}\n", "")
        server.communicate("")
