"""The plan of a sweep: how many trials, in which rounds and jobs."""

from __future__ import annotations

from tests.sweeps.made import spec_with

from handbook.sweeps.plan import jobs, total


def test_a_random_sweep_of_a_small_space_ends_with_the_space() -> None:
    spec = spec_with(strategy="random", budget=10, space={"k": [1, 2, 3]})
    assert total(spec) == 3
    assert total(spec_with(strategy="tpe", budget=10, space={"k": [1, 2, 3]})) == 10


def test_trials_are_dealt_out_like_cards() -> None:
    spec = spec_with(space={"k": [1, 2, 3, 4, 5]}, chunk=3)
    assert [list(job.trials) for job in jobs(spec)] == [[0, 2, 4], [1, 3]]


def test_rounds_follow_each_other_where_trials_depend_on_earlier_ones() -> None:
    spec = spec_with(strategy="tpe", budget=6, batch=4, chunk=2)
    assert [(job.round, job.chunk, list(job.trials)) for job in jobs(spec)] == [
        (0, 0, [0, 2]), (0, 1, [1, 3]), (1, 0, [4, 5]),
    ]  # fmt: skip
