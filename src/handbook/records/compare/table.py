"""A comparison as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from handbook.core.columns import columns, shortened
from handbook.core.numbers import cell, estimate, probability
from handbook.records.sources import path_of
from handbook.tasks.metric import Metric

__all__ = ["lines", "verdict"]

_PARTS = ("parameters", "code", "data", "versions")
# Below this, a difference counts as real.
_SIGNIFICANT = 0.05
# Names of sides longer than this in all stand above the table instead of in it.
_WIDE = 30
# Up to so many runs are shown in full without --details.
_FULL = 3


def lines(compared: Mapping[str, Any], *, details: bool = False) -> Iterator[str]:
    """Yield a comparison as lines of text.

    Parameters
    ----------
    compared : mapping
        Result of :func:`handbook.records.compare.differences.compare`.
    details : bool
        Show every run that differs in full, however many they are.
    """
    sides = _labels([side["name"] for side in compared["sides"]])
    for label, side in zip(sides, compared["sides"], strict=True):
        commit = f" {side['commit'][:12]}" if side["commit"] else ""
        commit += f" {side['run']}" if side["run"] not in (None, side["name"]) else ""
        name = side["name"] if label == side["name"] else f"{label} is {side['name']}"
        yield f"{name}: {side['kind']}{commit}"
        if side["note"]:
            yield f"  note: {side['note']}"
    runs = compared["runs"]
    differing = [run for run in runs if not run["same"]]
    single = len(runs) == 1
    yield ""
    if not single:
        yield (
            f"{len(runs)} runs in common, {len(differing)} differ"
            + ("; p adjusted over all of them (Holm)" if differing else "")
        )
    elif not differing:
        yield f"{runs[0]['name']}: nothing differs"
    if len(differing) > _FULL and not details:
        yield from _overview(differing, sides)
        yield ""
        yield "--details tells each of these runs in full; --model, --data, --variant choose runs"
    else:
        for run in runs if single else differing:
            yield from _run(run, sides)
    for name, labels in compared["only"].items():
        yield f"{name}: only in {', '.join(labels)}"


def _labels(names: Sequence[str]) -> list[str]:
    """Return heads for columns: the sides' own names, or letters where these are long."""
    return list(names) if sum(map(len, names)) <= _WIDE else [*ascii_uppercase[: len(names)]]


def verdict(test: Mapping[str, Any] | None, metric: str, sides: Sequence[str]) -> str:
    """Return which side is better by a paired test, or that this is not clear.

    Examples
    --------
    >>> test = {"sides": [0, 1], "difference": 0.02, "adjusted": 0.01}
    >>> verdict(test, "accuracy", ["HEAD~1", "HEAD"]), verdict(test, "rmse", ["HEAD~1", "HEAD"])
    ('HEAD is better', 'HEAD~1 is better')
    """
    if test is None:
        return "-"
    if test["difference"] == 0 and test.get("interval", [0, 0]) == [0, 0]:
        return "equal"
    if test["adjusted"] is None or test["adjusted"] >= _SIGNIFICANT:
        return "not clear"
    better = test["sides"][int((test["difference"] > 0) == Metric.named(metric).higher)]
    return f"{sides[better]} is better"


def _overview(runs: Sequence[Mapping[str, Any]], sides: Sequence[str]) -> Iterator[str]:
    """Yield one line per run whose scores differ, and the others grouped by what differs."""
    rows = []
    equal: dict[str, list[str]] = {}
    for run in runs:
        parts = ", ".join(part for part in _PARTS if run[part]) or "figures alone"
        if not run["moved"]:
            equal.setdefault(parts, []).append(run["name"])
            continue
        metric = _main(run)
        scores = run["metrics"].get(metric, {"values": [None] * len(sides), "tests": []})
        # Against the first side; the other pairs stand in the details.
        tests = [test for test in scores["tests"] if test["sides"][0] == 0]
        rows.append(
            [
                run["name"],
                Metric.named(metric).title if metric else "-",
                *map(cell, scores["values"]),
                ", ".join(probability(test["adjusted"]) for test in tests) or "-",
                ", ".join(verdict(test, metric, sides) for test in tests) or "-",
                parts,
            ]
        )
    head = ["run", "metric", *sides, "paired test", "verdict", "differs in"]
    if rows:
        yield from columns(head, rows, right=range(2, 2 + len(sides)))
    for parts, names in equal.items():
        yield f"the same figures, other {parts}: {_runs(names)}"
    yield from _causes(runs)


def _causes(runs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what differs in the code and the versions of many runs, each difference once."""
    modules = {module: code for run in runs for module, code in run["code"].items()}
    counts = Counter(module for run in runs for module in run["code"])
    if modules:
        yield ""
    for module, count in counts.most_common():
        yield f"code: {_module(module, modules[module])}, in {_plural(count, 'run')}"
    versions = Counter(_change(*item) for run in runs for item in run["versions"].items())
    for change, count in versions.most_common():
        yield f"versions: {change}, in {_plural(count, 'run')}"


def _runs(names: Sequence[str]) -> str:
    return f"{_plural(len(names), 'run')} ({shortened(names)})"


def _plural(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _run(run: Mapping[str, Any], sides: Sequence[str]) -> Iterator[str]:
    sample = "  (generated sample data)" if run["sample"] else ""
    yield f"{run['name']}: {run['task']}{sample}" if run["task"] else run["name"]
    for part in ("parameters", "versions"):
        for name, ends in run[part].items():
            yield f"  {part}: {_change(name, ends)}"
    for name, ends in run["data"].items():
        yield f"  data: {_change(name, [end and end[:12] for end in ends])}"
    for module, code in run["code"].items():
        yield f"  code: {_module(module, code)}"
        yield from (f"    {line}" for line in code.get("diff", "").splitlines())
    for note in run["notes"]:
        yield f"  note: {note}"
    yield from (f"  {line}".rstrip() for line in _metrics(run, sides))
    yield ""


def _metrics(run: Mapping[str, Any], sides: Sequence[str]) -> Iterator[str]:
    metrics = run["metrics"]
    if not metrics:
        return
    folded = any(mean is not None for scores in metrics.values() for mean in scores["means"])
    pairs = sorted({tuple(t["sides"]) for scores in metrics.values() for t in scores["tests"]})
    head = ["metric", *sides]
    if folded:
        head += [f"{side}, folds" for side in sides]
    if len(pairs) == 1:
        head += ["difference", "p", "verdict"]
    rows = []
    for metric, scores in metrics.items():
        cells = [Metric.named(metric).title, *map(cell, scores["values"])]
        if folded:
            cells += [
                "-" if mean is None else estimate(mean, interval and tuple(interval))
                for mean, interval in zip(scores["means"], scores["intervals"], strict=True)
            ]
        if len(pairs) == 1:
            cells += _test(scores, pairs[0], metric, sides)
        rows.append(cells)
    yield from columns(head, rows, right=range(1, 1 + len(sides)))
    if len(pairs) > 1:
        yield ""
        yield from columns(
            ["metric", "pair", "difference", "p", "verdict"],
            [
                [
                    Metric.named(metric).title,
                    f"{sides[pair[1]]} - {sides[pair[0]]}",
                    *_test(scores, pair, metric, sides),
                ]
                for metric, scores in metrics.items()
                for pair in pairs
            ],
        )


def _test(
    scores: Mapping[str, Any], pair: Sequence[int], metric: str, sides: Sequence[str]
) -> list[str]:
    """Return the cells of a paired test: the difference, its p-value and the verdict."""
    test = next((test for test in scores["tests"] if test["sides"] == [*pair]), None)
    if test is None:
        return ["-", "-", "-"]
    low, high = test["interval"]
    difference = estimate(test["difference"], (low, high))
    return [difference, probability(test["adjusted"]), verdict(test, metric, sides)]


def _main(run: Mapping[str, Any]) -> str:
    """Return the metric that ranks models; where no side has it, the first that differs."""
    moved = (name for name, scores in run["metrics"].items() if len(set(scores["values"])) > 1)
    return str(run["primary"] or next(moved, next(iter(run["metrics"]), "")))


def _module(module: str, code: Mapping[str, Any]) -> str:
    before, *_, after = code["digests"]
    functions = f" ({shortened(code['functions'])})" if code["functions"] else ""
    change = "added" if before is None else "gone" if after is None else "changed"
    return f"{path_of(module)} {change}{functions}"


def _change(name: str, ends: Sequence[str | None]) -> str:
    return f"{name} {' -> '.join('none' if end is None else end for end in ends)}"
