"""The notice at the end of a run."""

from __future__ import annotations

import logging
import shlex
import sys
from pathlib import Path

import pytest

from handbook.workflow import notice

WRITES = """\
import json, os, sys
from pathlib import Path
names = ("HANDBOOK_OUTCOME", "HANDBOOK_SUMMARY")
text = [sys.argv[2:], sys.stdin.read(), [os.environ[name] for name in names]]
Path(sys.argv[1]).write_text(json.dumps(text))
"""


def test_the_command_gets_the_outcome_and_nothing_is_run_by_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    script, out = tmp_path / "a name; touch x.py", tmp_path / "out"
    script.write_text(WRITES)
    command = shlex.join([sys.executable, str(script), str(out), "$(touch y)"])
    monkeypatch.setenv(notice.VARIABLE, command)
    monkeypatch.chdir(tmp_path)
    notice.give("failed", "demo: failed; `touch z`")
    line = "demo: failed; `touch z`"
    assert out.read_text() == (
        f'[["$(touch y)", "failed", "{line}"], "{line}\\n", ["failed", "{line}"]]'
    )
    assert {path.name for path in tmp_path.iterdir()} == {script.name, "out"}
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("no-such-program-at-all --option", "No such file or directory"),
        (f"{sys.executable} -c 'import sys; sys.exit(\"no\\nmail\")'", "exit status 1: mail"),
        ("mail 'me", "No closing quotation"),
    ],
)
def test_a_command_that_fails_is_one_line_of_warning(
    command: str, fault: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(notice.VARIABLE, command)
    notice.give("done", "demo: done")
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith(f"HANDBOOK_NOTIFY={command}: no notice was given: ")
    assert fault in record.getMessage()
    assert "\n" not in record.getMessage()


def test_a_command_that_does_not_end_is_ended(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(notice, "_PATIENCE_S", 0.1)
    monkeypatch.setenv(notice.VARIABLE, f"{sys.executable} -c 'import time; time.sleep(600)'")
    notice.give("done", "demo: done")
    assert "did not end within" in caplog.text


@pytest.mark.parametrize("command", [None, "", "  "])
def test_nobody_asked_nobody_is_told(
    command: str | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(notice.VARIABLE, raising=False)
    if command is not None:
        monkeypatch.setenv(notice.VARIABLE, command)
    notice.give("done", "demo: done")
    assert caplog.text == ""
