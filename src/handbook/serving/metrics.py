"""Counts of all workers of a server, in memory that they share, as Prometheus reads them."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

import numpy as np

__all__ = ["BOUNDS", "COUNTS", "STATUSES", "Counters"]

#: Statuses that are counted, each by itself.
STATUSES = (200, 400, 404, 405, 408, 413, 415, 500, 503, 504)

#: Upper bounds of the histogram of times, in seconds; the last one is without.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

#: What else is counted, and what it is.
COUNTS = {
    "rows": "Rows that were answered.",
    "batches": "Predictions, each of which answers one request or several.",
    "swaps": "Changes of the model that answers.",
    "swap_failures": "Changes that failed, so that the model before went on.",
    "log_failures": "Attempts to write the log of requests that failed.",
    "unlogged": "Requests that were answered and are not in the log.",
    "shadow_requests": "Requests that the shadow has answered as well.",
    "shadow_failures": "Requests that the shadow could not answer.",
    "worker_starts": "Starts of worker processes.",
}

_SLOTS = [
    *(f"status {status}" for status in STATUSES),
    *(f"bound {number}" for number in range(len(BOUNDS) + 1)),
    "seconds",
    *COUNTS,
]


class Counters:
    """Counters that forks share, a row of them for each process, so that none needs a lock.

    Parameters
    ----------
    processes : int
        A process that takes the row of one that died goes on counting there.
    """

    def __init__(self, processes: int) -> None:
        size = processes * len(_SLOTS) * 8
        memory = mmap.mmap(-1, size)  # shared with forks, and gone with the last of them
        self._table = np.frombuffer(memory, np.float64).reshape(processes, len(_SLOTS))
        self._own = self._table[0]

    def use(self, process: int) -> None:
        """Count in the row of this process from now on."""
        self._own = self._table[process]

    def add(self, name: str, value: float = 1.0) -> None:
        """Add to one of :data:`COUNTS`."""
        self._own[_SLOTS.index(name)] += value

    def answered(self, status: int, seconds: float) -> None:
        """Count a request."""
        counted = status if status in STATUSES else 500
        self._own[_SLOTS.index(f"status {counted}")] += 1
        bound = int(np.searchsorted(BOUNDS, seconds))
        self._own[_SLOTS.index(f"bound {bound}")] += 1
        self._own[_SLOTS.index("seconds")] += seconds

    def total(self, name: str) -> float:
        """Return one of :data:`COUNTS` over all processes."""
        return float(self._table[:, _SLOTS.index(name)].sum())

    def lines(self) -> Iterator[str]:
        """Yield them in Prometheus's text format."""
        total = dict(zip(_SLOTS, self._table.sum(axis=0).tolist(), strict=True))
        yield "# HELP handbook_requests_total Requests by the status of their answer."
        yield "# TYPE handbook_requests_total counter"
        for status in STATUSES:
            yield f'handbook_requests_total{{status="{status}"}} {total[f"status {status}"]:.17g}'
        yield "# HELP handbook_request_seconds Time from the head of a request to its answer."
        yield "# TYPE handbook_request_seconds histogram"
        count = 0.0
        for number, bound in enumerate([*map(str, BOUNDS), "+Inf"]):
            count += total[f"bound {number}"]
            yield f'handbook_request_seconds_bucket{{le="{bound}"}} {count:.17g}'
        yield f"handbook_request_seconds_sum {total['seconds']:.17g}"
        yield f"handbook_request_seconds_count {count:.17g}"
        for name, about in COUNTS.items():
            yield f"# HELP handbook_{name}_total {about}"
            yield f"# TYPE handbook_{name}_total counter"
            yield f"handbook_{name}_total {total[name]:.17g}"
