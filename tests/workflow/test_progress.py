"""How far a run is and when it will end, against cases worked by hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook.records.events import Event
from handbook.records.foretold import replay
from handbook.workflow.progress import Planned, Progress


def job(number: int, seconds: float, *needs: int, threads: int = 1, kind: str = "a") -> Planned:
    return Planned(number, kind, threads, 0, seconds, list(needs))


@pytest.mark.parametrize(
    ("jobs", "cores", "left"),
    [
        ([], 2, 0),
        ([job(1, 60), job(2, 60), job(3, 60)], 2, 120),
        # no end before the longest chain: 1, 2, 3
        ([job(1, 10), job(2, 20, 1), job(3, 30, 2), job(4, 5), job(5, 5)], 2, 60),
        ([job(1, 60, threads=2), job(2, 60), job(3, 60)], 2, 120),
        # no job takes more threads than there are cores
        ([job(1, 60, threads=8), job(2, 60)], 2, 120),
        ([job(1, 60), job(2, 60)], 100, 60),
        # 3 fits beside 1, and 2, which needs both cores, starts after both
        ([job(1, 60), job(2, 10, threads=2), job(3, 20)], 2, 70),
    ],
)
def test_jobs_are_laid_out_on_the_cores(jobs: list[Planned], cores: int, left: float) -> None:
    estimate = Progress(jobs, cores).estimate(0)
    assert estimate.left == left
    assert (estimate.finished, estimate.failed, estimate.total) == (0, 0, len(jobs))


def test_of_jobs_that_could_start_the_one_of_the_highest_priority_does() -> None:
    # 3 and then 4 run beside 1 and then 2; were 1 and 2 first, the end would be at 160 s
    first = [job(1, 50), job(2, 50)]
    chain = [Planned(3, "a", 1, 5, 10, []), Planned(4, "a", 1, 5, 100, [3])]
    assert Progress([*first, *chain], 2).estimate(0).left == 110


def test_what_jobs_of_a_kind_took_scales_the_others_of_that_kind() -> None:
    jobs = [job(n, 100) for n in range(10)] + [job(10, 100, kind="b")]
    progress = Progress(jobs, 1)
    for number in range(5):
        progress.start(number, 200 * number)
        progress.finish(number, 200 * number + 200)
    # nearly 5 x 200 s for its kind; for the other kind less than that is believed
    left = progress.estimate(1000).left
    assert 0.9 * 1200 < left < 1200


def test_one_job_that_took_very_long_does_not_rule_the_others() -> None:
    progress = Progress([job(n, 10) for n in range(40)], 1)
    for number in range(20):
        progress.start(number, 0)
        progress.finish(number, 1000 if number == 7 else 10)
    assert progress.estimate(0).left < 1.25 * 200


def test_a_job_that_is_late_is_not_about_to_end_for_ever() -> None:
    progress = Progress([job(1, 10)], 1)
    progress.start(1, 0)
    assert progress.estimate(5).left == pytest.approx(5, abs=0.1)
    assert progress.estimate(100).left >= 20
    assert progress.estimate(1000).left >= 200
    assert progress.estimate(1000).share < 1


def test_what_waits_for_a_failed_job_is_not_waited_for() -> None:
    progress = Progress([job(1, 10), job(2, 100, 1), job(3, 100, 2), job(4, 50)], 1)
    progress.start(1, 0)
    progress.fail(1)
    estimate = progress.estimate(0)
    assert (estimate.left, estimate.failed, estimate.running) == (50, 1, {})
    progress.start(1, 0)  # again
    estimate = progress.estimate(0)
    assert (estimate.left, estimate.failed) == (260, 0)


def test_running_jobs_come_the_longest_at_work_first() -> None:
    progress = Progress([job(1, 10), job(2, 10)], 2)
    progress.start(2, 100)
    progress.start(1, 103)
    assert list(progress.estimate(104).running.items()) == [(2, 100), (1, 103)]


def test_at_the_end_all_is_done() -> None:
    progress = Progress([job(1, 10), job(2, 0)], 1)
    for number in (1, 2):
        progress.start(number, 0)
        progress.finish(number, 20)
    estimate = progress.estimate(20)
    assert (estimate.share, estimate.left, estimate.finished) == (1, 0, 2)


@st.composite
def graphs(draw: st.DrawFn) -> list[Planned]:
    jobs: list[Planned] = []
    for number in range(draw(st.integers(1, 12))):
        needs = draw(st.sets(st.integers(0, max(0, number - 1)), max_size=3)) if number else set()
        seconds = draw(st.floats(0, 100))
        jobs.append(job(number, seconds, *needs, threads=draw(st.integers(1, 3))))
    return jobs


@given(graphs(), st.integers(1, 4))
def test_the_end_is_neither_before_the_longest_chain_nor_after_one_by_one(
    jobs: list[Planned], cores: int
) -> None:
    chains: dict[int, float] = {}
    for each in jobs:
        before = max((chains[need] for need in each.needs), default=0.0)
        chains[each.number] = before + each.seconds
    work = sum(each.seconds * min(each.threads, cores) for each in jobs)
    left = Progress(jobs, cores).estimate(0).left
    assert max(*chains.values(), work / cores) <= left + 1e-6
    assert left <= sum(each.seconds for each in jobs) + 1e-6


def recorded(jobs: list[Planned], took: dict[int, float]) -> list[Event]:
    """The events of a run on one core."""
    events: list[Event] = [
        {"event": "plan", "time": 0.0, "cores": 1, "jobs": [each._asdict() for each in jobs]}
    ]
    now = 0.0
    for each in jobs:
        events.append({"event": "job_info", "time": now, "jobid": each.number})
        now += took[each.number]
        events.append({"event": "job_finished", "time": now, "jobid": each.number})
    return events


def test_on_a_machine_of_another_speed_the_end_is_foretold_by_half_time() -> None:
    """Trainings take three times as long as expected, drawings as long; each by its own luck."""
    luck = random.Random(1)
    jobs = [
        job(n, luck.lognormvariate(3, 1), kind="train" if n % 2 else "draw") for n in range(200)
    ]
    took = {
        each.number: each.seconds * (3 if each.kind == "train" else 1) * luck.lognormvariate(0, 0.3)
        for each in jobs
    }
    rows = list(replay(recorded(jobs, took), (0.0, 0.25, 0.5, 0.75)))
    first, *others = (row.off_share_of_what_was_left for row in rows)
    assert first < -0.3  # nothing seen yet
    assert all(abs(off) < 0.25 for off in others)
