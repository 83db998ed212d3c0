"""Jobs laid out on cores: when each starts, if each starts as soon as it can."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple, TypeVar

__all__ = ["Task", "layout"]

_Name = TypeVar("_Name", bound=Hashable)


class Task(NamedTuple):
    """What a layout needs of a job.

    Parameters
    ----------
    seconds : float
    threads : int
    priority : int
        Of jobs that could start, the highest does.
    order : int
        Of jobs of equal priority, the lowest does.
    """

    seconds: float
    threads: int
    priority: int
    order: int


def layout(
    tasks: Mapping[_Name, Task],
    needs: Mapping[_Name, Sequence[_Name]],
    cores: int,
    running: Mapping[_Name, Task] | None = None,
) -> dict[_Name, float]:
    """Return when jobs start, in seconds from now, as Snakemake would start them.

    Parameters
    ----------
    tasks : mapping of name to Task
        Those that are to start. None takes more threads than there are cores.
    needs : mapping of name to sequence of names
        Jobs that must end before; those in neither mapping of tasks have ended.
    cores : int
    running : mapping of name to Task, optional
        Those at work, with the seconds that they have left; they start at 0.

    Examples
    --------
    >>> jobs = {name: Task(10.0, 1, 0, n) for n, name in enumerate("abc")}
    >>> layout(jobs, {"c": ["a"]}, cores=2)
    {'a': 0.0, 'b': 0.0, 'c': 10.0}
    """
    at_work = dict(running or {})
    behind: dict[_Name, list[_Name]] = defaultdict(list)
    waits: dict[_Name, int] = {}
    for name in tasks:
        open_needs = [need for need in needs.get(name, ()) if need in tasks or need in at_work]
        waits[name] = len(open_needs)
        for need in open_needs:
            behind[need].append(name)
    # By the threads that jobs take, those that could start, first the one that does.
    ready: dict[int, list[tuple[int, int, _Name]]] = defaultdict(list)

    def offer(name: _Name) -> None:
        task = tasks[name]
        heapq.heappush(ready[task.threads], (-task.priority, task.order, name))

    for name, count in waits.items():
        if count == 0:
            offer(name)
    every = {**tasks, **at_work}
    starts = dict.fromkeys(at_work, 0.0)
    ends = [(task.seconds, task.order, name) for name, task in at_work.items()]
    heapq.heapify(ends)
    free, now = cores - sum(task.threads for task in at_work.values()), 0.0
    while True:
        while True:
            fitting = [queue for threads, queue in ready.items() if queue and threads <= free]
            if not fitting:
                break
            _, _, name = heapq.heappop(min(fitting, key=lambda queue: queue[0][:2]))
            starts[name] = now
            free -= every[name].threads
            heapq.heappush(ends, (now + every[name].seconds, every[name].order, name))
        if not ends:
            return starts
        now, _, name = heapq.heappop(ends)
        free += every[name].threads
        for follower in behind[name]:
            waits[follower] -= 1
            if waits[follower] == 0:
                offer(follower)
