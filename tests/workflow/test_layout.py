"""Jobs laid out on cores, and which goes before which."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handbook.workflow.layout import Task, chains, layout


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


def test_a_chain_is_a_job_with_the_longest_of_what_waits_for_it() -> None:
    seconds = {"a": 1.0, "b": 5.0, "c": 2.0, "d": 4.0, "alone": 3.0}
    needs = {"b": ["a"], "c": ["a", "ended before"], "d": ["b", "c"]}
    assert chains(seconds, needs) == {"a": 10.0, "b": 9.0, "c": 6.0, "d": 4.0, "alone": 3.0}
    assert chains({"a": 1.0, "b": 1.0, "c": 2.0}, {"a": ["b"], "b": ["a"]}) == {"c": 2.0}


@given(
    st.lists(
        st.tuples(st.floats(0.01, 100), st.lists(st.integers(0, 30), max_size=3)),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 6),
)
def test_longest_first_ends_within_graham_s_bound(
    jobs: list[tuple[float, list[int]]], cores: int
) -> None:
    seconds = {number: took for number, (took, _) in enumerate(jobs)}
    needs = {n: sorted({need for need in before if need < n}) for n, (_, before) in enumerate(jobs)}
    longest = chains(seconds, needs)
    tasks = {number: Task(took, 1, longest[number], number) for number, took in seconds.items()}
    starts = layout(tasks, needs, cores)
    end = max(starts[number] + took for number, took in seconds.items())
    least = max(max(longest.values()), sum(seconds.values()) / cores)
    # Graham (1969): no list of jobs, in whichever order, takes more than 2 - 1/m times the least.
    assert least <= end * (1 + 1e-9)
    assert end <= (2 - 1 / cores) * least * (1 + 1e-9)
