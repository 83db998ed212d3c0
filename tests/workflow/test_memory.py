"""How much memory jobs took, and what they ask for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.project import ROOT

from handbook.workflow.expected import DURATIONS
from handbook.workflow.memory import peaks
from handbook.workflow.requests import memory_mb, requests, runtime_min

_NOTE = """
import sys
from pathlib import Path
from handbook.workflow.expected import DURATIONS
from handbook.workflow.memory import note
held = bytearray({mib} * 2**20)
note(Path(sys.argv[1]))
"""


def noted(log: Path, mib: int) -> int:
    """Let a process that holds so much note what it held."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("some words\n")
    subprocess.run([sys.executable, "-c", _NOTE.format(mib=mib), str(log)], check=True)
    name = log.name
    return peaks(log.parent, [name])[name]


def test_a_job_notes_the_most_that_it_held(tmp_path: Path) -> None:
    little, much = (noted(tmp_path / f"{mib}.log", mib) for mib in (0, 300))
    assert 290 <= much - little <= 310
    assert (tmp_path / "0.log").read_text().startswith("some words\n")


def test_logs_without_a_note_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("error: peak memory: 3 MiB\n")
    (tmp_path / "b.log").write_text("peak memory: 3 MiB\npeak memory: 5 MiB\n")
    assert peaks(tmp_path, ["a.log", "b.log", "gone.log"]) == {"b.log": 5}


@pytest.mark.parametrize(("attempt", "times"), [(1, 1), (2, 2), (3, 4)])
def test_each_attempt_asks_for_twice_as_much(attempt: int, times: int) -> None:
    assert memory_mb(1000, attempt) == times * 2500
    assert runtime_min(60, attempt) == times * 6


def test_a_job_of_which_nothing_is_known_asks_for_much() -> None:
    resources = requests("demo", lambda rule, wildcards: [f"logs/{rule}/{wildcards}.log"])
    assert resources["mem_mb"]("new", 1, "unheard") == 4000
    assert resources["runtime"]("new", 1, "unheard") == 242


def test_a_job_asks_for_more_than_it_took() -> None:
    resources = requests("demo", lambda rule, wildcards: [f"logs/{rule}/{wildcards}.log"])
    took = json.loads(DURATIONS.read_text())["demo"]["claim/gan-saturation"]
    assert resources["runtime"]("gan-saturation", 1, "claim") == runtime_min(took)


def test_every_rule_with_a_log_asks() -> None:
    text = "\n".join(path.read_text() for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
    rules = [rule for rule in re.split(r"^ *rule\b", text, flags=re.MULTILINE) if " log:\n" in rule]
    assert len(rules) > 25
    assert all("    resources:\n" in rule and "    **REQUESTS,\n" in rule for rule in rules)
