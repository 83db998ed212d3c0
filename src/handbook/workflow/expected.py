"""How long jobs are expected to take: as they did here before, else as in the last rebuild.

    python -m handbook.workflow.expected standard=. demo=build/demo

takes what the jobs of finished runs took, from Snakemake's records below those folders, into
``durations.json`` beside this module. A job goes by its log, as ``train/cnn/mnist/tuned``.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from handbook.core.files import read_json, write_text
from handbook.workflow.metadata import durations
from handbook.workflow.progress import Planned

__all__ = ["DURATIONS", "expected", "name_of", "plan", "update"]

#: Seconds of jobs, by tier and by the job's name.
DURATIONS = Path(__file__).with_name("durations.json")

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
    merged: dict[str, float] = {}
    for source in reversed(sources):
        merged.update(source)
    sums: dict[str, tuple[float, int]] = {}
    for name, seconds in merged.items():
        for begin in _beginnings(name):
            total, count = sums.get(begin, (0.0, 0))
            sums[begin] = total + seconds, count + 1

    def of(name: str) -> float:
        if name in merged:
            return merged[name]
        for begin in _beginnings(name):
            if begin in sums:
                return sums[begin][0] / sums[begin][1]
        return _NOTHING_KNOWN_S

    return {name: of(name) for name in names}


def _beginnings(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]


def _earlier(workdir: Path, results: Collection[str] | None = None) -> dict[str, float]:
    seconds = durations(workdir, results)
    return {name_of([log], ""): took for log, took in seconds.items()}


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
    shipped = read_json(DURATIONS) if DURATIONS.exists() else {}
    outputs = {str(path) for job in jobs for path in job.output}
    seconds = expected(names.values(), _earlier(workdir, outputs), shipped.get(tier, {}))
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


def update(folders: Mapping[str, Path], file: Path = DURATIONS) -> dict[str, int]:
    """Take what jobs took below folders into the file of durations.

    Parameters
    ----------
    folders : mapping of str to Path
        By tier, a folder that a run of the workflow has finished in.
    file : Path
        The file; what it has of other jobs stays.

    Returns
    -------
    dict of str to int
        By tier, the number of jobs whose seconds were taken.
    """
    before = read_json(file) if file.exists() else {}
    counts = {}
    for tier, folder in folders.items():
        seen = {name: round(took, 1) for name, took in _earlier(folder).items()}
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
    for tier, count in update(folders).items():
        print(f"{tier}: {count} jobs")


if __name__ == "__main__":
    _main(sys.argv[1:])
