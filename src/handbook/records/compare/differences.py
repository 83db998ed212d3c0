"""What differs between the sides of a comparison, as plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

from handbook.core.errors import HandbookError
from handbook.records.compare.side import Side
from handbook.records.compare.significance import pair, unpaired
from handbook.records.run import RunRecord, flat
from handbook.records.sources import Sources
from handbook.tasks.pairwise import holm

__all__ = ["compare"]

_UNKNOWN = "?"


def compare(
    sides: Sequence[Side],
    sources: Sources,
    *,
    wanted: Mapping[str, Sequence[str]] | None = None,
    diff: bool = False,
) -> dict[str, Any]:
    """Compare two or more sides, run by run.

    Parameters
    ----------
    sides : sequence of Side
        A side that is a single run is compared with the run of the same name on sides that are
        whole states of the project.
    sources : Sources
        Where to look for the code behind digests.
    wanted : mapping of str to sequence of str, or None
        Of whole states, compare only the runs with one of these values in each field.
    diff : bool
        Also return the lines of code that differ.

    Returns
    -------
    dict
        Plain data: ``sides``; ``runs``, each with what differs in ``parameters``, ``code``,
        ``data`` and ``versions`` (one value per side, None where it has none), and all its
        ``metrics``; ``only``, the runs that not all sides have, by name. P-values are
        Holm-adjusted: those of the metrics that rank models over all runs and pairs of sides,
        those of all other metrics over these metrics too.

    Raises
    ------
    HandbookError
        The sides have no run in common, or runs are of different tasks.
    """
    rows, only = _rows(sides, wanted or {})
    runs = [_run(name, row, sources, diff) for name, row in rows.items()]
    _adjust(runs)
    return {
        "sides": [
            {
                "name": side.label,
                "kind": side.kind,
                "run": None if side.whole else side.run.name,
                "commit": side.commit,
                "note": side.note,
            }
            for side in sides
        ],
        "runs": runs,
        "only": only,
    }


def _rows(
    sides: Sequence[Side], wanted: Mapping[str, Sequence[str]]
) -> tuple[dict[str, list[RunRecord]], dict[str, list[str]]]:
    """Group the runs of the same name, and name those that only some sides have."""
    single = list(dict.fromkeys(side.run.name for side in sides if not side.whole))
    if single:
        return {" and ".join(single): _single(sides, single)}, {}
    names = dict.fromkeys(
        name for side in sides for name, run in side.runs.items() if run.matches(wanted)
    )
    rows = {
        name: [side.runs[name] for side in sides]
        for name in names
        if all(name in side.runs for side in sides)
    }
    if not rows:
        raise HandbookError(
            f"{' and '.join(side.label for side in sides)} have no such run in common; "
            "`handbook runs` lists those of the working tree"
        )
    return rows, {
        name: [side.label for side in sides if name in side.runs]
        for name in names
        if name not in rows
    }


def _single(sides: Sequence[Side], single: Sequence[str]) -> list[RunRecord]:
    """Return the one run of each side."""
    whole = [side for side in sides if side.whole]
    if whole and len(single) > 1:
        raise HandbookError(
            f"{whole[0].label!r} is a whole {whole[0].kind}, and the runs beside it are of "
            f"different names ({', '.join(single)}): which of its runs is meant is not clear; "
            "compare the runs with each other, or one of them with it"
        )
    row = []
    for side in sides:
        name = single[0] if side.whole else side.run.name
        if name not in side.runs:
            raise HandbookError(
                f"{side.label!r} has no run {name}; `handbook compare` of whole revisions tells "
                "which runs each has"
            )
        row.append(side.runs[name])
    tasks = {run.name: run.task for run in row if run.task}
    if len(set(tasks.values())) > 1:
        each = ", ".join(f"{name} is of {task}" for name, task in tasks.items())
        raise HandbookError(
            f"runs of different tasks have no metric in common: {each}; compare runs of one task "
            "(`handbook runs --task ...` lists them)"
        )
    return row


def _run(name: str, row: Sequence[RunRecord], sources: Sources, diff: bool) -> dict[str, Any]:
    """Compare the records that the sides have of one run."""
    differences: dict[str, Any] = {
        "parameters": _differing([run.settings() for run in row])
        | _differing([_chosen(run) for run in row]),
        "code": _code([run.run.get("code") for run in row], sources, diff),
        "data": _differing([run.run.get("data_digests") for run in row]),
        "versions": _differing([run.run.get("versions") for run in row]),
    }
    metrics = _metrics(row)
    moved = any(
        len(set(metric[part])) > 1 for metric in metrics.values() for part in ("values", "means")
    )
    tasks = sorted({run.task for run in row if run.task})
    return {
        "name": name,
        "names": [run.name for run in row],
        "job_keys": [run.job_key or None for run in row],
        "task": next((run.task for run in row if run.task), ""),
        "sample": any(run.sample for run in row),
        "primary": next((run.primary for run in row if run.primary), None),
        **differences,
        "metrics": metrics,
        "same": not moved and not any(differences.values()),
        "moved": moved,
        "notes": list(_notes(row, tasks, differences["data"])),
    }


def _notes(
    row: Sequence[RunRecord], tasks: Sequence[str], data: Mapping[str, object]
) -> Iterator[str]:
    """Yield why the scores of the runs may not be comparable."""
    if len(tasks) > 1:
        yield f"its task differs: {', '.join(tasks)}"
    if len({run.data for run in row}) > 1:
        yield "of different data sets: their figures are not of the same rows"
    elif data:
        yield "of different rows: a difference may be the rows', not the model's"
    faults = {unpaired(first.folds, second.folds) for first, second in combinations(row, 2)}
    yield from (f"no paired test: {fault}" for fault in sorted(faults - {""}))


def _chosen(record: RunRecord) -> dict[str, str] | None:
    """Return what a search chose, flat; None where there is no record of the training."""
    if not record.job_key:
        return None
    chosen = record.run.get("chosen") or {}
    values = {"params": chosen.get("params"), "threshold": chosen.get("threshold")}
    parts = {key: value for key, value in values.items() if value is not None}
    return dict(flat({"chosen": parts} if parts else {}))


def _differing(parts: Sequence[Mapping[str, str] | None]) -> dict[str, list[str | None]]:
    """Return the values that differ, one per side; ``?`` for a side whose values are not known."""
    complete = [part for part in parts if part is not None]
    if len(complete) < 2:
        return {}
    names = sorted({name for part in complete for name in part})
    return {
        name: [_UNKNOWN if part is None else part.get(name) for part in parts]
        for name in names
        if len({part.get(name) for part in complete}) > 1
    }


def _code(
    parts: Sequence[Mapping[str, str] | None], sources: Sources, diff: bool
) -> dict[str, dict[str, Any]]:
    """Return the modules that differ, with their functions that do."""
    modules: dict[str, dict[str, Any]] = {}
    for module, digests in _differing(parts).items():
        versions = [digest for digest in dict.fromkeys(digests) if digest not in (None, _UNKNOWN)]
        functions: dict[str, None] = {}
        lines = ""
        for before, after in pairwise(map(str, versions)):
            functions |= dict.fromkeys(sources.functions(module, (before, after)))
            lines += sources.diff(module, (before, after)) if diff else ""
        modules[module] = {"digests": digests, "functions": list(functions)} | (
            {"diff": lines} if diff else {}
        )
    return modules


def _metrics(row: Sequence[RunRecord]) -> dict[str, dict[str, Any]]:
    """Return the values, the means over folds and the paired tests of every metric."""
    names = dict.fromkeys(
        name for run in row for name in (*run.defined(), *run.folds.get("mean", ()))
    )
    metrics = {}
    for name in names:
        tests = []
        for (i, first), (j, second) in combinations(enumerate(row), 2):
            if not unpaired(first.folds, second.folds):
                test = pair(first.folds, second.folds, name)
                tests += [] if test is None else [{"sides": [i, j]} | test]
        metrics[name] = {
            "values": [run.metrics.get(name) for run in row],
            "means": [run.mean(name) for run in row],
            "intervals": [run.folds.get("interval", {}).get(name) for run in row],
            "tests": tests,
        }
    return metrics


def _adjust(runs: Sequence[Mapping[str, Any]]) -> None:
    """Adjust p-values for the number of tests, equal scores apart.

    The metric that ranks a task's models was named before anything was measured; the others are
    looked at together, and the more of them there are the likelier one moves by chance.
    """
    families: dict[bool, list[dict[str, Any]]] = defaultdict(list)
    for run in runs:
        for name, metric in run["metrics"].items():
            for test in metric["tests"]:
                test["adjusted"] = test["p"]
                # Scores that are equal on every fold ask no question.
                if test["p"] is not None and test["interval"] != [0.0, 0.0]:
                    families[name == run["primary"]].append(test)
    for tests in families.values():
        for test, p in zip(tests, holm([test["p"] for test in tests]), strict=True):
            test["adjusted"] = p
