"""Holds the scores of one demo against those of another, made on another machine or Python.

    python3 tests/machines/agree.py build/demo /elsewhere/build/demo

Every run has to be in both. Scores, their folds and the figures of the book may differ by
0.000001 of their size: sums are rounded otherwise where a library was built otherwise.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

TOLERANCE = 1e-6
# How long it took, and what stands for the code and versions that made it.
OWN = ("train_seconds", "job_key")


def runs(demo: str) -> dict[str, object]:
    """Return what `runs.json` of a demo says of each run."""
    listed = json.loads(Path(demo, "results", "runs.json").read_text())
    return {
        "/".join(run[part] for part in ("model", "data", "variant")): {
            key: value for key, value in run.items() if key not in OWN
        }
        for run in listed
    }


def differences(left: object, right: object, path: str = "") -> Iterator[tuple[str, float]]:
    """Yield every value that is not the same, and by which share of its size."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            yield from differences(left.get(key), right.get(key), f"{path}/{key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (first, second) in enumerate(zip(left, right, strict=True)):
            yield from differences(first, second, f"{path}/{number}")
    elif isinstance(left, float) and isinstance(right, float) and math.isfinite(left + right):
        if left != right:
            yield path, abs(left - right) / max(abs(left), abs(right))
    elif left != right and repr(left) != repr(right):  # NaN stands for itself
        yield path, math.inf


if __name__ == "__main__":
    first, second = (runs(demo) for demo in sys.argv[1:3])
    apart = sorted(differences(first, second), key=lambda difference: -difference[1])
    for path, share in apart[:10]:
        print(f"{path[1:]}: differs by {share:.1e}")
    print(f"{len(first)} and {len(second)} runs, {len(apart)} values differ")
    sys.exit(any(share > TOLERANCE for _, share in apart))
