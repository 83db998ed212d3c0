"""Snakemake's scheduler looks at ready jobs no more often than it needs to."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from handbook.workflow import scheduling
from handbook.workflow.progress import Planned

JOBS = 6
# Counts what the scheduler in use does: files whose size it takes, and timers that it leaves.
SNAKEFILE = f"""
import json, threading
from pathlib import Path
from snakemake.io import _IOFile
from handbook.workflow import scheduling

SIZES, LOOKS, TIMERS = [], [], []

onstart:
    scheduling.look_once(workflow)
    size, select = _IOFile.size, workflow.scheduler.job_selector

    async def counted(self):
        SIZES.append(str(self))
        return await size(self)

    def selecting(jobs):
        SIZES.clear()
        chosen = select(jobs)
        LOOKS.extend(SIZES)
        TIMERS.append(sum(isinstance(t, threading.Timer) for t in threading.enumerate()))
        return chosen

    _IOFile.size, workflow.scheduler.job_selector = counted, selecting

onsuccess:
    order = Path("order").read_text().split()
    Path("seen.json").write_text(json.dumps([LOOKS, TIMERS, order]))

rule all:
    input: expand("done/{{n}}", n=range({JOBS}))

rule work:
    input: "data-{{n}}"
    output: "done/{{n}}"
    priority: 1
    shell: "echo {{wildcards.n}} >> order; touch {{output}}"

use rule work as work_first with:
    output: "done/{{n,3}}"
    priority: 5

ruleorder: work_first > work
"""


def test_it_looks_at_each_input_once_and_only_where_a_job_has_ended(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    for number in range(JOBS):
        (tmp_path / f"data-{number}").touch()
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", "--scheduler", "greedy"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    looks, timers, order = json.loads((tmp_path / "seen.json").read_text())
    inputs = [name for name in looks if name.startswith("data-")]
    assert sorted(inputs) == [f"data-{number}" for number in range(JOBS)]
    assert set(timers) == {0}
    assert order[0] == "3"  # by priority, as ever
    assert sorted(order) == [str(number) for number in range(JOBS)]


async def _of_other_parameters(jobs: Any, more: Any) -> None: ...


def _of_another_kind(jobs: Any) -> None: ...


@pytest.mark.parametrize(
    "scheduler",
    [
        None,
        SimpleNamespace(),
        SimpleNamespace(update_input_sizes=_of_other_parameters),
        SimpleNamespace(update_input_sizes=_of_another_kind),
        SimpleNamespace(update_input_sizes=3),
    ],
)
def test_a_scheduler_of_another_version_stays_as_it_is(scheduler: Any) -> None:
    before = dict(vars(scheduler)) if scheduler else {}
    scheduling.look_once(SimpleNamespace(scheduler=scheduler) if scheduler else SimpleNamespace())
    assert (vars(scheduler) if scheduler else {}) == before


def test_new_jobs_alone_are_looked_at() -> None:
    seen: list[list[str]] = []

    async def update_input_sizes(jobs: Any) -> None:
        seen.append(sorted(job.name for job in jobs))

    scheduler = SimpleNamespace(update_input_sizes=update_input_sizes, job_rate_limiter=object())
    scheduling.look_once(SimpleNamespace(scheduler=scheduler))
    assert scheduler.job_rate_limiter is None
    first, second, third = (SimpleNamespace(name=name) for name in "abc")
    for ready in ([first, second], [first, second], [second, third]):
        looked = scheduler.update_input_sizes(ready)
        assert inspect.iscoroutine(looked)
        asyncio.run(looked)
    assert seen == [["a", "b"], ["c"]]


CHAINS = """
from handbook.workflow import scheduling
from handbook.workflow.progress import Planned

SECONDS = {"a": 1.0, "b": 10.0, "c": 5.0, "d": 20.0, "all": 0.0}

onstart:
    dag = workflow.dag
    scheduling.longest_first(dag, [
        Planned(dag.jobid(job), "", 1, 0, SECONDS[job.rule.name],
                [dag.jobid(need) for need in dag.dependencies[job]])
        for job in dag.needrun_jobs()
    ])

rule all:
    input: "b.txt", "c.txt", "d.txt"

rule a:
    output: "a.txt"
    shell: "echo a >> order; touch {output}"

rule b:
    input: "a.txt"
    output: "b.txt"
    shell: "echo b >> order; touch {output}"

rule c:
    output: "c.txt"
    shell: "echo c >> order; touch {output}"

rule d:
    output: "d.txt"
    shell: "echo d >> order; touch {output}"
"""


@pytest.mark.parametrize(("more", "order"), [([], "dabc"), (["--prioritize", "c"], "cdab")])
def test_the_job_that_begins_the_longest_chain_goes_first(
    tmp_path: Path, more: list[str], order: str
) -> None:
    (tmp_path / "Snakefile").write_text(CHAINS)
    done = subprocess.run(
        [*(sys.executable, "-m", "snakemake", "--cores", "1", "--scheduler", "greedy"), *more],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "".join((tmp_path / "order").read_text().split()) == order


def test_where_priorities_are_kept_elsewhere_the_order_stays() -> None:
    jobs = [Planned(1, "", 1, 0, 5.0, [])]
    assert scheduling.longest_first(SimpleNamespace(), jobs) == jobs
