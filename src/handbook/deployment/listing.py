"""What is deployed and what was, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from handbook.core.columns import columns
from handbook.deployment.history import Change, History

__all__ = ["lines"]


def lines(history: History) -> Iterator[str]:
    """Yield the history of a data set, the latest change last; a star marks what answers now."""
    now, beside = history.deployed(), history.shadow()
    yield f"{history.data}: {now.run if now else 'nothing deployed'}"
    if beside is not None:
        yield f"in the shadow: {beside.run}"
    rows = [
        [
            "*" if change is now or change == now else "",
            change.time,
            change.who,
            change.action,
            change.run or "none",
            change.job_key[:8],
            _reasons(change),
        ]
        for change in history.changes()
    ]
    yield from columns(["", "time", "who", "action", "run", "key", "why"], rows)


def _reasons(change: Change) -> str:
    proof: Mapping[str, Any] = change.evidence
    parts = [change.why] if change.why else []
    if "lead" in proof:
        own = proof["lead"]
        low, high = own["interval"]
        parts.append(f"{proof['metric']} {own['value']:+.4f} [{low:+.4f}, {high:+.4f}]")
        parts.append(f"{proof['rows']:,} rows")
    if proof.get("forced"):
        parts.append("forced")
    return ", ".join(parts)
