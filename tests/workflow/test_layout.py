"""Jobs laid out on cores, and the priorities that rules give them."""

from __future__ import annotations

import re

from tests.project import ROOT

from handbook.workflow.layout import Task, layout


def test_a_job_waits_for_all_that_it_needs_and_for_room() -> None:
    jobs = {"a": Task(3.0, 1, 0, 0), "b": Task(5.0, 2, 0, 1), "c": Task(1.0, 1, 0, 2)}
    assert layout(jobs, {"c": ["a", "b"]}, cores=2) == {"a": 0.0, "b": 3.0, "c": 8.0}
    assert layout(jobs, {"c": ["a", "ended before"]}, cores=4) == {"a": 0.0, "b": 0.0, "c": 3.0}


def test_the_highest_priority_starts_first_and_lower_ones_fill_the_gaps() -> None:
    jobs = {"low": Task(9.0, 1, 0, 0), "wide": Task(2.0, 2, 2, 1), "high": Task(4.0, 1, 2, 2)}
    assert layout(jobs, {}, cores=2) == {"wide": 0.0, "high": 2.0, "low": 2.0}
    # Where one core alone is free, who needs two waits.
    running = {"at work": Task(1.0, 1, 0, 3)}
    starts = layout(jobs, {}, 2, running)
    assert (starts["high"], starts["low"], starts["wide"]) == (0.0, 1.0, 10.0)


def test_a_rule_of_several_threads_goes_before_those_that_would_take_its_cores() -> None:
    behind = []
    for file in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        text = file.read_text(encoding="utf-8")
        for name, body in re.findall(r"^rule (\w+):\n((?:    .*\n|\n)+)", text, re.MULTILINE):
            threads = re.search(r"^    threads: lambda", body, re.MULTILINE)
            if threads and not re.search(r"^    priority: [12]$", body, re.MULTILINE):
                behind.append(name)
    assert behind == ["explore"]  # of sweeps, which run by themselves
