"""Cross-correlation and pooling of a 256 x 256 image, beside the book's double loops and others.

Run it on a quiet machine:

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/corr2d.py

Each way gives the same numbers, to the largest difference that stands in the results. The loops
are those of sections 4.3.1 and 4.6.1, number by number, on NumPy arrays and on torch tensors; the
peers are SciPy's and torch's own functions. Times are medians of turns, taken in turn; what takes
milliseconds is done 20 times in its turn, and its time is the mean. Results go to
`benchmarks/results/corr2d.json`.
"""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.signal import correlate2d
from threadpoolctl import threadpool_limits
from torch.nn import functional

from handbook.nn import average_pool2d, corr2d, max_pool2d

ROOT = Path(__file__).parents[1]
SIZE = 256
KERNEL = 3
WINDOW = 2
TURNS = 5
CALLS = 20
WANTED = 50  # times as fast as the loops

Way = Callable[[], Any]


def main() -> None:
    """Measure, print and write down."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    X, K = rng.normal(size=(SIZE, SIZE)), rng.normal(size=(KERNEL, KERNEL))
    A, B = torch.tensor(X), torch.tensor(K)
    image, kernel = A[None, None], B[None, None]
    with threadpool_limits(limits=1):
        found: dict[str, Any] = {
            "python": platform.python_version(),
            "size": SIZE,
            "kernel": KERNEL,
            "window": WINDOW,
            "turns": TURNS,
            "corr2d": in_turn(
                lambda: corr2d(X, K),
                lambda: correlate_in_loops(X, K, np.zeros),
                lambda: correlate_in_loops(A, B, torch_zeros),
                {
                    "scipy.signal.correlate2d": lambda: correlate2d(X, K, mode="valid"),
                    "torch.nn.functional.conv2d": lambda: functional.conv2d(image, kernel)[0, 0],
                },
            ),
            "max_pool2d": in_turn(
                lambda: max_pool2d(X, WINDOW, stride=1),
                lambda: pool_in_loops(X, "max", np.zeros),
                lambda: pool_in_loops(A, "max", torch_zeros),
                {
                    "torch.nn.functional.max_pool2d": lambda: functional.max_pool2d(
                        image, WINDOW, stride=1
                    )[0, 0]
                },
            ),
            "average_pool2d": in_turn(
                lambda: average_pool2d(X, WINDOW, stride=1),
                lambda: pool_in_loops(X, "mean", np.zeros),
                lambda: pool_in_loops(A, "mean", torch_zeros),
                {
                    "torch.nn.functional.avg_pool2d": lambda: functional.avg_pool2d(
                        image, WINDOW, stride=1
                    )[0, 0]
                },
            ),
        }
    operations = ("corr2d", "max_pool2d", "average_pool2d")
    slowest = min(found[name]["times_the_numpy_loops"] for name in operations)
    found |= {"wanted_times": WANTED, "reached": slowest >= WANTED}
    out = ROOT / "benchmarks" / "results" / "corr2d.json"
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def correlate_in_loops(X: Any, K: Any, zeros: Callable[[tuple[int, int]], Any]) -> Any:
    """Cross-correlate one number at a time."""
    h, w = K.shape
    Y = zeros((X.shape[0] - h + 1, X.shape[1] - w + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


def pool_in_loops(X: Any, what: str, zeros: Callable[[tuple[int, int]], Any]) -> Any:
    """Pool one number at a time."""
    Y = zeros((X.shape[0] - WINDOW + 1, X.shape[1] - WINDOW + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = getattr(X[i : i + WINDOW, j : j + WINDOW], what)()
    return Y


def torch_zeros(shape: tuple[int, int]) -> torch.Tensor:
    return torch.zeros(shape, dtype=torch.float64)


def in_turn(ours: Way, numpy_loops: Way, torch_loops: Way, peers: dict[str, Way]) -> dict[str, Any]:
    """Return times of all ways, how often ours fits into the loops', and the largest difference."""
    ways = {
        "ours": (ours, CALLS),
        "numpy loops": (numpy_loops, 1),
        "torch loops": (torch_loops, 1),
        **{name: (peer, CALLS) for name, peer in peers.items()},
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    made = {}
    for _ in range(TURNS):
        for name, (way, calls) in ways.items():
            start = time.perf_counter()
            for _ in range(calls):
                made[name] = way()
            times[name].append((time.perf_counter() - start) / calls)
    ratios = [b / a for a, b in zip(times["ours"], times["numpy loops"], strict=True)]
    against_torch = [b / a for a, b in zip(times["ours"], times["torch loops"], strict=True)]
    apart = max(float(np.abs(np.asarray(one) - made["ours"]).max()) for one in made.values())
    return {
        "seconds": {name: round(statistics.median(one), 6) for name, one in times.items()},
        "times_the_numpy_loops": round(statistics.median(ratios), 1),
        "times_the_numpy_loops_range": [round(min(ratios), 1), round(max(ratios), 1)],
        "times_the_torch_loops": round(statistics.median(against_torch), 1),
        "largest_difference": apart,
    }


if __name__ == "__main__":
    main()
