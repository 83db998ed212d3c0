"""What changed since a job last ran."""

from __future__ import annotations

import ast
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from handbook.core.columns import shortened
from handbook.records.run import flat
from handbook.records.sources import Sources, path_of
from handbook.records.why.plan import Job, makers

__all__ = ["Explanation", "changes", "explain"]

# Snakemake gives a job's reason as one sentence: clauses, then the params before and now.
_PARAMS = (
    "Params have changed since last execution: "
    "Union of exclusive params before and now across all output: "
)
_UPDATED = "Input files updated by another job: "
# Its clauses that name no files, and ours.
_PLAIN = {
    "Forced execution": "asked for",
    "Set of input files has changed since last execution": "its inputs are others than before",
    "Code has changed since last execution": "the command of its rule changed",
    "Software environment definition has changed since last execution": (
        "the definition of its environment changed"
    ),
}
_MISSING, _HALF = "Missing output files: ", "Incomplete output files: "
_CHANGED = "Updated input files: "
_DIGEST = re.compile(r"[0-9a-f]{16,}")


@dataclass(frozen=True)
class Explanation:
    """Why a job would run.

    Parameters
    ----------
    job : Job
    reasons : tuple of str
        What changed for this job itself; empty where it runs because of other jobs alone.
    because : tuple of Job
        The jobs with reasons of their own that it depends on, directly or through others.
    """

    job: Job
    reasons: tuple[str, ...]
    because: tuple[Job, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the same as plain data."""
        because = [job.name for job in self.because]
        return {"job": self.job.name, "reasons": list(self.reasons), "because": because}


def explain(jobs: Sequence[Job], folder: Path, sources: Sources) -> list[Explanation]:
    """Explain each job of a plan.

    Parameters
    ----------
    jobs : sequence of Job
        The whole plan.
    folder : Path
        Where jobs run and Snakemake keeps its records.
    sources : Sources
        Where to look for code by its digest.
    """
    reasons = {job: tuple(_reasons(job, folder, sources)) for job in jobs}
    made_by = makers(jobs)
    causes: dict[Job, frozenset[Job]] = {}

    def roots(job: Job) -> frozenset[Job]:
        if job not in causes:
            makers_of = made_by[job]
            parts = [{maker} if reasons[maker] else roots(maker) for maker in makers_of]
            causes[job] = frozenset().union(*parts)
        return causes[job]

    steps: dict[Job, int] = {}

    def step(job: Job) -> tuple[int, str]:
        if job not in steps:
            steps[job] = max((step(maker)[0] + 1 for maker in made_by[job]), default=0)
        return steps[job], job.name

    # Snakemake's own order differs from time to time.
    return [
        Explanation(job, reasons[job], tuple(sorted(roots(job), key=step)))
        for job in sorted(jobs, key=step)
    ]


def _reasons(job: Job, folder: Path, sources: Sources) -> Iterator[str]:
    text, _, params = job.reason.partition(_PARAMS)
    clauses = [*filter(None, text.split("; "))]
    missing = {
        path
        for clause in clauses
        if clause.startswith(_MISSING)
        for path in clause.removeprefix(_MISSING).split(", ")
    }
    if missing and not any(_record(folder, path).exists() for path in missing | job.outputs):
        yield "never run"  # whatever else is new to it
        return
    for clause in clauses:
        if clause.startswith(_UPDATED):  # the reason is the other job's
            continue
        if clause.startswith(_MISSING):
            yield f"{shortened(clause.removeprefix(_MISSING).split(', '))} missing"
        elif clause.startswith(_HALF):
            yield "was interrupted"
        elif clause.startswith(_CHANGED):
            yield f"{shortened(clause.removeprefix(_CHANGED).split(', '))} changed"
        else:
            yield _PLAIN.get(clause, clause)
    yield from changes(params, sources)


def _record(folder: Path, path: str) -> Path:
    """Return where Snakemake's record of a file lies."""
    name = urlsafe_b64encode(path.encode()).decode()
    parts = [name[start : start + 254] for start in range(0, len(name), 254)]
    return folder.joinpath(".snakemake/metadata", *(f"@{part}" for part in parts[:-1]), parts[-1])


def changes(params: str, sources: Sources) -> Iterator[str]:
    """Yield what differs between the params before and now.

    Parameters
    ----------
    params : str
        As Snakemake writes them, ``before: <values> now: <values>``; empty if they are equal.
    sources : Sources

    Examples
    --------
    >>> text = '''before: '{"lr":0.01,"seed":1}' now: '{"lr":0.03,"seed":1}' '''
    >>> list(changes(text, Sources(Path())))
    ['lr 0.01 -> 0.03']
    """
    if not params:
        return
    ends = _ends(params)
    if ends is None:
        yield "its parameters changed"
        return
    # Snakemake keeps values as sets, without an order: here parameters come before code.
    texts = [text for old, new in _matched(*ends) for text in _difference(old, new, sources)]
    yield from sorted(texts, key=lambda text: (text.startswith("handbook"), text))


def _difference(old: Any, new: Any, sources: Sources) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _differences(dict(flat(old)), dict(flat(new)), sources)
    elif old is None or new is None:
        value = old if new is None else new
        name = value if isinstance(value, str | int | float) else "one of its parameters"
        yield f"{_cut(name)} {'is gone' if new is None else 'is new'}"
    else:
        yield f"{_cut(old)} -> {_cut(new)}"


def _ends(params: str) -> tuple[list[Any], list[Any]] | None:
    """Return the values before and now; None if they cannot be read."""
    text = params.partition("; Software environment")[0].strip().removeprefix("before: ")
    # A value, too, might hold the word between the two.
    for now in re.finditer(r" now: ", text):
        ends = [_values(part) for part in (text[: now.start()], text[now.end() :])]
        if None not in ends:
            return ends[0] or [], ends[1] or []
    return None


def _values(text: str) -> list[Any] | None:
    """Read values that Snakemake joined, each as Python writes it; many of ours are JSON."""
    if text.strip() == "<nothing exclusive>":
        return []
    try:
        values = ast.literal_eval(f"[{text}]")
    except (SyntaxError, ValueError):
        return None
    return [_from_json(value) for value in values]


def _from_json(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _matched(before: Sequence[Any], now: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Pair values: objects by the keys they share, others in order."""
    rest = [value for value in before if isinstance(value, dict)]
    for new in now:
        if not isinstance(new, dict):
            continue
        shared = [len(old.keys() & new.keys()) for old in rest]
        if any(shared):
            yield rest.pop(shared.index(max(shared))), new
        else:
            yield {}, new
    yield from ((old, {}) for old in rest)
    plain = (
        sorted((value for value in part if not isinstance(value, dict)), key=str)
        for part in (before, now)
    )
    yield from zip_longest(*plain)


def _differences(old: Mapping[str, str], new: Mapping[str, str], sources: Sources) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        module = key == "handbook" or key.startswith("handbook.")
        if module and before and after:
            functions = sources.functions(key, (before, after))
            where = f" ({shortened(functions)})" if functions else ""
            yield f"{path_of(key)} changed{where}"
        elif module:
            yield f"{path_of(key)} {'is now imported' if after else 'is no longer imported'}"
        elif before and after and _DIGEST.fullmatch(before) and _DIGEST.fullmatch(after):
            yield f"{key} changed"
        else:
            yield f"{key} {_cut(before)} -> {_cut(after)}"


def _cut(value: Any, most: int = 60) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= most else f"{text[: most - 3]}..."
