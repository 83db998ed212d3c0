"""A repeated run held against the recorded one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from handbook.core.columns import columns
from handbook.records.compare.told import Told
from handbook.records.sources import path_of
from handbook.tasks.metric import Metric

__all__ = ["Verdict", "lines", "outcome", "same"]

Verdict = Literal["exactly", "within tolerance", "different"]


def same(recorded: float | None, repeated: float | None, tolerance: float) -> Verdict:
    """Say how alike two values of a metric are.

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


def outcome(recorded: Told, repeated: Told, tolerance: float) -> dict[str, Any]:
    """Return what came out the same, as plain data.

    Returns
    -------
    dict
        ``verdict``, the worst of all metrics; ``metrics`` with both values and a verdict each,
        means over folds as ``cv_...`` where both have them; and what differs in ``settings``,
        ``code``, ``data`` and ``versions``, before and after.
    """
    metrics = {}
    for name, before, after in _figures(recorded, repeated):
        metrics[name] = {
            "recorded": before,
            "repeated": after,
            "verdict": same(before, after, tolerance),
        }
    found = [str(metric["verdict"]) for metric in metrics.values()]
    worst = next((one for one in ("different", "within tolerance") if one in found), "exactly")
    parts = ("settings", "code", "data", "versions")
    return {
        "run": recorded.name,
        "job_keys": [recorded.job_key, repeated.job_key],
        "tolerance": tolerance,
        "verdict": worst,
        "metrics": metrics,
    } | {
        part: _differing(getattr(recorded, part) or {}, getattr(repeated, part) or {})
        for part in parts
    }


def _figures(one: Told, other: Told) -> Iterator[tuple[str, float | None, float | None]]:
    for name in dict.fromkeys([*one.metrics, *other.metrics]):
        yield name, one.metrics.get(name), other.metrics.get(name)
    if one.folds and other.folds:
        for name, mean in one.folds["mean"].items():
            yield f"cv_{name}", mean, other.folds["mean"].get(name)


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, list[str | None]]:
    return {
        name: [one.get(name), other.get(name)]
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    }


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield an outcome as lines of text, metric by metric."""
    rows = [
        [
            Metric.named(name.removeprefix("cv_")).title
            + (", folds" if name.startswith("cv_") else ""),
            _exact(metric["recorded"]),
            _exact(metric["repeated"]),
            metric["verdict"],
        ]
        for name, metric in found["metrics"].items()
    ]
    yield from columns(["metric", "recorded", "repeated", "the same"], rows, right=[1, 2])
    for part, what in (("settings", "parameters"), ("versions", "versions")):
        for name, (before, after) in found[part].items():
            yield f"{what}: {name} {before or 'none'} -> {after or 'none'}"
    for name in found["data"]:
        yield f"data: the {name} rows are others than those recorded"
    for module in found["code"]:
        yield f"code: {path_of(module)} is another than the one recorded"
    told = {
        "exactly": "every metric came out exactly the same",
        "within tolerance": f"every metric came out the same within {found['tolerance']:g}",
        "different": "not every metric came out the same",
    }
    yield f"{found['run']}: {told[found['verdict']]}"


def _exact(x: float | None) -> str:
    """Write a value with all its digits: the last may be what differs."""
    return "-" if x is None else repr(float(x))
