"""Compares a repeated run with the recorded one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from handbook.core.columns import columns
from handbook.records.run import RunRecord
from handbook.records.sources import path_of
from handbook.tasks.metric import Metric

__all__ = ["Verdict", "lines", "outcome", "same"]

Verdict = Literal["exactly", "within tolerance", "different"]


def same(recorded: float | None, repeated: float | None, tolerance: float) -> Verdict:
    """Return how alike two values of a metric are.

    Parameters
    ----------
    recorded, repeated : float or None
        None where it is undefined.
    tolerance : float
        Relative to the larger of the two.

    Examples
    --------
    >>> same(0.5, 0.5, 0), same(0.5, 0.5000001, 1e-6), same(0.5, 0.51, 1e-6), same(None, 1, 1)
    ('exactly', 'within tolerance', 'different', 'different')
    """
    if recorded == repeated:
        return "exactly"
    if recorded is None or repeated is None:
        return "different"
    near = math.isclose(recorded, repeated, rel_tol=tolerance)
    return "within tolerance" if near else "different"


def outcome(recorded: RunRecord, repeated: RunRecord, tolerance: float) -> dict[str, Any]:
    """Compare two records of a run, as plain data.

    Returns
    -------
    dict
        ``verdict``, the worst of all metrics; ``metrics`` with both values and a verdict each,
        means over folds as ``cv_...`` where both have them; and what differs in ``settings``,
        ``code``, ``data`` and ``versions``, before and after.
    """
    metrics = {}
    for name, before, after in _values(recorded, repeated):
        metrics[name] = {
            "recorded": before,
            "repeated": after,
            "verdict": same(before, after, tolerance),
        }
    verdicts = {metric["verdict"] for metric in metrics.values()}
    order: tuple[Verdict, ...] = ("different", "within tolerance")
    return {
        "run": recorded.name,
        "job_keys": [recorded.job_key, repeated.job_key],
        "tolerance": tolerance,
        "verdict": next((verdict for verdict in order if verdict in verdicts), "exactly"),
        "metrics": metrics,
        "settings": _differing(recorded.settings() or {}, repeated.settings() or {}),
        "code": _differing(recorded.run["code"], repeated.run["code"]),
        "data": _differing(recorded.run["data_digests"], repeated.run["data_digests"]),
        "versions": _differing(recorded.run["versions"], repeated.run["versions"]),
    }


def _values(
    recorded: RunRecord, repeated: RunRecord
) -> Iterator[tuple[str, float | None, float | None]]:
    before, after = recorded.defined(), repeated.defined()
    for name in dict.fromkeys([*before, *after]):
        yield name, before.get(name), after.get(name)
    if recorded.folds and repeated.folds:
        for name, mean in recorded.folds["mean"].items():
            yield f"cv_{name}", mean, repeated.mean(name)


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str | None]]:
    return {
        name: [before.get(name), after.get(name)]
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }


def lines(compared: Mapping[str, Any]) -> Iterator[str]:
    """Yield an outcome as lines of text, metric by metric."""
    rows = [
        [
            Metric.named(name.removeprefix("cv_")).title
            + (", folds" if name.startswith("cv_") else ""),
            _exact(metric["recorded"]),
            _exact(metric["repeated"]),
            metric["verdict"],
        ]
        for name, metric in compared["metrics"].items()
    ]
    yield from columns(["metric", "recorded", "repeated", "the same"], rows, right=[1, 2])
    for part, what in (("settings", "parameters"), ("versions", "versions")):
        for name, (before, after) in compared[part].items():
            yield f"{what}: {name} {before or 'none'} -> {after or 'none'}"
    for name in compared["data"]:
        yield f"data: the {name} rows are others than those recorded"
    for module in compared["code"]:
        yield f"code: {path_of(module)} is another than the one recorded"
    sentences = {
        "exactly": "every metric came out exactly the same",
        "within tolerance": f"every metric came out the same within {compared['tolerance']:g}",
        "different": "not every metric came out the same",
    }
    yield f"{compared['run']}: {sentences[compared['verdict']]}"


def _exact(x: float | None) -> str:
    """Write a value with all its digits: the last may be the one that differs."""
    return "-" if x is None else repr(float(x))
