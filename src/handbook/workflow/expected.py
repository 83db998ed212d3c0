"""How long jobs are expected to take: as they did here before, else as in the last rebuild.

    python -m handbook.workflow.expected standard=. demo=build/demo

takes what the jobs of finished runs took, from Snakemake's records and the jobs' logs below those
folders, into ``durations.json`` and ``memory.json`` beside this module. A job goes by its log, as
``train/cnn/mnist/tuned``.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

from handbook.core.files import read_json, write_text
from handbook.workflow.memory import peaks
from handbook.workflow.metadata import durations
from handbook.workflow.progress import Planned

__all__ = ["DURATIONS", "MEMORY", "estimator", "expected", "name_of", "plan", "shipped", "update"]

#: Seconds of jobs, by tier and by the job's name.
DURATIONS = Path(__file__).with_name("durations.json")
#: MiB that they held at most.
MEMORY = Path(__file__).with_name("memory.json")

_NOTHING_KNOWN_S = 1.0


def name_of(log: Iterable[str], rule: str) -> str:
    """Return the name of a job: that of its log, else of its rule.

    Examples
    --------
    >>> name_of(["logs/train/cnn/mnist/tuned.log"], "train")
    'train/cnn/mnist/tuned'
    """
    for path in log:
        return path.removeprefix("logs/").removesuffix(".log")
    return rule


def expected(names: Iterable[str], *sources: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds that jobs are expected to take.

    A job that no source has takes as long as those whose names agree with its own the furthest:
    another variant, another data set, another model.

    Parameters
    ----------
    names : iterable of str
    sources : mapping of str to float
        Seconds of earlier jobs; the first that has a name is believed.

    Examples
    --------
    >>> expected(["train/cnn/mnist/new", "train/svc/iris/book"],
    ...          {"train/cnn/mnist/a": 20, "train/cnn/mnist/b": 40})
    {'train/cnn/mnist/new': 30.0, 'train/svc/iris/book': 30.0}
    """
    of = estimator(*sources, combine=fmean, unknown=_NOTHING_KNOWN_S)
    return {name: of(name) for name in names}


def estimator(
    *sources: Mapping[str, float], combine: Callable[[Iterable[float]], float], unknown: float
) -> Callable[[str], float]:
    """Return a function that estimates what a job takes, from what others took.

    Parameters
    ----------
    sources : mapping of str to float
        What jobs took, by name; the first that has a name is believed.
    combine : callable
        What follows for another job from those whose names agree with its own the furthest.
    unknown : float
        What holds where none does.

    Examples
    --------
    >>> of = estimator({"train/a/x": 300, "train/b/x": 500}, combine=max, unknown=100)
    >>> of("train/a/x"), of("train/c/x"), of("lab/c")
    (300, 500, 100)
    """
    merged: dict[str, float] = {}
    for source in reversed(sources):
        merged.update(source)
    alike: dict[str, list[float]] = defaultdict(list)
    for name, took in merged.items():
        for begin in _beginnings(name):
            alike[begin].append(took)
    combined = cache(lambda begin: combine(alike[begin]))

    def of(name: str) -> float:
        if name in merged:
            return merged[name]
        return next((combined(begin) for begin in _beginnings(name) if begin in alike), unknown)

    return of


def _beginnings(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]


def shipped(file: Path, tier: str) -> Mapping[str, float]:
    """Return what the jobs of a tier took in the last rebuild, by name."""
    content: Mapping[str, Mapping[str, float]] = read_json(file) if file.exists() else {}
    return content.get(tier, {})


def _seconds(workdir: Path, results: Collection[str] | None = None) -> dict[str, float]:
    return {name_of([log], ""): took for log, took in durations(workdir, results).items()}


def _memory(workdir: Path) -> dict[str, float]:
    return {name_of([log], ""): peak for log, peak in peaks(workdir, durations(workdir)).items()}


def plan(dag: Any, tier: str, workdir: Path = Path()) -> list[Planned]:
    """Return the jobs of Snakemake's graph that are to run.

    Parameters
    ----------
    dag : snakemake.dag.DAG
    tier : str
        Of the catalogue.
    workdir : Path
        Holds records of earlier runs.
    """
    jobs = list(dag.needrun_jobs())
    names = {job: name_of(map(str, job.log), job.rule.name) for job in jobs}
    outputs = {str(path) for job in jobs for path in job.output}
    seconds = expected(names.values(), _seconds(workdir, outputs), shipped(DURATIONS, tier))
    return [
        Planned(
            number=dag.jobid(job),
            kind=f"{names[job].split('/')[0]}/{job.threads}",
            threads=job.threads,
            priority=job.priority,
            seconds=seconds[names[job]] if job.output else 0.0,
            needs=[dag.jobid(need) for need in dag.dependencies[job] if dag.needrun(need)],
        )
        for job in jobs
    ]


def update(
    folders: Mapping[str, Path],
    file: Path = DURATIONS,
    measured: Callable[[Path], Mapping[str, float]] = _seconds,
) -> dict[str, int]:
    """Take what jobs took below folders into a file.

    Parameters
    ----------
    folders : mapping of str to Path
        By tier, a folder that a run of the workflow has finished in.
    file : Path
        The file; what it has of other jobs stays.
    measured : callable
        Returns what the jobs of a folder took, by name.

    Returns
    -------
    dict of str to int
        By tier, the number of jobs that were taken.
    """
    before = read_json(file) if file.exists() else {}
    counts = {}
    for tier, folder in folders.items():
        seen = {name: round(took, 1) for name, took in measured(folder).items()}
        counts[tier] = len(seen)
        before[tier] = before.get(tier, {}) | seen
    lines = (
        f'  "{tier}": {{\n'
        + ",\n".join(f'    "{n}": {s}' for n, s in sorted(jobs.items()))
        + "\n  }"
        for tier, jobs in sorted(before.items())
    )
    write_text(file, "{\n" + ",\n".join(lines) + "\n}\n")
    return counts


def _main(arguments: Iterable[str]) -> None:
    folders = {tier: Path(folder) for tier, _, folder in (a.partition("=") for a in arguments)}
    timed, weighed = update(folders), update(folders, MEMORY, _memory)
    for tier in folders:
        print(f"{tier}: {timed[tier]} jobs, of {weighed[tier]} their memory")


if __name__ == "__main__":
    _main(sys.argv[1:])
