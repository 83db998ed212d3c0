"""What differs between the sides of a comparison, as plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

from handbook.core.errors import HandbookError
from handbook.records.compare.paired import pair, unpaired
from handbook.records.compare.told import Side, Told
from handbook.records.sources import Sources
from handbook.tasks.pairwise import holm

__all__ = ["compare"]

Keep = Callable[[str], bool]
_UNKNOWN = "?"


def compare(
    sides: Sequence[Side], sources: Sources, *, keep: Keep = lambda name: True, diff: bool = False
) -> dict[str, Any]:
    """Compare two or more sides, run by run.

    Parameters
    ----------
    sides : sequence of Side
        Where one is a single run, its name is looked up in those that are whole states.
    sources : Sources
        Where to look for the code behind digests.
    keep : callable
        Takes a run's name; false leaves it out.
    diff : bool
        Also tell the lines of code that differ.

    Returns
    -------
    dict
        Plain data: ``sides``; ``runs``, each with what differs in ``parameters``, ``code``,
        ``data`` and ``versions`` (a value a side, None where it has none), and all its
        ``metrics``; ``only``, the runs that not all sides have, by name. P-values are
        Holm-adjusted for each metric over all runs and pairs of sides.

    Raises
    ------
    HandbookError
        The sides have no run in common, or runs are of different tasks.
    """
    rows, only = _rows(sides, keep)
    runs = [_run(name, row, sources, diff) for name, row in rows.items()]
    _adjust(runs)
    return {
        "sides": [
            {
                "name": one.asked,
                "kind": one.kind,
                "run": None if one.whole else next(iter(one.runs)),
                "commit": one.commit,
                "note": one.note,
            }
            for one in sides
        ],
        "runs": runs,
        "only": only,
    }


def _rows(sides: Sequence[Side], keep: Keep) -> tuple[dict[str, list[Told]], dict[str, list[str]]]:
    """Bring together what the sides have of the same run, and name what only some have."""
    single = list(dict.fromkeys(name for side in sides if not side.whole for name in side.runs))
    if single:
        return _single(sides, single), {}
    names = list(dict.fromkeys(name for side in sides for name in side.runs if keep(name)))
    rows = {
        name: [side.runs[name] for side in sides]
        for name in names
        if all(name in side.runs for side in sides)
    }
    if not rows:
        raise HandbookError(
            f"{' and '.join(side.asked for side in sides)} have no such run in common; "
            "`handbook runs` lists those of the working tree"
        )
    return rows, {
        name: [side.asked for side in sides if name in side.runs]
        for name in names
        if name not in rows
    }


def _single(sides: Sequence[Side], single: Sequence[str]) -> dict[str, list[Told]]:
    whole = [side for side in sides if side.whole]
    if whole and len(single) > 1:
        raise HandbookError(
            f"{whole[0].asked!r} is a whole {whole[0].kind}, and the runs beside it are of "
            f"different names ({', '.join(single)}): which of its runs is meant is not clear; "
            "compare the runs with each other, or one of them with it"
        )
    row = []
    for side in sides:
        name = single[0] if side.whole else next(iter(side.runs))
        if name not in side.runs:
            raise HandbookError(
                f"{side.asked!r} has no run {name}; `handbook compare` of whole revisions tells "
                "which runs each has"
            )
        row.append(side.runs[name])
    tasks = {told.name: told.task for told in row if told.task}
    if len(set(tasks.values())) > 1:
        told = ", ".join(f"{name} is of {task}" for name, task in tasks.items())
        raise HandbookError(
            f"runs of different tasks have no metric in common: {told}; compare runs of one task "
            "(`handbook runs --task ...` lists them)"
        )
    return {" and ".join(single): row}


def _run(name: str, row: Sequence[Told], sources: Sources, diff: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name,
        "names": [told.name for told in row],
        "job_keys": [told.job_key for told in row],
        "task": next((told.task for told in row if told.task), ""),
        "sample": any(told.data_variant == "sample" for told in row),
        "primary": next((told.primary for told in row if told.primary), None),
        "parameters": _differing([told.settings for told in row])
        | _differing([told.chosen for told in row]),
        "code": _code([told.code for told in row], sources, diff),
        "data": _differing([told.data for told in row]),
        "versions": _differing([told.versions for told in row]),
        "metrics": _metrics(row),
    }
    changed = any(found[part] for part in ("parameters", "code", "data", "versions"))
    moved = any(len(set(metric["values"])) > 1 for metric in found["metrics"].values())
    moved |= any(len(set(metric["means"])) > 1 for metric in found["metrics"].values())
    notes = []
    tasks = {told.task for told in row if told.task}
    if len(tasks) > 1:
        notes.append(f"its task differs: {', '.join(sorted(tasks))}")
    if len({told.name.split("/")[1] for told in row}) > 1:
        notes.append("of different data sets: their figures are not of the same rows")
    elif found["data"]:
        notes.append("of different rows: a difference may be the rows', not the model's")
    faults = {unpaired(one.folds, other.folds) for one, other in combinations(row, 2)} - {""}
    notes += [f"no paired test: {fault}" for fault in sorted(faults)]
    return found | {"same": not changed and not moved, "moved": moved, "notes": notes}


def _differing(parts: Sequence[Mapping[str, str] | None]) -> dict[str, list[str | None]]:
    """Return what differs, a value a side; of a side that is not known nothing is said."""
    known = [part for part in parts if part is not None]
    if len(known) < 2:
        return {}
    names = sorted({name for part in known for name in part})
    return {
        name: [_UNKNOWN if part is None else part.get(name) for part in parts]
        for name in names
        if len({part.get(name) for part in known}) > 1
    }


def _code(
    parts: Sequence[Mapping[str, str] | None], sources: Sources, diff: bool
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for module, digests in _differing(parts).items():
        known = [one for one in dict.fromkeys(digests) if one not in (None, _UNKNOWN)]
        functions: list[str] = []
        lines = ""
        for before, after in pairwise(known):
            ends = str(before), str(after)
            functions += [one for one in sources.functions(module, ends) if one not in functions]
            lines += sources.diff(module, ends) if diff else ""
        found[module] = {"digests": digests, "functions": functions} | (
            {"diff": lines} if diff else {}
        )
    return found


def _metrics(row: Sequence[Told]) -> dict[str, dict[str, Any]]:
    """Return every metric that any side has: its values, its folds, its paired tests."""
    names = dict.fromkeys(
        name for told in row for name in (*told.metrics, *told.folds.get("mean", ()))
    )
    found = {}
    for name in names:
        tests = []
        for (i, one), (j, other) in combinations(enumerate(row), 2):
            if not unpaired(one.folds, other.folds):
                tested = pair(one.folds, other.folds, name)
                tests += [] if tested is None else [{"sides": [i, j]} | tested]
        found[name] = {
            "values": [told.metrics.get(name) for told in row],
            "means": [told.folds.get("mean", {}).get(name) for told in row],
            "intervals": [told.folds.get("interval", {}).get(name) for told in row],
            "tests": tests,
        }
    return found


def _adjust(runs: Sequence[Mapping[str, Any]]) -> None:
    """Adjust the p-values of each metric for their number, equal scores apart."""
    families: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for run in runs:
        for name, metric in run["metrics"].items():
            for test in metric["tests"]:
                test["adjusted"] = test["p"]
                # Scores that are equal on every fold ask no question.
                if test["p"] is not None and test["interval"] != [0.0, 0.0]:
                    families[name].append(test)
    for tests in families.values():
        for test, p in zip(tests, holm([test["p"] for test in tests]), strict=True):
            test["adjusted"] = p
