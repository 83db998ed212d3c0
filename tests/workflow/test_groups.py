"""Which jobs a batch system gets together."""

from __future__ import annotations

import itertools

import pytest

from handbook.workflow import expected, groups
from handbook.workflow.groups import STAGES, group_of


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> object:
    """What tells the group of a job, where a training takes long and all else a second."""
    seconds = {
        f"{verb}/a/b/c": 1.0 for chains in STAGES.values() for verb in itertools.chain(*chains)
    }
    seconds |= {"train/long/b/c": 90.0, "explain/long/b/c": 1.0, "draw/long/b/c": 1.0}
    seconds |= {
        "crossval/long/b/c": 2.0,
        "collect": 1.0,
        "decompose": 1.0,
        "draw-bias-variance": 1.0,
    }
    monkeypatch.setattr(groups, "shipped", lambda file, tier: seconds)
    return lambda name: group_of("demo")([f"logs/{name}.log"], "rule")


@pytest.mark.parametrize(
    ("name", "expected_group"),
    [
        ("gate/a/b/c", "rows"),
        ("train/a/b/c", "runs"),
        ("draw/a/b/c", "runs"),
        ("decompose", "runs"),
        ("gauge/a/b/c", "summaries"),
        # A drawing waits for a training that has a start of its own: so has it.
        ("train/long/b/c", None),
        ("draw/long/b/c", None),
        ("crossval/long/b/c", "runs"),  # nothing waits for it but the end
        ("collect", None),
        ("explore/a/b/c", None),
    ],
)
def test_short_jobs_travel_by_stage(group, name: str, expected_group: str | None) -> None:  # type: ignore[no-untyped-def]
    assert group(name) == expected_group


def test_a_job_of_which_nothing_is_known_travels_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(groups, "shipped", lambda file, tier: {})
    assert group_of("demo")(["logs/lab/new.log"], "lab") is None


def test_stages_name_verbs_of_rules_that_have_run() -> None:
    ran = {name.partition("/")[0] for name in expected.shipped(expected.DURATIONS, "standard")}
    verbs = {verb for chains in STAGES.values() for verb in itertools.chain(*chains)}
    assert verbs - ran <= {"rank", "show-sweep"}
