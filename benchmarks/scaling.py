"""How a rebuild would scale with cores: its jobs, with what they took, played through a simulation.

    .venv/bin/python benchmarks/scaling.py [FOLDER]

reads the records that a rebuild left in a folder, and lets Snakemake's own scheduler choose among
the jobs that are ready whenever one ends, by priority and then by the size of their inputs, as in a
run. Only time is made up: a job takes as long as it did. So jobs do not slow each other down, and
a job on two threads takes as long on four cores as on two. Priorities are those of the rules as
they stand; ``ratio_then`` is that of the priorities which the recorded runs had.

The bound is the greater of the critical path and the work over the cores: no order of the jobs ends
before it. Where the critical path is the greater, two remedies are tried on its longest job: twice
the threads at 0.6 of its time, and its folds (there are five) as jobs of their own.

Results go to ``benchmarks/results/scaling.json``.
"""

from __future__ import annotations

import heapq
import json
import logging
import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from snakemake.scheduling.greedy import Scheduler, SchedulerSettings

from handbook.records.jobs import Job, recorded
from handbook.records.times import critical_path
from handbook.workflow.metadata import contents

WORKERS = (2, 4, 8, 16, 32)
TARGET = 1.15
FOLDS = 5
SPEED_UP = 0.6  # assumed, not measured
RULES = Path(__file__).parents[1] / "workflow" / "rules"
RESULT = Path(__file__).parent / "results" / "scaling.json"


@dataclass(frozen=True)
class Ready:
    """What Snakemake's scheduler looks at in a job that could start."""

    name: str
    priority: int
    scheduler_resources: Mapping[str, int]
    input: tuple[File, ...]


class File(str):
    """An input of a job; none is temporary."""

    def is_flagged(self, flag: str) -> bool:
        """Say whether a rule marks it so."""
        return False


def inputs_of(folder: Path) -> dict[str, tuple[File, ...]]:
    """Return by log the files that jobs read."""
    files: dict[str, set[File]] = defaultdict(set)
    for _, record in contents(folder):
        if record.get("log"):
            files[record["log"][0]].update(map(File, record["input"]))
    return {log: tuple(sorted(paths)) for log, paths in files.items()}


def makespan(
    jobs: Mapping[str, Job],
    inputs: Mapping[str, tuple[File, ...]],
    sizes: Mapping[Any, int],
    cores: int,
) -> float:
    """Return when the last job ends, if Snakemake's greedy scheduler chooses."""
    chooser: Any = None  # the graph, which it never asks
    scheduler = Scheduler(chooser, SchedulerSettings(), logging.getLogger())
    waits = {name: sum(need in jobs for need in job.needs) for name, job in jobs.items()}
    behind: dict[str, list[str]] = defaultdict(list)
    for name, job in jobs.items():
        for need in job.needs:
            behind[need].append(name)
    ready = {name: None for name, count in waits.items() if count == 0}
    candidates = {
        name: Ready(
            name,
            job.priority,
            {"_cores": min(job.threads, cores), "_nodes": 1},
            inputs.get(f"logs/{name}.log", ()),
        )
        for name, job in jobs.items()
    }
    ends: list[tuple[float, str]] = []
    free, now = cores, 0.0
    while ready or ends:
        if ready and free:
            resources: dict[str, int | str] = {"_cores": free, "_nodes": sys.maxsize}
            pool: Any = [candidates[name] for name in ready]
            chosen: Any = scheduler.select_jobs(pool, pool, resources, dict(sizes))
            for job in chosen:
                del ready[job.name]
                free -= job.scheduler_resources["_cores"]
                heapq.heappush(ends, (now + jobs[job.name].seconds, job.name))
        now, name = heapq.heappop(ends)
        free += candidates[name].scheduler_resources["_cores"]
        for follower in behind[name]:
            waits[follower] -= 1
            if waits[follower] == 0:
                ready[follower] = None
    return now


def priorities() -> dict[str, int]:
    """Return the priority of each rule that has one."""
    rules: dict[str, int] = {}
    for file in sorted(RULES.glob("*.smk")):
        for name, body in re.findall(r"^rule (\w+):\n((?:    .*\n|\n)+)", file.read_text(), re.M):
            if given := re.search(r"^    priority: (\d+)$", body, re.M):
                rules[name] = int(given[1])
    return rules


def with_threads(jobs: Mapping[str, Job], name: str) -> dict[str, Job]:
    """Return the jobs with twice the threads for one of them."""
    job = jobs[name]
    wider = job._replace(threads=2 * job.threads, seconds=SPEED_UP * job.seconds)
    return {**jobs, name: wider}


def split(jobs: Mapping[str, Job], name: str) -> dict[str, Job]:
    """Return the jobs with one of them as a job for each fold, and one that gathers them."""
    job = jobs[name]
    parts = {
        f"{name}#{n}": job._replace(seconds=job.seconds / FOLDS, priority=job.priority + 1)
        for n in range(FOLDS)
    }
    return {**jobs, **parts, name: job._replace(seconds=1.0, threads=1, needs=tuple(parts))}


def reckon(
    jobs: Mapping[str, Job],
    inputs: Mapping[str, tuple[File, ...]],
    sizes: Mapping[Any, int],
    cores: int,
) -> dict[str, Any]:
    """Return makespan and bound on so many cores."""
    fitting = {name: job._replace(threads=min(job.threads, cores)) for name, job in jobs.items()}
    path = critical_path(fitting)
    critical = sum(took for _, took in path)
    share = sum(job.seconds * job.threads for job in fitting.values()) / cores
    bound, ends = max(critical, share), makespan(fitting, inputs, sizes, cores)
    return {
        "makespan_s": round(ends, 1),
        "bound_s": round(bound, 1),
        "bound_is": "critical path" if critical > share else "work over cores",
        "ratio": round(ends / bound, 3),
        "idle_share": round(1 - share / ends, 4),
    }


def main() -> None:
    """Play a rebuild through on more and more cores and write the result."""
    folder = Path(sys.argv[1] if sys.argv[1:] else ".")
    then, inputs = recorded(folder), inputs_of(folder)
    now = priorities()
    jobs = {name: job._replace(priority=now.get(job.rule, 0)) for name, job in then.items()}
    if not jobs:
        sys.exit(f"{folder}: no records of jobs; run `make rebuild` there first")
    paths = {file for files in inputs.values() for file in files}
    sizes = {file: (folder / file).stat().st_size for file in paths if (folder / file).exists()}
    sizes.update(dict.fromkeys(paths - sizes.keys(), 0))
    path = critical_path(jobs)
    longest = max(path, key=lambda step: step[1])[0]
    result: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d"),
        "snakemake": version("snakemake"),
        "jobs": len(jobs),
        "work_s": round(sum(job.seconds * job.threads for job in jobs.values())),
        "critical_path": [{"job": name, "seconds": round(took, 1)} for name, took in path],
        "target_ratio": TARGET,
        "cores": {},
    }
    for cores in WORKERS:
        row = reckon(jobs, inputs, sizes, cores)
        row["ratio_then"] = reckon(then, inputs, sizes, cores)["ratio"]
        if row["bound_is"] == "critical path":
            row["remedies"] = {
                f"twice the threads for {longest}": reckon(
                    with_threads(jobs, longest), inputs, sizes, cores
                ),
                f"folds of {longest} apart": reckon(split(jobs, longest), inputs, sizes, cores),
            }
        result["cores"][cores] = row
    print(json.dumps(result, indent=2))
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
